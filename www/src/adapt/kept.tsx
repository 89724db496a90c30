import { adapted, unusable } from '../state/adapted';
import { forgetTarget, saveTarget, useTarget } from '../state/keeping';

/** The adapted targets that there are: to use, to save, to forget. */
export function Kept() {
  if (adapted.value.size === 0) return null;
  return (
    <section class="kept" aria-labelledby="kept-title">
      <h2 id="kept-title">Adapted targets</h2>
      <ul>
        {[...adapted.value.keys()].map((name) => (
          <li key={name}>
            <span class="kept-name">{name}</span>
            {unusable.value.includes(name) ? (
              <span>made from other weights</span>
            ) : (
              <button type="button" class="text-button" onClick={() => useTarget(name)}>
                Use on Predict
              </button>
            )}
            <button type="button" class="text-button" onClick={() => saveTarget(name)}>
              Save
            </button>
            <button type="button" class="text-button" onClick={() => forgetTarget(name)}>
              Forget
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
