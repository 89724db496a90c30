// From a box to the next one in a direction, for the arrow keys.

import type { Box } from './layout';
import type { ItemId } from './outline';

/** How much a step aside costs beside a step ahead. */
const ASIDE = 2.5;

/** The nearest box in a direction; null where there is none. */
export function neighbourOf(boxes: Box[], item: ItemId, [right, down]: [number, number]): Box | null {
  const from = boxes.find((box) => box.item === item);
  if (from === undefined) return null;
  const { x, y } = anchorOf(from);
  let nearest: Box | null = null;
  let least = Infinity;
  for (const box of boxes) {
    const at = anchorOf(box);
    const [dx, dy] = [at.x - x, at.y - y];
    const ahead = dx * right + dy * down;
    const aside = Math.abs(dx * down) + Math.abs(dy * right);
    const cost = ahead + ASIDE * aside;
    if (ahead > 1 && cost < least) [nearest, least] = [box, cost];
  }
  return nearest;
}

/** The middle of a box, or of an open group's head. */
function anchorOf({ x, y, width, height, isOpen }: Box): { x: number; y: number } {
  return { x: x + width / 2, y: isOpen ? y + 10 : y + height / 2 };
}
