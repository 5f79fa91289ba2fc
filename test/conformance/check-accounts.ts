/** The accounts of every file below a folder, summed up a format. */
import { accountFor, type Account } from './accounting.ts';
import { evidenceBelow } from './found-evidence.ts';

export interface FormatAccount {
  readonly format: string;
  readonly files: number;
  readonly records: number;
  readonly rejected: number;
  readonly damaged: number;
  readonly dependent: number;
  readonly unchanged: number;
}

/** Something to be told of one file. */
export interface FileNote {
  readonly path: string;
  readonly format: string | undefined;
  readonly text: string;
}

export interface CheckedAccounts {
  readonly formats: readonly FormatAccount[];
  /** Files that no format reads, or that were refused as a whole, and why. */
  readonly leftOut: readonly FileNote[];
  /** Files that were refused as a whole once they were damaged: nothing of them is kept then. */
  readonly refusedDamaged: readonly FileNote[];
  readonly failures: readonly FileNote[];
}

/** Accounts for every file below `root`; another `seed` damages other bytes. */
export async function checkAccounts(root: string, seed = 1): Promise<CheckedAccounts> {
  const formats = new Map<string, FormatAccount>();
  const leftOut: FileNote[] = [];
  const refusedDamaged: FileNote[] = [];
  const failures: FileNote[] = [];
  for await (const found of evidenceBelow(root)) {
    const { path } = found;
    if (found.kind === 'left out') {
      leftOut.push({ path, format: undefined, text: found.because });
      continue;
    }
    const format = found.format.id;
    const account = accountFor(found.format, found.bytes, path, seed);
    formats.set(format, plus(formats.get(format) ?? none(format), account));
    failures.push(...account.failures.map((text) => ({ path, format, text })));
    const { refused: text } = account;
    if (text !== undefined) (account.damaged === 0 ? leftOut : refusedDamaged).push({ path, format, text });
  }
  const byName = [...formats.values()].sort((a, b) => (a.format < b.format ? -1 : 1));
  return { formats: byName, leftOut, refusedDamaged, failures };
}

function none(format: string): FormatAccount {
  return { format, files: 0, records: 0, rejected: 0, damaged: 0, dependent: 0, unchanged: 0 };
}

function plus(sum: FormatAccount, account: Account): FormatAccount {
  return {
    format: sum.format,
    files: sum.files + 1,
    records: sum.records + account.records,
    rejected: sum.rejected + account.rejected,
    damaged: sum.damaged + account.damaged,
    dependent: sum.dependent + account.dependent,
    unchanged: sum.unchanged + account.unchanged,
  };
}

/** What was found, as lines to print. */
export function describeAccounts({ formats, leftOut, refusedDamaged, failures }: CheckedAccounts): readonly string[] {
  const columns = ['files', 'records', 'rejected', 'damaged', 'dependent', 'unchanged'] as const;
  const row = (name: string, cells: readonly (string | number)[]): string =>
    [name.padEnd(18), ...cells.map((cell) => String(cell).padStart(9))].join(' ');
  const note = ({ path, format, text }: FileNote): string => `  ${path}${format ? ` (${format})` : ''}: ${text}`;
  return [
    row('accounts of', columns),
    ...formats.map((one) =>
      row(
        one.format,
        columns.map((column) => one[column]),
      ),
    ),
    ...section('Left out:', leftOut.map(note)),
    ...section('Refused as a whole when they were damaged:', refusedDamaged.map(note)),
    ...section('Failures:', failures.map(note)),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}
