import './size-field.css';
import { answer, isSizeWrong, isStale } from '../state/outcome';
import { applySize, typedSize, typeSize } from '../state/size';

const ID = 'image-size';

/** The image's size, for a network that leaves it open. */
export function SizeField() {
  const [height, width] = answer.value?.input ?? [];
  const isKnown = height !== undefined && !isStale.value;
  return (
    <div class="size-field">
      <label for={ID}>Image size</label>
      <input
        class="field"
        id={ID}
        value={typedSize.value}
        placeholder={isKnown ? `${height}x${width}` : ''}
        size={9}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={isSizeWrong.value}
        aria-describedby="image-size-hint editor-status"
        onInput={({ currentTarget }) => typeSize(currentTarget.value)}
        onChange={applySize}
      />
      <span id="image-size-hint" class="size-hint">
        left open: 224, or 192x256 (height x width)
      </span>
    </div>
  );
}
