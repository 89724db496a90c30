// The drawing as a file: the same shapes written as SVG, and painted for PNG.

import { saveBlob, saveText } from '../support/save';
import { colourOf, pathOf } from './appearance';
import { drawing, drawnOutline } from './drawn';
import { HEAD_HEIGHT, type Box } from './layout';
import { isGroup, type Outline } from './outline';
import { colouring, labelOf } from './state';

const BORDER = 24;
const FONT = '12px system-ui, sans-serif';
/** Pixels of the larger side of a PNG at most, and how many a unit of the drawing has at best. */
const MOST_PIXELS = 8_192;
const SHARPNESS = 2;

/** A line or an area. */
interface Outlined {
  path: string;
  fill: string;
  stroke: string;
}

/** A word. */
interface Word {
  text: string;
  x: number;
  y: number;
  isCentred: boolean;
  ink: string;
}

interface Picture {
  width: number;
  height: number;
  paper: string;
  shapes: (Outlined | Word)[];
}

/** Saves the drawing as SVG. */
export function saveSvg(): void {
  const picture = pictureOf();
  if (picture !== null) saveText('network.svg', 'image/svg+xml', svgText(picture));
}

/** Saves the drawing as PNG. */
export function savePng(): void {
  const picture = pictureOf();
  if (picture === null) return;
  painted(picture).toBlob((blob) => {
    if (blob !== null) saveBlob('network.png', blob);
  }, 'image/png');
}

/** The whole drawing, in the colours on screen; null where there is none. */
function pictureOf(): Picture | null {
  const { value: whole } = drawing;
  const { value: outline } = drawnOutline;
  if (whole === null || outline === null) return null;
  const styles = getComputedStyle(document.querySelector('.graph')!);
  const token = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  const lines = { path: whole.lines.map(pathOf).join(''), fill: 'none', stroke: token('faint') };
  return {
    width: Math.ceil(whole.width + 2 * BORDER),
    height: Math.ceil(whole.height + 2 * BORDER),
    paper: token('sheet'),
    shapes: [lines, ...whole.boxes.flatMap((box) => shapesOf(box, outline, token))],
  };
}

function shapesOf(box: Box, outline: Outline, token: (name: string) => string): [Outlined, Word] {
  const { item, x, y, width, isOpen } = box;
  const colour = colourOf(outline, item, colouring.value);
  const ink = isOpen ? 'quiet' : colour.startsWith('heat') ? `ink-${colour}` : 'ink';
  const isCentred = !isGroup(outline, item);
  return [
    {
      path: framePath(box),
      fill: isOpen ? 'none' : token(`fill-${colour}`),
      stroke: token(isOpen ? 'hair' : `edge-${colour}`),
    },
    {
      text: labelOf(outline, item),
      x: isCentred ? x + width / 2 : x + 12,
      y: y + HEAD_HEIGHT / 2 + 4,
      isCentred,
      ink: token(ink),
    },
  ];
}

/** A rectangle with round corners. */
function framePath({ x, y, width, height, isOpen }: Box): string {
  const r = isOpen ? 10 : 6;
  const corner = (dx: number, dy: number) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  const [across, down] = [width - 2 * r, height - 2 * r];
  return `M${x + r} ${y}h${across}${corner(r, r)}v${down}${corner(-r, r)}h${-across}${corner(-r, -r)}v${-down}${corner(r, -r)}z`;
}

function svgText({ width, height, paper, shapes }: Picture): string {
  const written = shapes.map((shape) => {
    if ('path' in shape) return `<path d="${shape.path}" fill="${shape.fill}" stroke="${shape.stroke}"/>`;
    const { text, x, y, isCentred, ink } = shape;
    const anchor = isCentred ? ' text-anchor="middle"' : '';
    return `<text x="${x}" y="${y}"${anchor} fill="${ink}">${escaped(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" style="font: ${FONT}">
<rect width="100%" height="100%" fill="${paper}"/>
<g transform="translate(${BORDER} ${BORDER})">
${written.join('\n')}
</g>
</svg>
`;
}

function painted({ width, height, paper, shapes }: Picture): HTMLCanvasElement {
  const scale = Math.min(SHARPNESS, MOST_PIXELS / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const pen = canvas.getContext('2d');
  if (pen === null) return canvas;
  pen.fillStyle = paper;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(scale, 0, 0, scale, BORDER * scale, BORDER * scale);
  pen.font = FONT;
  for (const shape of shapes) paint(pen, shape);
  return canvas;
}

function paint(pen: CanvasRenderingContext2D, shape: Outlined | Word): void {
  if ('path' in shape) {
    const path = new Path2D(shape.path);
    if (shape.fill !== 'none') {
      pen.fillStyle = shape.fill;
      pen.fill(path);
    }
    pen.strokeStyle = shape.stroke;
    pen.stroke(path);
  } else {
    pen.fillStyle = shape.ink;
    pen.textAlign = shape.isCentred ? 'center' : 'left';
    pen.fillText(shape.text, shape.x, shape.y);
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
