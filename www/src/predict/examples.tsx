import './examples.css';
import { familyExamples, KNOWN_CELLS } from '../state/examples';
import { ExampleRow } from './example-row';

/** Texts to begin with. */
export function Examples() {
  return (
    <div class="examples">
      <ExampleRow title="Known cells" examples={KNOWN_CELLS} />
      <ExampleRow title="Families" examples={familyExamples.value} />
    </div>
  );
}
