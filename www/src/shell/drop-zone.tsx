import './drop-zone.css';
import { isDragging } from '../state/opening';

/** Over the whole page while a file is dragged: it can be dropped anywhere. */
export function DropZone() {
  if (!isDragging.value) return null;
  return (
    <div class="drop-zone">
      <p>Drop it to see its accuracy</p>
      <p class="drop-zone-kinds">ONNX, with or without weights, or the text of an architecture</p>
    </div>
  );
}
