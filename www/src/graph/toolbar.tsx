import { savePng, saveSvg } from './picture';
import { canClose, canOpen, closeAll, colouring, openAll } from './state';
import { fit, goHome, scaleText, zoom } from './view';

const STEP = 1.3;

/** What can be done with the drawing as a whole. */
export function Toolbar() {
  return (
    <div class="graph-tools" role="group" aria-label="Drawing">
      <label class="graph-colour">
        Colour
        <select
          value={colouring.value}
          onChange={({ currentTarget }) => {
            colouring.value = currentTarget.value === 'cost' ? 'cost' : 'operator';
          }}
        >
          <option value="operator">by operator</option>
          <option value="cost">by share of MACs</option>
        </select>
      </label>
      <span class="graph-zoom">
        <Tool name="Smaller" onClick={() => zoom(1 / STEP)} path="M6 12h12" />
        <button type="button" class="graph-scale" title="To the top, at its own size" onClick={goHome}>
          {scaleText}
        </button>
        <Tool name="Larger" onClick={() => zoom(STEP)} path="M6 12h12M12 6v12" />
        <Tool name="Fit all" onClick={fit} path="M5 9V5h4M15 5h4v4M19 15v4h-4M9 19H5v-4" />
      </span>
      <span class="graph-words">
        <button type="button" class="text-button" disabled={!canOpen.value} onClick={openAll}>
          Open all
        </button>
        <button type="button" class="text-button" disabled={!canClose.value} onClick={closeAll}>
          Close all
        </button>
        <button type="button" class="text-button" onClick={saveSvg}>
          SVG
        </button>
        <button type="button" class="text-button" onClick={savePng}>
          PNG
        </button>
      </span>
    </div>
  );
}

function Tool({ name, path, onClick }: { name: string; path: string; onClick: () => void }) {
  return (
    <button type="button" class="graph-tool" aria-label={name} title={name} onClick={onClick}>
      <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}
