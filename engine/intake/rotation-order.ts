/**
 * The order in which the files of a rotated log were written: `audit.log.3`, `audit.log.2.gz`, `audit.log.1`,
 * `audit.log`; `messages-20260301`, `messages-20260308`, `messages`. Other names keep the order they are given in.
 */

const COMPRESSED = /\.(gz|zst|bz2|xz|zip)$/i;
const NUMBERED = /^(.+)[.-](\d{1,4})$/;
const DATED = /^(.+?)[.-](\d{4}-?\d{2}-?\d{2}(?:[-T_]?\d{2,6})?)$/;
// logrotate may put the number or date before the extension.
const BEFORE_EXTENSION = /^(.+?)[.-](\d{1,4}|\d{4}-?\d{2}-?\d{2})(\.(?:log|json|txt|csv))$/;

interface Place {
  /** What the set is called. */
  readonly set: string;
  /** Rises with time; the file being written is last. */
  readonly order: string;
}

/** Sorts paths so that the files of one rotated set, in one folder, come oldest first where the first of them stood. */
export function inRotationOrder(paths: readonly string[]): readonly string[] {
  const sets = new Map<string, string[]>();
  for (const path of paths) {
    const { set } = placeOf(path);
    const known = sets.get(set);
    if (known) known.push(path);
    else sets.set(set, [path]);
  }
  const order = (path: string): string => placeOf(path).order;
  return [...sets.values()].flatMap((set) =>
    set.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0)),
  );
}

function placeOf(path: string): Place {
  const plain = path.replace(COMPRESSED, '');
  const extension = BEFORE_EXTENSION.exec(plain);
  const [, name, suffix, end = ''] = extension ?? DATED.exec(plain) ?? NUMBERED.exec(plain) ?? [];
  if (name === undefined || suffix === undefined || name.endsWith('/')) return { set: plain, order: '9' };
  // Numbers rise with age, dates fall with it.
  const isNumber = /^\d{1,4}$/.test(suffix);
  const age = isNumber ? `1${String(9999 - Number(suffix)).padStart(4, '0')}` : `2${suffix.replace(/\D/g, '')}`;
  return { set: `${name}${end}`, order: age };
}
