import { targetRows } from '../format/card';
import { HintHead } from '../shell/hint-head';
import { modelInfo } from '../state/session';

/** Every target with what was measured on networks that were held out. */
export function Targets() {
  return (
    <section class="card" aria-labelledby="targets-title">
      <h2 id="targets-title">How well it predicts, target by target</h2>
      <p class="card-lead">
        A target is a data set and a training recipe: the same network reaches another accuracy with
        another recipe. All figures are from networks that were never trained on; those of general
        targets from networks whose whole kind was left out, kind by kind.
      </p>
      <div class="card-scroll" tabIndex={0} role="group" aria-labelledby="targets-title">
        {/* the roles, since a phone's layout takes them from the elements */}
        <table class="figures" role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader">
                Target
              </th>
              <HintHead of="Learned from" />
              <HintHead of="Checked on" />
              <HintHead of="Rank correlation" />
              <HintHead of="Mean error" />
              <HintHead of="In the interval" />
            </tr>
          </thead>
          <tbody role="rowgroup">
            {targetRows(modelInfo.value).map((row) => (
              <tr key={row.name} role="row">
                <th scope="row" role="rowheader">
                  {row.title} <span class="figures-family">{row.family}</span>
                </th>
                <td role="cell">{row.networks}</td>
                <td role="cell">{row.heldOut}</td>
                <td role="cell">{row.spearman}</td>
                <td role="cell">{row.mae}</td>
                <td role="cell">{row.coverage}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
