// Comma-separated values as RFC 4180 writes them, with the line on which each record begins.

/** A record of a table. */
export interface CsvRecord {
  /** From 1. */
  line: number;
  fields: string[];
}

/** The records of `text`, blank lines left out. */
export function* csvRecords(text: string, separator: string): Generator<CsvRecord> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const record: CsvRecord = { line, fields: [] };
    for (;;) {
      const field = text[at] === '"' ? quoted(text, at) : plain(text, at, separator);
      record.fields.push(field.value);
      line += newlinesIn(text, at, field.end);
      at = field.end;
      if (text[at] !== separator) break;
      at++;
    }
    at = text.startsWith('\r\n', at) ? at + 2 : at + 1;
    line++;
    if (record.fields.length > 1 || record.fields[0]!.trim() !== '') yield record;
  }
}

/** The separator that a table's first line uses. */
export function separatorOf(header: string): string {
  const count = (sign: string) => header.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** One line of a table; what would be read as more than one field is quoted. */
export function csvLine(fields: readonly (string | number)[]): string {
  return fields
    .map(String)
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}

interface Field {
  value: string;
  /** Where the separator or the line's end stands. */
  end: number;
}

function plain(text: string, start: number, separator: string): Field {
  let end = start;
  while (end < text.length && text[end] !== separator && text[end] !== '\n') end++;
  const value = text.slice(start, end);
  if (!value.endsWith('\r') || text[end] === separator) return { value, end };
  return { value: value.slice(0, -1), end: end < text.length ? end - 1 : end };
}

/** What stands behind a closing quote is taken as it is, so that no sign of the table is lost. */
function quoted(text: string, start: number): Field {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return { value: value + text.slice(from), end: text.length };
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      let end = quote + 1;
      while (end < text.length && !/[,;\t\r\n]/.test(text[end]!)) value += text[end++];
      return { value, end };
    }
    value += '"';
    from = quote + 2;
  }
}

function newlinesIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    count++;
  }
  return count;
}
