import './clusters.css';
import { clusterRows } from '../format/clusters';
import { Hint } from '../shell/hint';
import { answer, isGeneral } from '../state/outcome';
import { ClusterBar } from './cluster-bar';

/** Which clusters the network belongs to, and what the head of each says alone. */
export function Clusters() {
  return (
    <section class="answer" aria-labelledby="clusters-title">
      <h2 id="clusters-title" class="answer-title">
        Clusters
      </h2>
      <p class="answer-lead">
        {isGeneral.value
          ? 'How far this network is of each kind that the heads learned from. They did not answer here: a target for networks of no family did.'
          : 'Each head of the model learned from one kind of network. The prediction blends their answers by how far this network belongs to each kind.'}
      </p>
      <table class="clusters" aria-labelledby="clusters-title">
        <thead>
          <tr>
            <th scope="col">Cluster</th>
            <th scope="col">
              <Hint of="Membership" />
            </th>
            <th scope="col" class="number">
              <Hint of="Head alone" isAtEnd />
            </th>
          </tr>
        </thead>
        <tbody>
          {clusterRows(answer.value).map((row) => (
            <ClusterBar row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
