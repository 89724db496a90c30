import { isDark } from '../state/theme';
import { accuracyColours, lookOf } from './colours';
import { PointMark } from './point-mark';
import { colourBy, points } from './state';

/** What colours mean, where they are no families. */
export function ColourKey() {
  if (colourBy.value === 'cluster') return <ClusterKey />;
  if (colourBy.value === 'accuracy') return <AccuracyKey />;
  return null;
}

function ClusterKey() {
  const clusters = Array.from({ length: points.value?.clusters ?? 0 }, (_, idx) => idx);
  return (
    <p class="map-key" aria-label="Colours of the clusters">
      {clusters.map((idx) => (
        <span key={idx} class="map-key-item">
          <PointMark look={lookOf(idx, isDark.value)} /> {idx + 1}
        </span>
      ))}
    </p>
  );
}

function AccuracyKey() {
  const colours = accuracyColours(isDark.value);
  return (
    <div class="map-key">
      <span>its family’s lowest</span>
      <svg viewBox={`0 0 ${colours.length} 1`} preserveAspectRatio="none" aria-hidden="true">
        {colours.map((colour, idx) => (
          <rect key={colour} x={idx} width="1.02" height="1" fill={colour} />
        ))}
      </svg>
      <span>highest</span>
      <p class="map-key-note">Families without a target of their own are grey.</p>
    </div>
  );
}
