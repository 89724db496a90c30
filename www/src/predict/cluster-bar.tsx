import type { ClusterRow } from '../format/clusters';

/** One cluster: its share as a bar, its head's own prediction. */
export function ClusterBar({ row }: { row: ClusterRow }) {
  return (
    <tr>
      <th scope="row">{row.name}</th>
      <td>
        <span class="bar-cell">
          <span class="bar" aria-hidden="true">
            <span style={{ transform: `scaleX(${row.membership})` }} />
          </span>
          <span class="bar-number">{row.membershipText}</span>
        </span>
      </td>
      <td class="number">{row.head}</td>
    </tr>
  );
}
