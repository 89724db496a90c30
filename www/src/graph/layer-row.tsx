import type { Layer } from 'gennape';

import { layerLabel, shapeText } from '../format/layer';
import { compact, withSign } from '../format/number';
import { select, selected } from '../state/selection';

interface Props {
  idx: number;
  layer: Layer;
  /** Its place in the table. */
  place: number;
  /** The largest share of any layer. */
  most: number;
}

/** One layer; a click shows it in the graph. */
export function LayerRow({ idx, layer, place, most }: Props) {
  const isSelected = selected.value === idx;
  const { name, op, output, params, macs, share } = layer;
  const isNamed = name !== `${op}_${idx}`;
  return (
    <tr
      aria-rowindex={place + 2}
      data-layer={idx}
      data-selected={isSelected}
      onClick={() => select(idx)}
    >
      <td>
        <button type="button" title={name} aria-pressed={isSelected}>
          {layerLabel(layer)}
          {isNamed && <span class="layer-name"> {name}</span>}
        </button>
      </td>
      <td class="number">{shapeText(output)}</td>
      <td class="number">{params === 0 ? '' : compact(params)}</td>
      <td class="number">{macs === 0 ? '' : compact(macs)}</td>
      <td class="number layer-share">
        <span class="layer-bar" aria-hidden="true" style={{ transform: `scaleX(${share / most || 0})` }} />
        {macs === 0 ? '' : withSign((100 * share).toFixed(1))}
      </td>
    </tr>
  );
}
