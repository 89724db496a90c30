// A pasted table of measured networks as the records that adaptation reads, one JSON object a line.

import { csvRecords, separatorOf } from './csv';

/** What a table says. */
export interface Measured {
  records: string;
  /** The table's line, from 1, that each record comes from. */
  lines: number[];
}

const ARCHITECTURE = /^(arch|architecture|arch_str|network|cell|genotype|text|config)$/i;
const ACCURACY = /^(acc|accuracy|top1|top-1|(val|valid|test)[_ ]?acc(uracy)?|y|label|measured)$/i;
const NAME = /^(id|name|index|key)$/i;

/** A network's text, then its accuracy, perhaps with a percent sign, behind a comma, semicolon, tab or blank. */
const LINE = /^(.*\S)\s*[,;\t ]\s*([-+.\deE]+)\s*%?$/;

/** The networks in `text`, measured on `dataset`: records as they are, tables and plain lines as records. */
export function measuredOf(text: string, dataset: string): Measured {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const first = lines.find((line) => /\S/.test(line)) ?? '';
  const columns = columnsOf(first);
  const records =
    columns === null
      ? lines.flatMap((line, index) => recordOf(line, index + 1, dataset))
      : rowsOf(text, columns, dataset);
  return {
    records: records.map(({ text: record }) => record).join('\n'),
    lines: records.map(({ line }) => line),
  };
}

interface Written {
  line: number;
  text: string;
}

interface Columns {
  separator: string;
  architecture: number;
  accuracy: number;
  name: number;
}

/** The columns that a table's first line names; null where it is no such line. */
function columnsOf(header: string): Columns | null {
  const separator = separatorOf(header);
  const names = [...csvRecords(header, separator)][0]?.fields.map((field) => field.trim()) ?? [];
  const place = (pattern: RegExp) => names.findIndex((name) => pattern.test(name));
  const columns = { architecture: place(ARCHITECTURE), accuracy: place(ACCURACY), name: place(NAME) };
  return columns.architecture < 0 || columns.accuracy < 0 ? null : { separator, ...columns };
}

function rowsOf(text: string, columns: Columns, dataset: string): Written[] {
  const [, ...rows] = csvRecords(text, columns.separator);
  return rows.map(({ line, fields }) => {
    const accuracy = Number(fields[columns.accuracy]?.replace('%', ''));
    const name = fields[columns.name] ?? `line ${line}`;
    return { line, text: written(name, fields[columns.architecture] ?? '', accuracy, dataset) };
  });
}

function recordOf(line: string, number: number, dataset: string): Written[] {
  if (!/\S/.test(line)) return [];
  if (/^\s*\{.*"accuracy"/.test(line)) return [{ line: number, text: line }];
  const [, architecture = line, accuracy = ''] = LINE.exec(line.trim()) ?? [];
  const measured = accuracy === '' ? NaN : Number(accuracy);
  return [{ line: number, text: written(`line ${number}`, architecture, measured, dataset) }];
}

/** What is no number becomes `null`, which the reader names with its line. */
function written(id: string, architecture: string, accuracy: number, dataset: string): string {
  return JSON.stringify({ id, arch: valueOf(architecture.trim()), accuracy: { [dataset]: accuracy } });
}

/** An architecture that is JSON, else its text. */
function valueOf(architecture: string): unknown {
  if (!/^[[{]/.test(architecture)) return architecture;
  try {
    return JSON.parse(architecture);
  } catch {
    return architecture;
  }
}
