import { useSignal } from '@preact/signals';

import type { ChangeRow } from '../format/changes';
import { grouped } from '../format/number';
import { applyChange } from '../state/changes';

/** Rows that are shown at first, and for which there is always room. */
const FEW = 8;
/** Rows of the long list: nobody reads on from here. */
const MANY = 200;

/** Changes, the best first. */
export function ChangeTable({ rows }: { rows: ChangeRow[] }) {
  const isLong = useSignal(false);
  return (
    <>
      <div class="change-room">
        <table class="change-table" aria-labelledby="changes-title">
          <thead>
            <tr>
              <th scope="col" class="number">
                Gain
              </th>
              <th scope="col">Change</th>
              <th scope="col" class="number">
                Params
              </th>
              <th scope="col" class="number">
                MACs
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, isLong.value ? MANY : FEW).map((row) => (
              <ChangeLine key={row.change.text} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > FEW && (
        <button
          type="button"
          class="text-button"
          aria-expanded={isLong.value}
          onClick={() => {
            isLong.value = !isLong.value;
          }}
        >
          {isLong.value ? 'Show the best alone' : `Show ${grouped(Math.min(rows.length, MANY))}`}
        </button>
      )}
    </>
  );
}

function ChangeLine({ row }: { row: ChangeRow }) {
  return (
    <tr data-gain={row.isGain}>
      <td class="number change-gain">{row.gain}</td>
      <td>
        <button type="button" class="change-button" onClick={() => applyChange(row.change)}>
          {row.words}
        </button>
      </td>
      <td class="number">{row.params}</td>
      <td class="number">{row.macs}</td>
    </tr>
  );
}
