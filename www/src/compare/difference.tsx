import './difference.css';
import { differenceOf, figuresOf } from '../format/comparison';
import { openRow } from '../state/leaving';
import { pair } from '../state/pair';

/** The network that is pointed at, or two set against each other. */
export function Difference() {
  const { first, second } = pair.value;
  if (first === null) {
    return (
      <section class="difference">
        <p class="difference-empty">
          Point at a network, here or in the plot, to see what it is. Choose one or two to see the
          difference.
        </p>
      </section>
    );
  }
  const figures = second === null ? figuresOf(first.row) : differenceOf(first.row, second.row);
  return (
    <section class="difference" aria-label="Chosen networks">
      <table class="difference-table">
        <thead>
          <tr>
            <td />
            {[first, second].map(
              (side) =>
                side !== null && (
                  <th scope="col" key={side.index}>
                    <span class="difference-name">{side.row.name}</span>
                    <button type="button" class="text-button" title="Shows the network on Predict" onClick={() => openRow(side.index)}>
                      Show
                    </button>
                  </th>
                ),
            )}
            {second !== null && <th scope="col">Difference</th>}
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <tr key={figure.name}>
              <th scope="row">{figure.name}</th>
              <td>{figure.first}</td>
              {second !== null && <td>{figure.second}</td>}
              {second !== null && (
                <td>
                  {figure.difference} <span class="difference-factor">{figure.factor}</span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
