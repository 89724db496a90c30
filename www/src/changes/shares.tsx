import { share } from '../format/number';
import { dearestLayers } from '../state/inspection';
import { select } from '../state/selection';

/** The layers of a network of no family that cost most; a click shows one in the graph. */
export function Shares() {
  return (
    <>
      <p class="answer-lead">
        A graph of no known family has no neighbours to judge. These layers take most of its
        multiply-adds.
      </p>
      <div class="change-room">
        <table class="change-table" aria-labelledby="changes-title">
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col" class="number">
                Of params
              </th>
              <th scope="col" class="number">
                Of MACs
              </th>
            </tr>
          </thead>
          <tbody>
            {dearestLayers.value.map(({ idx, name, ofParams, ofMacs }) => (
              <tr key={idx}>
                <td>
                  <button type="button" class="change-button" onClick={() => select(idx)}>
                    {name}
                  </button>
                </td>
                <td class="number">{share(ofParams)}</td>
                <td class="number">{share(ofMacs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
