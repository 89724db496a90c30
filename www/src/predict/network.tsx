import './network.css';
import { factsOf, inputSentence, liveSentence } from '../format/facts';
import { Hint } from '../shell/hint';
import { answer } from '../state/outcome';
import { Reading } from './reading';

/** What was read: the network's size. */
export function Network() {
  const live = liveSentence(answer.value);
  return (
    <section class="answer" aria-labelledby="network-title">
      <h2 id="network-title" class="answer-title">
        Network
      </h2>
      <p class="answer-lead">
        {inputSentence(answer.value)} {live}
      </p>
      <dl class="facts">
        {factsOf(answer.value).map(({ name, short, exact }) => (
          <div class="fact">
            <dt>
              <Hint of={name} />
            </dt>
            <dd>{short}</dd>
            <dd class="fact-exact">{exact}</dd>
          </div>
        ))}
      </dl>
      <Reading />
    </section>
  );
}
