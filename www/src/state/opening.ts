// Files that a person drops anywhere on the page, picks or pastes. What is a short text goes into the
// editor; anything else stays a file, of which only the worker reads.

import { signal } from '@preact/signals';

import { isText, SHORT_BYTES } from '../format/file';
import { takeFile, takeText } from './source';

/** Whether a file is being dragged over the page. */
export const isDragging = signal(false);

let nOpened = 0;

/** Opens what was chosen: of several files the network, the rest may be its weights. */
export async function openFiles(files: FileList): Promise<void> {
  const all = [...files];
  const chosen = all.find(({ name }) => /\.onnx$/i.test(name)) ?? all[0];
  if (chosen === undefined) return;
  const turn = ++nOpened;
  const text = await shortText(chosen);
  if (turn !== nOpened) return;
  if (text === null) takeFile(chosen);
  else takeText(text);
}

/** Starts to take files that are dropped or pasted. */
export function keepOpening(): void {
  const over = (event: DragEvent) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    isDragging.value = true;
  };
  addEventListener('dragenter', over);
  addEventListener('dragover', over);
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) isDragging.value = false;
  });
  addEventListener('drop', (event) => {
    isDragging.value = false;
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    void openFiles(event.dataTransfer.files);
  });
  addEventListener('paste', (event) => {
    if (!hasFiles(event.clipboardData)) return;
    event.preventDefault();
    void openFiles(event.clipboardData.files);
  });
}

function hasFiles(data: DataTransfer | null): data is DataTransfer {
  return data !== null && data.types.includes('Files') && !data.types.includes('text/plain');
}

/** The text in a file that the editor can show, or null. */
async function shortText(file: File): Promise<string | null> {
  if (file.size > SHORT_BYTES || /\.onnx$/i.test(file.name)) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    return isText(text) ? text : null;
  } catch {
    // no text, or it can't be read: the worker says which
    return null;
  }
}
