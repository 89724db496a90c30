import { HEAD_HEIGHT, type Box } from './layout';
import { colourOf } from './appearance';
import { isGroup, type Outline } from './outline';
import { colouring, focused, labelOf } from './state';
import { selected } from '../state/selection';
import { isFound } from './search';

/** A layer, a closed group, or an open group's frame with its head. */
export function GraphBox({ box, outline, isStop }: { box: Box; outline: Outline; isStop: boolean }) {
  const { item, x, y, width, height, isOpen } = box;
  const label = labelOf(outline, item);
  const isFolder = isGroup(outline, item);
  return (
    <g
      class={isOpen ? 'box is-open' : `box is-${colourOf(outline, item, colouring.value)}`}
      data-item={item}
      data-selected={selected.value === item}
      data-found={isFound(item)}
      role="button"
      tabIndex={isStop ? 0 : -1}
      aria-label={label}
      aria-expanded={isFolder ? isOpen : undefined}
      aria-pressed={isFolder ? undefined : selected.value === item}
      transform={`translate(${x} ${y})`}
      onFocus={() => {
        focused.value = item;
      }}
    >
      <rect width={width} height={height} rx={isOpen ? 10 : 6} />
      {isFolder && <path class="box-sign" d={isOpen ? 'M13 15h8' : 'M13 15h8M17 11v8'} />}
      <text x={isFolder ? 29 : width / 2} y={HEAD_HEIGHT / 2} text-anchor={isFolder ? 'start' : 'middle'}>
        {label}
      </text>
    </g>
  );
}
