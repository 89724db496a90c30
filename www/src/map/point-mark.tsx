import type { Look } from './colours';

/** A point as it is drawn on the map. */
export function PointMark({ look: { colour, isSquare } }: { look: Look }) {
  return (
    <svg class="point-mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {isSquare ? (
        <rect x="1.5" y="1.5" width="9" height="9" fill={colour} />
      ) : (
        <circle cx="6" cy="6" r="5" fill={colour} />
      )}
    </svg>
  );
}
