import './adapt.css';
import { outcome, takeFiles } from '../state/adapting';
import { takeDropsOn } from '../state/opening';
import { Kept } from './kept';
import { Measure } from './measure';
import { Outcome } from './outcome';

takeDropsOn('adapt', {
  title: 'Drop measured networks to learn from them',
  kinds: 'A table of architecture and accuracy, JSON Lines, or a saved .gennape target',
  take: (files) => void takeFiles([...files]),
});

/** Teaches the model networks of one's own. */
export function Adapt() {
  return (
    <div class="adapt">
      <div class="adapt-input">
        <h1>Teach it your networks</h1>
        <p class="lead">
          Give 10 to 200 networks of your own with the accuracies that they reached. The model learns
          their order and says honestly whether that helped.
        </p>
        <Measure />
        <Kept />
      </div>
      {outcome.value === null ? <section class="adapt-outcome" /> : <Outcome adaptation={outcome.value} />}
    </div>
  );
}
