/**
 * The order in which the files of a rotated log were written: `audit.log.3`, `audit.log.2.gz`, `audit.log.1`,
 * `audit.log`; `messages-20260301`, `messages-20260308`, `messages`. Other names keep the order they are given in.
 */

const COMPRESSED = /\.(gz|zst|bz2|xz|zip)$/i;
/** What a person or a browser adds to a copy: `audit.log (1)`, `audit.log.1.bak`, `audit.log.1~`. */
const COPY = /(?: \(\d{1,3}\)|\.(?:bak|orig|copy)|~)$/i;
/** Some programs keep one file beside the one being written: `messages.old`, `messages.prev`. */
const ONE_BEFORE = /^(.+)\.(?:old|prev)$/i;
// Numbers with leading zeros, and those behind a hyphen, count parts from the oldest on as often as from the youngest.
const NUMBER = String.raw`\.([1-9]\d{0,2}|0)`;
// A year, a month, a day, an hour; the seconds of a `dateformat` with %s may follow.
const DATE = String.raw`[.-]((?:19|20)\d{2}(?:-?[01]\d(?:-?[0-3]\d(?:[-T_.]?\d{2,10})?)?)?)`;
// logrotate may put the number or date before the extension.
const SUFFIXED = new RegExp(String.raw`^(.+?)(?:${NUMBER}|${DATE})(\.(?:log|json|jsonl|ndjson|txt|csv))?$`);
/** `system@<id>-<sequence number>-<time>.journal`, as journald names what it archives, and what is exported of it. */
const JOURNAL = /^(.+)@[0-9a-f]{16,32}-([0-9a-f]{16})-([0-9a-f]{16})(\.journal~?(?:\.(?:json|export|txt))?)$/i;

/** Where a file stands in the set that it is of. */
export interface RotationPlace {
  /** What the set is called: the path without what rotation, compression and copying add to it. */
  readonly set: string;
  /** Rises with time; the file being written is last. */
  readonly order: string;
  /** Its number where it has one: 1 is the youngest that is closed, 0 the file being written. `null` for others. */
  readonly number: number | null;
}

/** Sorts paths so that the files of one rotated set, in one folder, come oldest first where the first of them stood. */
export function inRotationOrder(paths: readonly string[]): readonly string[] {
  const sets = new Map<string, { readonly path: string; readonly order: string }[]>();
  for (const path of paths) {
    const { set, order } = rotationPlace(path);
    const known = sets.get(set);
    if (known) known.push({ path, order });
    else sets.set(set, [{ path, order }]);
  }
  return [...sets.values()].flatMap((set) =>
    set.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0)).map(({ path }) => path),
  );
}

/** The set that a file is of, by its path alone. */
export function rotatedSetOf(path: string): string {
  return rotationPlace(path).set;
}

/** Where a file stands in its set, by its path alone. */
export function rotationPlace(path: string): RotationPlace {
  const plain = withoutAdditions(path);
  const [, journal, sequence, time, journalEnd = ''] = JOURNAL.exec(plain) ?? [];
  if (journal !== undefined)
    return { set: `${journal}${journalEnd.replace('~', '')}`, order: `2${time}${sequence}`, number: null };
  const [, before] = ONE_BEFORE.exec(plain) ?? [];
  if (before !== undefined && isName(before)) return { set: before, order: '8', number: null };
  const [, name, number, date, end = ''] = SUFFIXED.exec(plain) ?? [];
  if (name === undefined || !isName(name)) return { set: plain, order: '9', number: 0 };
  const set = `${name}${end}`;
  // Numbers rise with age, dates fall with it. A day alone is before all its hours.
  if (number === undefined) return { set, order: `2${(date ?? '').replace(/\D/g, '')}`, number: null };
  const isWritten = number === '0';
  return { set, order: isWritten ? '7' : `1${String(999 - Number(number)).padStart(3, '0')}`, number: Number(number) };
}

/** False where what is left of a path names no log: a folder, or an address, as `10.0.0.1` is one. */
function isName(rest: string): boolean {
  return /[a-z][^/]*$/i.test(rest);
}

/** Copies of copies and compressed ones too: `audit.log.1.bak.gz`. */
function withoutAdditions(path: string): string {
  let plain = path;
  for (let longer = ''; longer !== plain;) {
    longer = plain;
    plain = plain.replace(COMPRESSED, '').replace(COPY, '');
  }
  return plain;
}
