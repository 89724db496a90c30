import './file-card.css';
import { fileFacts } from '../format/file';
import { removeFile } from '../state/editing';
import { fileInfo, isInputWrong } from '../state/outcome';

/** The file that stands in the text's place: its name, what it is, and a way back. */
export function FileCard({ file }: { file: File }) {
  return (
    <div class="editor-frame file-card" role="group" aria-label="File" data-invalid={isInputWrong.value}>
      <svg class="file-sign" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M6 2.75h8L19.25 8v13.25H6z M13.75 3v5.25H19" />
        <path d="M9.5 12v5.5 M15.5 12v5.5 M9.5 14.75h6" />
      </svg>
      <div class="file-words">
        <p class="file-name">{file.name}</p>
        <p class="file-facts">{fileFacts(file.size, fileInfo.value)}</p>
      </div>
      <button type="button" class="text-button" onClick={removeFile}>
        Remove
      </button>
    </div>
  );
}
