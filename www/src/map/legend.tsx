import { isDark } from '../state/theme';
import { lookOf } from './colours';
import { ColourKey } from './colour-key';
import { PointMark } from './point-mark';
import { shortTitle } from './words';
import { colourBy, hidden, points, showAll, toggleFamily } from './state';

/** The families, each with a switch, and what colours mean. */
export function Legend() {
  const families = points.value?.families ?? [];
  const isWhole = hidden.value.size === 0;
  return (
    <section class="map-part" aria-labelledby="legend-title">
      <header class="map-part-header">
        <h2 id="legend-title">Families</h2>
        <button
          type="button"
          class="text-button"
          disabled={families.length === 0}
          onClick={() => showAll(!isWhole)}
        >
          {isWhole ? 'Hide all' : 'Show all'}
        </button>
      </header>
      <ColourKey />
      <ul class="map-legend">
        {families.map(({ name, title }, idx) => (
          <li key={name}>
            <button
              type="button"
              class="map-family"
              aria-pressed={!hidden.value.has(name)}
              onClick={() => toggleFamily(name)}
            >
              {colourBy.value === 'family' && <PointMark look={lookOf(idx, isDark.value)} />}
              <span title={title}>{shortTitle(title)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
