import { PointList } from './point-list';
import { absence, nearest, points } from './state';

/** The networks that lie nearest to the one in Predict. */
export function Nearest() {
  if (points.value === null) return null;
  return (
    <section class="map-part" aria-labelledby="nearest-title">
      <header class="map-part-header">
        <h2 id="nearest-title">Nearest to yours</h2>
      </header>
      {absence.value !== null ? (
        <p class="map-note">{absence.value}</p>
      ) : (
        <PointList points={nearest.value} label="Nearest networks" />
      )}
      <p class="map-note">
        The map flattens what the model sees; a click opens a network in Predict.
      </p>
    </section>
  );
}
