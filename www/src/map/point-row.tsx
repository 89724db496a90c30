import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { session } from '../state/session';
import { PointMark } from './point-mark';
import { aboutPoint } from './words';
import { hovered, openInPredict, painted, points, textOf } from './state';

/** One network: what it is, and the way to look at it in Predict. */
export function PointRow({ idx }: { idx: number }) {
  const text = useSignal<string | null>(null);
  const { phase } = session.value;
  useEffect(() => {
    void textOf(idx).then((found) => {
      text.value = found;
    });
  }, [idx, phase]);
  const { value: all } = points;
  const { value: paint } = painted;
  if (all === null || paint === null) return null;
  const { title, accuracy } = aboutPoint(all, idx);
  const mark = (isOn: boolean) => () => {
    hovered.value = isOn ? idx : null;
  };
  return (
    <li>
      <button
        type="button"
        class="point-row"
        onClick={() => void openInPredict(idx)}
        onPointerEnter={mark(true)}
        onPointerLeave={mark(false)}
        onFocus={mark(true)}
        onBlur={mark(false)}
      >
        <PointMark look={paint.looks[paint.look[idx]!]!} />
        <span class="point-title">{title}</span>
        <span class="point-number">{accuracy ?? '–'}</span>
        <code class="point-text">{text.value ?? ' '}</code>
      </button>
    </li>
  );
}
