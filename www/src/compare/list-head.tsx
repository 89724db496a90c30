import { faultsTitle, listTitle } from '../format/list-words';
import { faulty, listed } from '../state/list';
import { clearList } from '../state/scoring';
import { saveCsv, saveLines } from '../state/saving';
import { Faults } from './faults';

/** How many networks there are, what could not be read, and ways to leave with them. */
export function ListHead() {
  const nRows = listed.value.length;
  const nFaults = faulty.value.length;
  if (nRows + nFaults === 0) return null;
  return (
    <div class="list-head">
      <h2>{listTitle(nRows)}</h2>
      <span class="list-tools">
        <button type="button" class="text-button" onClick={saveCsv}>
          Save as CSV
        </button>
        <button type="button" class="text-button" onClick={saveLines}>
          Save as JSON Lines
        </button>
        <button type="button" class="text-button" onClick={clearList}>
          Clear
        </button>
      </span>
      {nFaults > 0 && <Faults title={faultsTitle(nFaults)} />}
    </div>
  );
}
