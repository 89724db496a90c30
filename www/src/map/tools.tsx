import type { ColourBy } from './colours';
import { colourBy, isLasso } from './state';

const COLOURS: readonly { value: ColourBy; title: string }[] = [
  { value: 'family', title: 'Family' },
  { value: 'cluster', title: 'Cluster' },
  { value: 'accuracy', title: 'Predicted accuracy' },
];

/** What colours stand for, and the lasso. */
export function Tools() {
  return (
    <div class="map-tools">
      <label class="map-colour">
        <span>Colour</span>
        <select
          value={colourBy.value}
          onChange={(event) => {
            colourBy.value = event.currentTarget.value as ColourBy;
          }}
        >
          {COLOURS.map(({ value, title }) => (
            <option value={value} selected={colourBy.value === value}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="chip"
        aria-pressed={isLasso.value}
        onClick={() => {
          isLasso.value = !isLasso.value;
        }}
      >
        Lasso
      </button>
    </div>
  );
}
