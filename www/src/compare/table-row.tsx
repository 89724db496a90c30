import { compact, percent, share, withSign } from '../format/number';
import type { Row } from '../state/list';
import { choose, chosen, current, onFront } from '../state/standing';

/** The height of every row; table.css has the same. */
export const ROW_HEIGHT_REM = 2.25;

/** The id of the row at an index. */
export const rowId = (index: number) => `row-${index}`;

/** One network: what is predicted, what it costs. */
export function TableRow({ index, row, place }: { index: number; row: Row; place: number }) {
  const isChosen = chosen.value.includes(index);
  return (
    <tr
      id={rowId(index)}
      class="table-row"
      aria-rowindex={place + 2}
      aria-selected={isChosen}
      data-current={current.value === index}
      data-front={onFront.value.has(index)}
      onClick={() => {
        current.value = index;
      }}
    >
      <td class="table-choice">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Choose ${row.name}`}
          checked={isChosen}
          onChange={() => choose(index)}
        />
      </td>
      <td class="table-name" title={row.name}>
        {row.name}
      </td>
      <td class="table-accuracy">
        {withSign(percent(row.accuracy))}
        <span class="table-interval">
          {percent(row.low)} – {percent(row.high)}
        </span>
      </td>
      <td class="table-target">{row.target}</td>
      <td class="table-params">{compact(row.params)}</td>
      <td class="table-macs">{compact(row.macs)}</td>
      <td class="table-novelty">{share(row.novelty)}</td>
    </tr>
  );
}
