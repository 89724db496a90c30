import { targetRows } from '../format/card';
import { Hint } from '../shell/hint';
import { modelInfo } from '../state/session';

/** Every target with what was measured on networks that were held out. */
export function Targets() {
  return (
    <section class="card" aria-labelledby="targets-title">
      <h2 id="targets-title">How well it predicts, target by target</h2>
      <p class="card-lead">
        A target is a data set and a training recipe: the same network reaches another accuracy with
        another recipe. All figures are from networks that were never trained on.
      </p>
      <div class="card-scroll" tabIndex={0} role="group" aria-labelledby="targets-title">
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">Target</th>
              <th scope="col">
                <Hint of="Learned from" isAtEnd />
              </th>
              <th scope="col">
                <Hint of="Checked on" isAtEnd />
              </th>
              <th scope="col">
                <Hint of="Rank correlation" isAtEnd />
              </th>
              <th scope="col">
                <Hint of="Mean error" isAtEnd />
              </th>
              <th scope="col">
                <Hint of="In the interval" isAtEnd />
              </th>
            </tr>
          </thead>
          <tbody>
            {targetRows(modelInfo.value).map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  {row.title} <span class="figures-family">{row.family}</span>
                </th>
                <td>{row.networks}</td>
                <td>{row.heldOut}</td>
                <td>{row.spearman}</td>
                <td>{row.mae}</td>
                <td>{row.coverage}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
