import type { AdaptedPoint } from 'gennape';

import { linearAxis } from '../format/axis';
import { percent, rounded } from '../format/number';

const SIDE = 320;
const EDGE = 40;
const N_TICKS = 4;

/** Predicted against measured accuracy, a dot a network with its interval; on the line both agree. */
export function Agreement({ points }: { points: readonly AdaptedPoint[] }) {
  const all = points.flatMap(({ measured, low, high }) => [measured, low, high].map((fraction) => fraction * 100));
  const axis = linearAxis(Math.min(...all), Math.max(...all), N_TICKS);
  const along = (fraction: number) => EDGE + axis.place(fraction * 100) * (SIDE - EDGE - 8);
  const up = (fraction: number) => SIDE - along(fraction);
  return (
    <figure class="agreement">
      <svg viewBox={`0 0 ${SIDE} ${SIDE}`} role="img" aria-label="Predicted against measured accuracy">
        {axis.ticks.map((tick) => (
          <g key={tick} class="agreement-tick">
            <line x1={EDGE} x2={SIDE - 8} y1={up(tick / 100)} y2={up(tick / 100)} />
            <text x={EDGE - 6} y={up(tick / 100)} text-anchor="end" dominant-baseline="middle">
              {tickText(tick)}
            </text>
            <text x={along(tick / 100)} y={SIDE - EDGE + 18} text-anchor="middle">
              {tickText(tick)}
            </text>
          </g>
        ))}
        <line
          class="agreement-line"
          x1={along(axis.from / 100)}
          y1={up(axis.from / 100)}
          x2={along(axis.to / 100)}
          y2={up(axis.to / 100)}
        />
        {points.map(({ id, measured, predicted, low, high }) => (
          <g key={id} class="agreement-point">
            <title>{`${id}: measured ${percent(measured)} %, predicted ${percent(predicted)} %`}</title>
            <line x1={along(measured)} x2={along(measured)} y1={up(low)} y2={up(high)} />
            <circle cx={along(measured)} cy={up(predicted)} r="3" />
          </g>
        ))}
      </svg>
      <figcaption>
        Across: measured accuracy in %. Up: predicted from the others, with its 90 % interval.
      </figcaption>
    </figure>
  );
}

function tickText(tick: number): string {
  return Number.isInteger(tick) ? rounded(tick) : tick.toFixed(1);
}
