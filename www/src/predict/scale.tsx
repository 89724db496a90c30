import './scale.css';
import { percent, withSign } from '../format/number';
import { placeIn, ticksOf, windowFor } from '../format/scale';
import { Hint } from '../shell/hint';
import { answer } from '../state/outcome';
import { Rank } from './rank';

/** The interval in words and as a band on a scale. */
export function Scale() {
  const { accuracy, low, high } = answer.value ?? { accuracy: NaN, low: 0.8, high: 1 };
  const window = windowFor(low, high);
  const at = (value: number) => `${placeIn(window, value) * 100}%`;
  return (
    <div class="scale">
      <p class="scale-words">
        <Hint of="90 % interval" />{' '}
        {answer.value !== null && (
          <strong data-low={low} data-high={high}>
            {percent(low)} – {withSign(percent(high))}
          </strong>
        )}
      </p>
      <Rank />
      <div class="scale-axis" aria-hidden="true">
        {ticksOf(window).map(({ at: place, label }) => (
          <span class={label === null ? 'tick' : 'tick is-long'} style={{ left: `${place * 100}%` }}>
            {label !== null && <span class="tick-label">{label}</span>}
          </span>
        ))}
        {answer.value !== null && (
          <>
            <span class="band" style={{ left: at(low), right: `calc(100% - ${at(high)})` }} />
            <span class="needle" style={{ left: at(accuracy) }} />
          </>
        )}
      </div>
    </div>
  );
}
