// Layers and groups of a network in words.

import type { Layer } from 'gennape';

import { compact, grouped, share } from './number';
import { wordsOf } from './op';

/** What a layer's box says: operator, window, stride, and channels where it decides them. */
export function layerLabel({ op, kernel: [height, width], stride, output }: Layer): string {
  if (op === 'input') return `image ${shapeText(output)}`;
  const window = height === 0 ? '' : ` ${height}×${width}`;
  const step = stride[0] > 1 ? ` /${stride[0]}` : '';
  const channels = DECIDES_CHANNELS.includes(op) ? ` · ${grouped(output[2])}` : '';
  return wordsOf(op) + window + step + channels;
}

const DECIDES_CHANNELS = ['conv', 'groupconv', 'convtranspose', 'linear', 'concat', 'embedding'];

/** What a group's box says: how often, or which of a run's equal blocks. */
export function groupLabel(times: number, place: number, nLayers: number): string {
  const layers = `${grouped(nLayers)} layers`;
  return times > 1 ? `${times} × block, ${layers}` : `Block ${place}, ${layers}`;
}

/** A shape as height x width x channels. */
export function shapeText([height, width, channels]: readonly [number, number, number]): string {
  return `${height}×${width}×${channels}`;
}

/** One attribute of what is pointed at. */
export interface Attribute {
  name: string;
  value: string;
}

/** A layer's attributes. */
export function attributesOf(layer: Layer): Attribute[] {
  const { op, input, output, kernel, stride, dilation, groups } = layer;
  const all = [
    { name: 'Operator', value: wordsOf(op) },
    { name: 'Shape', value: `${shapeText(input)} → ${shapeText(output)}` },
    kernel[0] > 0 && { name: 'Window', value: windowText(kernel, stride, dilation) },
    groups > 1 && { name: 'Groups', value: grouped(groups) },
    ...costAttributes(layer.params, layer.macs, layer.share),
  ];
  return all.filter((attribute) => attribute !== false);
}

/** Parameters, multiply-adds and the share of all of them. */
export function costAttributes(params: number, macs: number, ofMacs: number): Attribute[] {
  return [
    { name: 'Parameters', value: grouped(params) },
    { name: 'MACs', value: macs === 0 ? '0' : `${compact(macs)}, ${share(ofMacs)}` },
  ];
}

function windowText([height, width]: [number, number], [down, right]: [number, number], dilation: number): string {
  const step = down === 1 && right === 1 ? '' : `, stride ${down === right ? down : `${down}×${right}`}`;
  return `${height}×${width}${step}${dilation > 1 ? `, dilation ${dilation}` : ''}`;
}
