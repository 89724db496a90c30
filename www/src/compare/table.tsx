import './table.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { scrollFor, sightOf } from '../format/sight';
import { listed } from '../state/list';
import { openRow } from '../state/leaving';
import { choose, current, order } from '../state/standing';
import { TableHead } from './table-head';
import { ROW_HEIGHT_REM, rowId, TableRow } from './table-row';

const ROWS_PER_PAGE = 10;

/** All rows, sorted. Only those in sight are in the document. */
export function Table() {
  const frame = useRef<HTMLDivElement>(null);
  const view = useSignal({ top: 0, height: 600, rowHeight: 34 });
  const look = () => {
    if (frame.current === null) return;
    const { scrollTop: top, clientHeight: height } = frame.current;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    view.value = { top, height, rowHeight: rem * ROW_HEIGHT_REM };
  };
  useEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);

  const rows = listed.value;
  const { value: indices } = order;
  const { top, height, rowHeight } = view.value;
  const { first, end } = sightOf(top, height, rowHeight, indices.length);

  const walk = (event: KeyboardEvent) => {
    const at = current.peek() === null ? -1 : indices.indexOf(current.peek()!);
    const to = goalOf(event.key, at, indices.length);
    if (to !== null) {
      event.preventDefault();
      current.value = indices[to]!;
      frame.current!.scrollTop = scrollFor(to, frame.current!.scrollTop, height, rowHeight);
    } else if (event.key === ' ' && current.peek() !== null) {
      event.preventDefault();
      choose(current.peek()!);
    } else if (event.key === 'Enter' && current.peek() !== null) {
      openRow(current.peek()!);
    }
  };

  return (
    <div class="table-frame" ref={frame} onScroll={look}>
      <table
        class="table"
        role="grid"
        tabIndex={0}
        aria-label="Networks; arrow keys walk, Space chooses, Enter shows one on Predict"
        aria-rowcount={indices.length + 1}
        aria-activedescendant={current.value === null ? undefined : rowId(current.value)}
        onKeyDown={walk}
      >
        <TableHead />
        <tbody>
          <tr class="table-space" aria-hidden="true" style={{ height: `${first * rowHeight}px` }} />
          {Array.from(indices.subarray(first, end), (index, offset) => (
            <TableRow key={index} index={index} row={rows[index]!} place={first + offset} />
          ))}
          <tr
            class="table-space"
            aria-hidden="true"
            style={{ height: `${(indices.length - end) * rowHeight}px` }}
          />
        </tbody>
      </table>
    </div>
  );
}

/** The place that a key walks to from `at` (-1: nowhere yet), or null. */
function goalOf(key: string, at: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + ROWS_PER_PAGE,
    PageUp: at - ROWS_PER_PAGE,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}
