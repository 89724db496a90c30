import type { Example } from '../state/examples';
import { input, takeText } from '../state/source';

/** A named row of examples; a click puts one into the editor. */
export function ExampleRow({ title, examples }: { title: string; examples: readonly Example[] }) {
  return (
    <div class="example-row" role="group" aria-label={title}>
      <span class="example-title">{title}</span>
      <div class="example-chips">
        {examples.map((example) => (
          <button
            type="button"
            class="chip"
            aria-pressed={input.value === example.text}
            onClick={() => takeText(example.text)}
          >
            {example.title}
          </button>
        ))}
      </div>
    </div>
  );
}
