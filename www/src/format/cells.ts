// A list to try things with: a cell's text with its operations changed.

/** Texts like `|a~0|+|b~0|c~1|`, with all combinations of the operations in it counted through evenly. */
export function cellsLike(cell: string, count: number): string[] {
  const operations = [...new Set(cell.match(/\w+(?=~)/g))];
  const slots = cell.match(/\w+(?=~)/g)?.length ?? 0;
  const total = operations.length ** slots;
  const step = Math.max(1, Math.floor(total / count));
  return Array.from({ length: Math.min(count, total) }, (_, index) => {
    let code = index * step + 1;
    return cell.replace(/\w+(?=~)/g, () => {
      const digit = code % operations.length;
      code = Math.floor(code / operations.length);
      return operations[digit]!;
    });
  });
}
