import { Mark } from './mark';

/** Shown instead of the page where the browser can't run it. */
export function Unsupported({ missing }: { missing: string[] }) {
  return (
    <main class="unsupported">
      <Mark />
      <h1>This browser can’t run gennape</h1>
      <p>
        It lacks {missing.join(', ')}. The predictor runs in your browser and needs them; Chrome 91,
        Firefox 114, Safari 16.4 and everything newer have them.
      </p>
    </main>
  );
}
