import './editor.css';
import { PickButton } from '../shell/pick-button';
import { EDITOR_ID } from '../state/editing';
import { openFiles } from '../state/opening';
import { isSizeOpen } from '../state/size';
import { file, isHeld } from '../state/source';
import { EditorStatus } from './editor-status';
import { EditorText } from './editor-text';
import { FileCard } from './file-card';
import { HeldNotice } from './held-notice';
import { SizeField } from './size-field';
import { ShareButton } from './share-button';

/** What the network is: a text that one writes, or a file. */
export function Editor() {
  return (
    <div class="editor">
      <div class="editor-head">
        {file.value === null ? (
          <label for={EDITOR_ID}>Architecture</label>
        ) : (
          <span class="editor-label">Architecture</span>
        )}
        {/* keyed, so that it keeps the focus while the label beside it changes */}
        <span key="tools" class="editor-tools">
          <PickButton
            name="File with a network"
            words="Open a file"
            take={(files) => void openFiles(files)}
          />
          <ShareButton />
        </span>
      </div>
      {file.value === null ? <EditorText /> : <FileCard file={file.value} />}
      {file.value === null && isHeld.value && <HeldNotice />}
      {isSizeOpen.value && <SizeField />}
      <EditorStatus />
    </div>
  );
}
