/** CSV as RFC 4180 has it: commas, double quotes, a line for each row. For the evidence in cases, not for evidence. */

/** Gives rows by column name. Fails (throws) on a row with another number of cells than the first line has. */
export function readCsvText(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = splitCells(text.trim());
  return rows.map((cells, index) => {
    if (cells.length !== header.length) {
      throw new Error(`Row ${index + 1} has ${cells.length} cells, the header has ${header.length}`);
    }
    return Object.fromEntries(header.map((name, place) => [name.trim(), cells[place]!.trim()]));
  });
}

function splitCells(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^,\r\n"]*)(,|\r?\n|$)/y;
  while (cell.lastIndex < text.length || rows.at(-1)!.length === 0) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (!match) throw new Error(`The CSV cannot be read from character ${at + 1}`);
    const [, value = '', end] = match;
    rows.at(-1)!.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === ',') {
      if (cell.lastIndex === text.length) rows.at(-1)!.push('');
    } else if (end !== '') rows.push([]);
    else break;
  }
  return rows.filter((row) => row.length > 0);
}
