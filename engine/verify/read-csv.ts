/** Reads the CSV files of a binder (RFC 4180, and the guard against formulas that docs/formats/manifest.md describes). */

/** A cell without quotes that is empty stands for no value. */
export type ReadCell = string | null;

/** Lines of cells, one at a time. Fails (throws) with a sentence where the text is not such a file. */
export function* readCsv(text: string): Generator<readonly ReadCell[]> {
  let at = 0;
  while (at < text.length) {
    const cells: ReadCell[] = [];
    for (;;) {
      const [cell, after] = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
      cells.push(cell);
      at = after;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (!text.startsWith('\r\n', at)) throw new Error(`A line end was expected at character ${at}.`);
    at += 2;
    yield cells;
  }
}

function quotedCell(text: string, start: number): [string, number] {
  let end = start + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) throw new Error(`The cell at character ${start} has no end.`);
    if (text[end + 1] !== '"') break;
    end += 2;
  }
  const value = text.slice(start + 1, end).replaceAll('""', '"');
  return [value.startsWith("'") ? value.slice(1) : value, end + 1];
}

const PLAIN = /[^",\r\n]*/y;

function plainCell(text: string, start: number): [ReadCell, number] {
  PLAIN.lastIndex = start;
  const value = PLAIN.exec(text)![0];
  return [value === '' ? null : value, start + value.length];
}
