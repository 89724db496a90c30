import { sortBy, sorting, type Key } from '../state/standing';

interface Column {
  key: Key;
  title: string;
  hint: string;
}

const COLUMNS: readonly Column[] = [
  { key: 'name', title: 'Name', hint: 'The name in the list, or else the line' },
  { key: 'accuracy', title: 'Accuracy', hint: 'The predicted accuracy, with its 90 % interval' },
  { key: 'target', title: 'Target', hint: 'The data set and training recipe that the accuracy is about' },
  { key: 'params', title: 'Parameters', hint: 'Trainable numbers, as the network is written' },
  { key: 'macs', title: 'MACs', hint: 'Multiply-adds for one image, as the network is written' },
  {
    key: 'novelty',
    title: 'Novelty',
    hint: 'The share of validation networks that lie nearer to what the model learned from',
  },
];

/** The columns' names; a click sorts. */
export function TableHead() {
  const { key: sorted, isFalling } = sorting.value;
  return (
    <thead>
      <tr>
        <th scope="col" class="table-choice">
          <span class="visually-hidden">Chosen</span>
        </th>
        {COLUMNS.map(({ key, title, hint }) => (
          <th
            key={key}
            scope="col"
            class={`table-${key}`}
            aria-sort={key !== sorted ? undefined : isFalling ? 'descending' : 'ascending'}
          >
            <button type="button" class="table-sort" title={hint} onClick={() => sortBy(key)}>
              {title}
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}
