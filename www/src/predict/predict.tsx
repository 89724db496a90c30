import './predict.css';
import { Changes } from '../changes/changes';
import { Graph } from '../graph/graph';
import { Nearest } from '../nearest/nearest';
import { isStale } from '../state/outcome';
import { Clusters } from './clusters';
import { Editor } from './editor';
import { Examples } from './examples';
import { Network } from './network';
import { Result } from './result';

/** Text or file on one side, what would come of it on the other. */
export function Predict() {
  return (
    <div class="predict" data-stale={isStale.value}>
      <div class="predict-input">
        <h1>How accurate would this network be?</h1>
        <p class="lead">
          Paste an architecture or drop an ONNX file. Its accuracy after training is predicted from
          its graph alone.
        </p>
        <Editor />
        <Examples />
      </div>
      <Result />
      <Network />
      <Clusters />
      <Graph />
      <div class="answer why">
        <Changes />
        <Nearest />
      </div>
    </div>
  );
}
