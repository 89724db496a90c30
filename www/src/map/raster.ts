// Writes points straight into the pixels of a picture: 20,000 of them take a few milliseconds, a
// fraction of what as many calls of the canvas take.

import type { Look } from './colours';

/** A picture under way: opaque pixels, as a canvas takes them. */
export interface Raster {
  image: ImageData;
  /** The same pixels, one number each: blue above green above red, 8 bits each. */
  pixels: Uint32Array;
}

/** How much of each pixel a point of one shape covers, row by row, 0 to 256. */
export interface Coverage {
  side: number;
  share: Uint16Array;
}

/** Finer than a pixel: each is looked at in so many places, both ways. */
const SUBPIXELS = 4;
const RED_AND_BLUE = 0xff00ff;
const GREEN = 0x00ff00;
const OPAQUE = 0xff000000;

/** The last picture: its memory serves the next of the same size. */
let last: Raster | null = null;

/** A picture of this size, all paper; it stands in the place of the one before. */
export function blank(width: number, height: number, paper: number): Raster {
  if (last?.image.width !== width || last.image.height !== height) {
    const image = new ImageData(width, height);
    last = { image, pixels: new Uint32Array(image.data.buffer) };
  }
  last.pixels.fill((OPAQUE | paper) >>> 0);
  return last;
}

/** A colour such as `#0b6b58` or `#fff` as a pixel's number. */
export function pixelOf(colour: string): number {
  const digits = colour.length === 4 ? colour.replace(/[^#]/g, '$&$&') : colour;
  const number = parseInt(digits.slice(1), 16);
  return ((number & 0xff) << 16) | (number & GREEN) | (number >> 16);
}

/** The coverage of a disc or square about the middle. */
export function coverageOf({ isSquare }: Pick<Look, 'isSquare'>, radius: number, opacity: number): Coverage {
  const middle = Math.ceil(radius);
  const side = 2 * middle;
  const share = new Uint16Array(side * side);
  const half = radius * 0.9;
  const covers = (x: number, y: number) =>
    isSquare ? Math.max(Math.abs(x), Math.abs(y)) <= half : Math.hypot(x, y) <= radius;
  const one = (256 * opacity) / SUBPIXELS ** 2;
  for (let row = 0; row < side * SUBPIXELS; row++) {
    for (let column = 0; column < side * SUBPIXELS; column++) {
      const [x, y] = [column, row].map((at) => (at + 0.5) / SUBPIXELS - middle) as [number, number];
      const pixel = Math.floor(row / SUBPIXELS) * side + Math.floor(column / SUBPIXELS);
      if (covers(x, y)) share[pixel]! += one;
    }
  }
  return { side, share };
}

/** Lays a colour over the pixels that a point covers; what lies outside of the picture is left out. */
export function blend(
  { image: { width, height }, pixels }: Raster,
  { side, share }: Coverage,
  { left, top, pixel }: { left: number; top: number; pixel: number },
): void {
  const redAndBlue = pixel & RED_AND_BLUE;
  const green = pixel & GREEN;
  const [fromRow, toRow] = [Math.max(0, -top), Math.min(side, height - top)];
  const [from, to] = [Math.max(0, -left), Math.min(side, width - left)];
  for (let row = fromRow; row < toRow; row++) {
    const line = (top + row) * width + left;
    for (let column = from; column < to; column++) {
      const over = share[row * side + column]!;
      if (over === 0) continue;
      const below = pixels[line + column]!;
      const rest = 256 - over;
      const rb = Math.imul(redAndBlue, over) + Math.imul(below & RED_AND_BLUE, rest);
      const g = Math.imul(green, over) + Math.imul(below & GREEN, rest);
      pixels[line + column] = OPAQUE | ((rb >>> 8) & RED_AND_BLUE) | ((g >>> 8) & GREEN);
    }
  }
}
