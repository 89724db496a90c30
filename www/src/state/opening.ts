// Files that a person drops anywhere on the page, picks or pastes. A tab may take them itself; else
// they are networks to predict: what is a short text goes into the editor, anything else stays a file,
// of which only the worker reads.

import { computed, signal } from '@preact/signals';

import { isText, SHORT_BYTES } from '../format/file';
import { takeFile, takeText } from './source';
import { openTab, tab, type TabName } from './tab';

/** Whether a file is being dragged over the page. */
export const isDragging = signal(false);

/** What becomes of files that are dropped on a tab. */
export interface Taker {
  /** What it says while they hang over the page. */
  title: string;
  kinds: string;
  take(files: FileList): void;
}

const PREDICTING: Taker = {
  title: 'Drop it to see its accuracy',
  kinds: 'ONNX, with or without weights, or the text of an architecture',
  take: (files) => {
    openTab('predict');
    void openFiles(files);
  },
};

const takers = signal<ReadonlyMap<TabName, Taker>>(new Map());

/** Where dropped files go now. */
export const taker = computed(() => takers.value.get(tab.value) ?? PREDICTING);

/** From now on, files that are dropped on the tab `name` are its own business. */
export function takeDropsOn(name: TabName, own: Taker): void {
  takers.value = new Map([...takers.peek(), [name, own]]);
}

let nOpened = 0;

/** Opens what was chosen: of several files the network, the rest may be its weights. */
export async function openFiles(files: Iterable<File>): Promise<void> {
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
    taker.peek().take(event.dataTransfer.files);
  });
  addEventListener('paste', (event) => {
    if (!hasFiles(event.clipboardData)) return;
    event.preventDefault();
    taker.peek().take(event.clipboardData.files);
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
