import type { Adaptation } from 'gennape';

import { judgesOf, verdictOf } from '../format/adaptation';
import { HintHead } from '../shell/hint-head';
import { Agreement } from './agreement';

/** Whether the adaptation helped: figures beside those of what needs none, and every network. */
export function Outcome({ adaptation }: { adaptation: Adaptation }) {
  return (
    <section class="adapt-outcome" aria-labelledby="outcome-title">
      <h2 id="outcome-title">{adaptation.target}</h2>
      <p class="adapt-verdict" role="status">
        {verdictOf(adaptation)}
      </p>
      <table class="judges">
        <thead>
          <tr>
            <td />
            <HintHead of="Rank correlation" />
            <HintHead of="Mean error" />
          </tr>
        </thead>
        <tbody>
          {judgesOf(adaptation).map(({ name, spearman, mae }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{spearman}</td>
              <td>{mae}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Agreement points={adaptation.points} />
    </section>
  );
}
