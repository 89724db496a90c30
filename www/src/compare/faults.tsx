import { grouped } from '../format/number';
import { faulty } from '../state/list';
import { Message } from '../predict/message';

/** Reasons that are shown; a person mends the first ones before reading on. */
const MAX_SHOWN = 200;

/** The lines that could not be read, with the reasons. */
export function Faults({ title }: { title: string }) {
  const faults = faulty.value;
  return (
    <details class="faults">
      <summary>{title}</summary>
      <ul>
        {faults.slice(0, MAX_SHOWN).map(({ line, name, message }) => (
          <li key={`${line} ${name}`}>
            <span class="fault-line">{name.startsWith('Line ') || line === 0 ? name : `Line ${line} (${name})`}</span>{' '}
            <Message text={message} />
          </li>
        ))}
      </ul>
      {faults.length > MAX_SHOWN && (
        <p>{grouped(faults.length - MAX_SHOWN)} more stand in the saved JSON Lines.</p>
      )}
    </details>
  );
}
