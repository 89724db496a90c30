import './nearest.css';
import type { Known } from '../format/distance';
import { compact, percent, withSign } from '../format/number';
import { familyTitle } from '../format/targets';
import { isNearestSeen, nearest } from '../state/nearest';
import { useSeen } from '../state/seen';
import { modelInfo } from '../state/session';
import { takeText } from '../state/source';

/** The known networks that the encoder sees most alike; a click loads one. */
export function Nearest() {
  const ref = useSeen<HTMLElement>(isNearestSeen);
  return (
    <section ref={ref} class="nearest" aria-labelledby="nearest-title">
      <h2 id="nearest-title" class="answer-title">
        Nearest known networks
      </h2>
      <p class="answer-lead">Those that the encoder sees most alike, each with its own prediction. A click loads one.</p>
      <table class="change-table" aria-labelledby="nearest-title">
        <thead>
          <tr>
            <th scope="col">Network</th>
            <th scope="col" class="number">
              Accuracy
            </th>
            <th scope="col" class="number">
              MACs
            </th>
          </tr>
        </thead>
        <tbody>
          {nearest.value.map((network) => (
            <NearestLine key={network.text} network={network} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function NearestLine({ network }: { network: Known }) {
  const { title, family, target, text, accuracy, params, macs } = network;
  const of = familyTitle(modelInfo.value, family);
  return (
    <tr>
      <td>
        <button type="button" class="change-button" title={text} onClick={() => takeText(text)}>
          {title === undefined ? of : `${title}, ${of}`}
        </button>
        <span class="nearest-about"> {compact(params)} params</span>
      </td>
      <td class="number" title={target}>
        {withSign(percent(accuracy))}
      </td>
      <td class="number">{compact(macs)}</td>
    </tr>
  );
}
