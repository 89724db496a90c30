// An error's place in words.

/** The place of an error in the text; empty where it has none. */
export function placeText({ line, column }: { line?: number | undefined; column?: number | undefined }): string {
  return line === undefined || column === undefined ? '' : `Line ${line}, column ${column}`;
}
