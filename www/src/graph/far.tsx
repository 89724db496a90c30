import { colourOf, type Colour } from './appearance';
import type { Box } from './layout';
import type { Outline } from './outline';
import { colouring } from './state';

/** Boxes seen from afar: one path a colour, without words. */
export function FarBoxes({ boxes, outline }: { boxes: Box[]; outline: Outline }) {
  const paths = new Map<Colour | 'open', string>();
  for (const { item, x, y, width, height, isOpen } of boxes) {
    const colour = isOpen ? 'open' : colourOf(outline, item, colouring.value);
    const path = `M${x} ${y}h${width}v${height}h${-width}z`;
    paths.set(colour, (paths.get(colour) ?? '') + path);
  }
  return (
    <>
      {[...paths].map(([colour, path]) => (
        <g key={colour} class={`box is-${colour}`}>
          <path class="far" d={path} />
        </g>
      ))}
    </>
  );
}
