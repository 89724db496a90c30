import { PointRow } from './point-row';

/** Networks of the map, each a button that opens it in Predict. */
export function PointList({ points, label }: { points: readonly number[]; label: string }) {
  return (
    <ul class="point-list" aria-label={label}>
      {points.map((idx) => (
        <PointRow key={idx} idx={idx} />
      ))}
    </ul>
  );
}
