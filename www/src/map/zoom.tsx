import { seeAll, zoomIn, zoomOut } from './gestures';
import { moved } from './state';

/** Nearer, farther, everything: in a corner of the map. */
export function Zoom() {
  return (
    <div class="map-zoom" role="group" aria-label="Zoom">
      <button type="button" class="chip" aria-label="Zoom in" onClick={zoomIn}>
        +
      </button>
      <button type="button" class="chip" aria-label="Zoom out" onClick={zoomOut}>
        −
      </button>
      <button type="button" class="chip" disabled={moved.value === null} onClick={seeAll}>
        All
      </button>
    </div>
  );
}
