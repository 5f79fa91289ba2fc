/** Words of tables that mean yes or no, and the names in a header. */
import type { Cells } from './cells.ts';
import { plainName } from './csv-table.ts';
import { CsvParser } from './csv.ts';

const yes = /^(?:true|t|yes|y|1|on|enabled?|enforced|active|activated|enrolled|registered|configured|set)$/i;
const no =
  /^(?:false|f|no|n|0|off|disabled?|inactive|deactivated|none|not[ _-]?(?:enabled|enforced|enrolled|registered|configured|set)|unenrolled|unregistered)$/i;
const unsaid = /^(?:-+|n\/?a|null|unknown|not[ _]supported|not applicable|no[ _]information)$/i;

/** Yes or no; `undefined` where the cell is empty or says that nothing is known. Another word makes the row one to
 * reject. */
export function yesOrNo(cells: Cells, column: string): boolean | undefined {
  const cell = cells.cell(column);
  if (cell === undefined || unsaid.test(cell.text)) return undefined;
  if (yes.test(cell.text)) return true;
  if (no.test(cell.text)) return false;
  cells.failOn(cell, 'is neither yes nor no');
  return undefined;
}

/** True for a cell that is yes or no, in whatever words. */
export function saysYesOrNo(text: string): boolean {
  return yes.test(text) || no.test(text);
}

/** Finds the names in the header of a table that comes in pieces: in lower case, without spaces and signs. */
export class HeaderNames {
  #names: ReadonlySet<string> = new Set();
  readonly #parser = new CsvParser({
    header: ({ fields }) => {
      this.#names = new Set(fields.map(plainName));
      return false;
    },
    row: () => undefined,
  });

  /** To be given each piece before whoever reads its rows is. */
  push(piece: Uint8Array): void {
    this.#parser.push(piece);
  }

  finish(): void {
    this.#parser.finish();
  }

  has(...names: readonly string[]): boolean {
    return names.every((name) => this.#names.has(name));
  }

  hasAny(...names: readonly string[]): boolean {
    return names.some((name) => this.#names.has(name));
  }
}

/** The names in the header of these bytes. */
export function headerNames(head: Uint8Array): HeaderNames {
  const names = new HeaderNames();
  names.push(head);
  names.finish();
  return names;
}
