import './drop-zone.css';
import { isDragging, taker } from '../state/opening';

/** Over the whole page while a file is dragged: it can be dropped anywhere. */
export function DropZone() {
  if (!isDragging.value) return null;
  return (
    <div class="drop-zone">
      <p>{taker.value.title}</p>
      <p class="drop-zone-kinds">{taker.value.kinds}</p>
    </div>
  );
}
