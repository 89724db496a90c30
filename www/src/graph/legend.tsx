import { KINDS } from '../format/op';
import { HEATS } from './appearance';
import { colouring } from './state';

/** What the colours mean. */
export function Legend() {
  return (
    <div class="graph-legend">
      {colouring.value === 'operator' ? (
        KINDS.map(({ kind, title }) => (
          <span key={kind}>
            <i class={`swatch is-${kind}`} />
            {title}
          </span>
        ))
      ) : (
        <span>
          No MACs
          {Array.from({ length: HEATS }, (_, step) => (
            <i key={step} class={`swatch is-heat-${step}`} />
          ))}
          All
        </span>
      )}
      <span class="graph-hint">Wheel or pinch scales once the graph is clicked; Ctrl and wheel always.</span>
    </div>
  );
}
