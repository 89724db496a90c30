import { choseNone } from './gestures';
import { PointList } from './point-list';
import { aboutChosen } from './words';
import { chosen, listed, points } from './state';

/** The networks that were clicked or lassoed. */
export function Chosen() {
  const { value: all } = points;
  const { value: some } = chosen;
  if (all === null || some.length === 0) return null;
  return (
    <section class="map-part" aria-labelledby="chosen-title">
      <header class="map-part-header">
        <h2 id="chosen-title">{aboutChosen(all, some)}</h2>
        <button type="button" class="text-button" onClick={choseNone}>
          Clear
        </button>
      </header>
      <PointList points={listed.value} label="Chosen networks" />
      {listed.value.length < some.length && (
        <p class="map-note">{listed.value.length} of them are listed, spread evenly.</p>
      )}
    </section>
  );
}
