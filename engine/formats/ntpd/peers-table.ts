/**
 * What `ntpq -p` prints (also -pn, -u, -w, apeers, lpeers, opeers), and `ntpdc -p`: one peer a line, under a heading that
 * names columns.
 *
 *      remote           refid      st t when poll reach   delay   offset   jitter
 *     *72.5.72.15      216.218.254.202  2 u   63   64  377   22.654    0.231   1.964
 *     └ the tally                       delay, offset, jitter and disp in milliseconds, unless a unit stands there
 */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, millisToSeconds, negated, readDecimal, readSpan, readWhole } from '../clocks/numbers.ts';
import { isOwnClock, isUsed, selectionOfTally, type Selection } from './peer-status.ts';

/** The table that a heading begins. */
export interface PeerColumns {
  /** Columns after the name of the peer, in their order. */
  readonly names: readonly string[];
  /** ntpdc writes seconds, and its signs say the mode of the peer, but for `*`. */
  readonly program: 'ntpq' | 'ntpdc';
}

const NAMES = new Set([
  'refid',
  'local',
  'assid',
  'st',
  't',
  'when',
  'poll',
  'reach',
  'delay',
  'offset',
  'jitter',
  'disp',
]);
const NEEDED = ['st', 'reach', 'delay', 'offset'];

/** Reads the heading; `undefined` for other lines. */
export function readPeersHeading(text: string): PeerColumns | undefined {
  const [first, ...names] = text.trim().split(/\s+/);
  if (first !== 'remote' || !names.every((name) => NAMES.has(name))) return undefined;
  if (!NEEDED.every((name) => names.includes(name))) return undefined;
  return { names, program: names.includes('t') ? 'ntpq' : 'ntpdc' };
}

/** What ntpq prints where there is no heading. */
export const usualColumns: PeerColumns = {
  names: 'refid st t when poll reach delay offset jitter'.split(' '),
  program: 'ntpq',
};

const ROW = /^(.)(\S.*)$/;

const AGO = '(?:-|\\d+[mhdy]?)';
const NUMBER = '[+-]?\\d+(?:\\.\\d*)?(?:[numµ]?s)?';
/** Its reference id may be missing, and its name may have spaces. */
const LIKE_NTPQ = new RegExp(
  `^[ x.\\-+#*o]\\S.*\\s\\d{1,2}\\s+[a-zA-Z0-9]\\s+${AGO}\\s+${AGO}\\s+[0-7]{1,3}\\s+${NUMBER}\\s+${NUMBER}(?:\\s+${NUMBER})?$`,
);
const LIKE_NTPDC = /^[ =+\-^~*]\S+\s+\S+\s+\d{1,2}\s+\d+\s+[0-7]{1,3}\s+\d+\.\d{5}\s+-?\d+\.\d{6}\s+\d+\.\d{5}$/;

/** True for a line that could be a peer: for recognising, and for tables whose heading is missing. */
export function looksLikePeer(text: string): boolean {
  return text.length < 200 && (LIKE_NTPQ.test(text) || LIKE_NTPDC.test(text));
}

/** True for a name that was too long for its column; the rest stands in the next line. */
export function isLongPeerName(text: string): boolean {
  return /^[ x.\-+#*o][^\s=]{15,}$/.test(text);
}

const UNSYNCHRONISED = 16;

/** Reads a line (or a long name and the line after it, joined by a space) under these columns. */
export function readPeer(text: string, columns: PeerColumns): ReadResult {
  const split = splitRow(text, columns.names);
  const tally = text[0] ?? '';
  const selection = columns.program === 'ntpq' ? selectionOfTally(tally) : selectionByNtpdc(tally);
  if (!split || selection === undefined)
    return unreadable(
      `The line does not have the ${columns.names.length + 1} columns of the heading of the table of peers: it is cut off or damaged.`,
    );
  const { remote, column } = split;
  const seconds = columns.program === 'ntpq' ? millisOrUnit : readDecimal;
  const stratum = readWhole(column('st'), UNSYNCHRONISED);
  const reach = readOctal(column('reach'));
  const [delay, offset, dispersion, jitter] = ['delay', 'offset', 'disp', 'jitter'].map((name) =>
    seconds(column(name)),
  );
  if (stratum === undefined || reach === undefined || delay === undefined || offset === undefined)
    return unreadable('A column of the peer cannot be read: the line is cut off or damaged.');
  const fields = {
    report: columns.program === 'ntpq' ? 'peers' : 'ntpdc peers',
    tally,
    selection,
    refid: column('refid'),
    local: column('local'),
    association: column('assid'),
    type: column('t'),
    when: column('when'),
    poll: column('poll'),
    reach: column('reach'),
    delay_s: delay,
    offset_s: offset,
    dispersion_s: dispersion,
    jitter_s: jitter,
  };
  // The last bit is that of the last poll: without an answer, zeros may stand for the sample that did not come.
  const isNothing = offset === 0 && delay === 0 && (reach & 1) === 0;
  const isMeasured = reach > 0 && stratum < UNSYNCHRONISED && !isOwnClock(remote) && !isNothing;
  if (!isMeasured) return reading({ stratum, reference: remote, synchronised: false, fields });
  const error_s = errorBound(delay, dispersion);
  return reading({
    offset_s: negated(offset),
    error_s,
    stratum,
    reference: remote,
    synchronised: isUsed(selection),
    fields,
  });
}

function readOctal(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-7]{1,3}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/**
 * The columns of a line, counted from its end: the name of a peer may hold spaces, and a reference id may be empty.
 * `undefined` where a column is missing, because what stands in the others is then of another kind.
 */
function splitRow(text: string, names: readonly string[]) {
  const [, , rest = ''] = ROW.exec(text) ?? [];
  const words = rest.trim().split(/\s+/);
  const named = names.indexOf('st');
  const left = words.slice(0, named - names.length);
  const right = words.slice(named - names.length);
  const type = right[names.indexOf('t') - named];
  const isWhole = right.length === names.length - named && /^\d{1,2}$/.test(right[0] ?? '');
  if (!isWhole || left.length === 0 || (names.includes('t') && !/^[a-zA-Z0-9]$/.test(type ?? ''))) return undefined;
  const before = left.length > named ? left.slice(left.length - named) : left.slice(1);
  const remote = left.slice(0, left.length - before.length).join(' ');
  const column = (name: string): string | undefined => {
    const at = names.indexOf(name);
    return at < named ? before[at] : right[at - named];
  };
  return { remote, column };
}

/** `*` is the peer that is followed; the other signs are modes. */
function selectionByNtpdc(tally: string): Selection | undefined {
  if (tally === '*') return 'sys.peer';
  return ' =+-^~'.includes(tally) ? 'reject' : undefined;
}

/** Milliseconds without a unit, else with the unit that `ntpq -u` writes. */
function millisOrUnit(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (millisToSeconds(text) ?? readSpan(text));
}
