// A pasted or dropped list of networks as entries: lines (texts or records), one JSON value, or a table
// with a column of architectures.

import { csvRecords, separatorOf } from './csv';

/** Networks of one list. */
export const MAX_ENTRIES = 100_000;

/** One network that is to be scored. */
export interface Entry {
  /** Its line in the list, from 1. */
  line: number;
  /** A text or a record. */
  text: string;
  /** The name that the table gives it. */
  name: string | null;
}

/** What a list holds. */
export interface Listing {
  entries: Entry[];
  /** Whether there were more than `MAX_ENTRIES`. */
  isCut: boolean;
}

const ARCHITECTURE = /^(arch|architecture|arch_str|network|cell|genotype|text|config)$/i;
const NAME = /^(id|name|index|key)$/i;

/** The networks that `text` lists. */
export function listingOf(text: string): Listing {
  const entries: Entry[] = [];
  for (const entry of entriesOf(text.replace(/^\ufeff/, ''))) {
    if (entries.length === MAX_ENTRIES) return { entries, isCut: true };
    entries.push(entry);
  }
  return { entries, isCut: false };
}

function* entriesOf(text: string): Generator<Entry> {
  const begin = /\S.*/.exec(text)?.[0] ?? '';
  const value = isJson(begin) ? undefined : jsonOf(text);
  if (Array.isArray(value) && value.every(isNetwork)) yield* items(value);
  else if (value !== undefined) yield { line: 1, text: text.trim(), name: null };
  else if (columnOf(begin, ARCHITECTURE) !== -1) yield* rows(text, begin);
  else yield* lines(text);
}

function* lines(text: string): Generator<Entry> {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line++;
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const content = text.slice(start, end).trim();
    if (content !== '') yield { line, text: content, name: null };
    start = end + 1;
  }
}

function* rows(text: string, header: string): Generator<Entry> {
  const separator = separatorOf(header);
  const architecture = columnOf(header, ARCHITECTURE);
  const name = columnOf(header, NAME);
  let isHeader = true;
  for (const { line, fields } of csvRecords(text, separator)) {
    if (!isHeader) yield { line, text: fields[architecture] ?? '', name: fields[name] ?? null };
    isHeader = false;
  }
}

function* items(values: unknown[]): Generator<Entry> {
  for (const [index, value] of values.entries()) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    yield { line: index + 1, text, name: null };
  }
}

/** Where a table's first line names a column, or -1. */
function columnOf(header: string, name: RegExp): number {
  const [first] = csvRecords(header, separatorOf(header));
  return first?.fields.findIndex((field) => name.test(field.trim())) ?? -1;
}

/** Whether an item of an array can be a network: some families write a network as an array of numbers. */
function isNetwork(item: unknown): boolean {
  return typeof item === 'string' || (typeof item === 'object' && item !== null && !Array.isArray(item));
}

/** A text that is one JSON value over several lines. */
function jsonOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isJson(line: string): boolean {
  return jsonOf(line) !== undefined && !line.startsWith('[');
}

/** The network of a record, or the text itself: what can be put into the editor. */
export function networkText(text: string): string {
  const record = jsonOf(text);
  if (typeof record !== 'object' || record === null || !('arch' in record)) return text;
  const { arch } = record;
  return typeof arch === 'string' ? arch : JSON.stringify(arch);
}
