import './graph.css';
import { isGraphSeen } from '../state/inspection';
import { useSeen } from '../state/seen';
import { Details } from './details';
import { drawnOutline } from './drawn';
import { Legend } from './legend';
import { SearchField } from './search-field';
import { Sheet } from './sheet';
import { LayerTable } from './layer-table';
import { outline } from './state';
import { Toolbar } from './toolbar';

/** The network as it is: its graph, and what each layer costs beside it. */
export function Graph() {
  const ref = useSeen<HTMLElement>(isGraphSeen);
  return (
    <section ref={ref} class="answer graph" aria-labelledby="graph-title">
      <div class="graph-head">
        <h2 id="graph-title" class="answer-title">
          The graph
        </h2>
        <SearchField />
        <Toolbar />
      </div>
      <div class="graph-body">
        <div class="graph-frame" data-old={drawnOutline.value !== outline.value}>
          <Sheet />
          <Details />
        </div>
        <LayerTable />
      </div>
      <Legend />
    </section>
  );
}
