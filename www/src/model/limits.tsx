/** What the model can't know, and what it is not for. */
export function Limits() {
  return (
    <section class="card" aria-labelledby="limits-title">
      <h2 id="limits-title">What it can’t know</h2>
      <ul class="card-list">
        <li>
          <strong>Your training.</strong> Learning rate, epochs, augmentation and luck are not in the
          graph. A prediction is for the target’s recipe and no other.
        </li>
        <li>
          <strong>Your data.</strong> It speaks of the data sets in the table above. On another one the
          order of networks may hold, the numbers will not.
        </li>
        <li>
          <strong>Kinds of networks it never met.</strong> Outside the families of the table, take it as
          a rough order. There, counting parameters and MACs may rank networks as well or better.
        </li>
        <li>
          <strong>Weights.</strong> It does not read them: a trained, pruned or broken copy of a network
          gets the same number.
        </li>
        <li>
          <strong>Speed, memory, energy, fairness, robustness.</strong> It predicts accuracy alone.
        </li>
      </ul>
      <p class="card-note">
        Use it to choose which networks to train. Don’t use it in the place of an evaluation, to report
        an accuracy that nobody measured, or to decide anything about people.
      </p>
    </section>
  );
}
