import { useEffect, useRef } from 'preact/hooks';

import { inspection, saveLayers } from '../state/inspection';
import { nSelected, selected, selectedIn } from '../state/selection';
import { ASCENDING, bringIn, COLUMNS, largestShare, ROW_HEIGHT, rows, rowsInSight, scrolled, sortBy, sorting, sortOf } from './rows';
import { LayerRow } from './layer-row';

/** What each layer costs. Only the rows in sight are in the document, however many there are. */
export function LayerTable() {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      nSelected.subscribe(() => {
        if (selectedIn.peek() === 'graph' && selected.peek() !== null) bringIn(ref.current, selected.peek()!);
      }),
    [],
  );
  const { from, to } = rowsInSight.value;
  const all = rows.value;
  const layers = inspection.value?.layers ?? [];
  const most = largestShare.value;
  return (
    <div class="layers">
      <div
        ref={ref}
        class="layers-scroll"
        tabIndex={0}
        role="group"
        aria-label="What each layer costs"
        onScroll={({ currentTarget }) => {
          scrolled.value = { top: currentTarget.scrollTop, height: currentTarget.clientHeight };
        }}
      >
        <table class="layer-table" aria-label="Layers" aria-rowcount={all.length + 1}>
          <thead>
            <tr>
              {COLUMNS.map(({ key, title, isNumber }) => (
                <th key={key} scope="col" class={isNumber ? 'number' : ''} aria-sort={sortOf(key)}>
                  <button type="button" onClick={() => sortBy(key)}>
                    {title}
                    <span aria-hidden="true">{sorting.value.key === key ? (sorting.value.step === ASCENDING ? '↑' : '↓') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {from > 0 && <tr style={{ height: `${from * ROW_HEIGHT}px` }} aria-hidden="true" />}
            {all.slice(from, to).map((idx, place) => (
              <LayerRow key={idx} idx={idx} layer={layers[idx]!} place={from + place} most={most} />
            ))}
            {to < all.length && <tr style={{ height: `${(all.length - to) * ROW_HEIGHT}px` }} aria-hidden="true" />}
          </tbody>
        </table>
      </div>
      <button
        type="button"
        class="text-button layers-save"
        disabled={inspection.value === null}
        onClick={() => void saveLayers()}
      >
        Save as CSV
      </button>
    </div>
  );
}
