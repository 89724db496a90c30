import { grouped } from '../format/number';
import { found, place, query, showNext } from './search';

/** Seeks layers by name or operator; Enter shows the next one. */
export function SearchField() {
  const { length } = found.value;
  const isAsked = query.value.trim() !== '';
  return (
    <div class="graph-search">
      <input
        class="field"
        type="search"
        aria-label="Find a layer"
        placeholder="Find a layer"
        autocomplete="off"
        spellcheck={false}
        value={query.value}
        onInput={({ currentTarget }) => {
          query.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          showNext(event.shiftKey ? -1 : 1);
        }}
      />
      <span role="status" class="graph-found">
        {!isAsked ? '' : length === 0 ? 'none' : place.value < 0 ? grouped(length) : `${grouped(place.value + 1)} of ${grouped(length)}`}
      </span>
    </div>
  );
}
