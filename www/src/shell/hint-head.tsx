import type { Hinted } from '../format/hints';
import { Hint } from './hint';

/** The head of a column of numbers, which says what they are. */
export function HintHead({ of }: { of: Hinted }) {
  return (
    <th scope="col" role="columnheader">
      <Hint of={of} isAtEnd />
    </th>
  );
}
