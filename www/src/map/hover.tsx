import { toPixels } from './camera';
import { aboutPoint } from './words';
import { camera, hovered, points, size } from './state';

/** What the point under the pointer is, beside it. */
export function Hover() {
  const { value: all } = points;
  const { value: idx } = hovered;
  if (all === null || idx === null) return null;
  const { x, y } = toPixels(camera.value, size.value, { x: all.x[idx]!, y: all.y[idx]! });
  const isRight = x > size.value.width / 2;
  const transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(${isRight ? 'calc(-100% - 12px)' : '12px'}, -50%)`;
  const { title, accuracy } = aboutPoint(all, idx);
  return (
    <p class="map-hover" style={{ transform }} aria-hidden="true">
      {title}
      {accuracy !== null && <span class="map-hover-number">{accuracy}</span>}
    </p>
  );
}
