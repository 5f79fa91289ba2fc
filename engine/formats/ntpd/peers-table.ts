/**
 * What `ntpq -p` prints (also -pn, -u, -w, apeers, lpeers, opeers): one peer a line, under a heading that names columns.
 *
 *      remote           refid      st t when poll reach   delay   offset   jitter
 *     *72.5.72.15      216.218.254.202  2 u   63   64  377   22.654    0.231   1.964
 *     └ the tally                       delay, offset, jitter and disp in milliseconds, unless a unit stands there
 */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, millisToSeconds, negated, readSpan, readWhole } from '../clocks/numbers.ts';
import { isOwnClock, isUsed, selectionOfTally } from './peer-status.ts';

/** Columns after the name of the peer, in their order. */
export type PeerColumns = readonly string[];

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
const NEEDED = ['st', 't', 'reach', 'delay', 'offset'];

/** Reads the heading; `undefined` for other lines. */
export function readPeersHeading(text: string): PeerColumns | undefined {
  const [first, ...names] = text.trim().split(/\s+/);
  if (first !== 'remote' || !names.every((name) => NAMES.has(name))) return undefined;
  return NEEDED.every((name) => names.includes(name)) ? names : undefined;
}

/** What ntpq prints where there is no heading. */
export const usualColumns: PeerColumns = 'refid st t when poll reach delay offset jitter'.split(' ');

const ROW = /^(.)(\S+)\s+(\S.*)$/;

/** True for a line that could be a peer: for recognising, and for tables whose heading is missing. */
export function looksLikePeer(text: string): boolean {
  return /^[ x.\-+#*o]\S+\s+\S+\s+\d{1,2} [a-zA-Z0-9] +(?:-|\d+[mhdy]?) +(?:-|\d+[mhdy]?) +[0-7]{1,3} +/.test(text);
}

/** True for a name that was too long for its column; the rest stands in the next line. */
export function isLongPeerName(text: string): boolean {
  return /^[ x.\-+#*o][^\s=]{15,}$/.test(text);
}

const UNSYNCHRONISED = 16;

/** Reads a line (or a long name and the line after it, joined by a space) under these columns. */
export function readPeer(text: string, names: PeerColumns): ReadResult {
  const parts = ROW.exec(text);
  const [, tally = '', remote = '', rest = ''] = parts ?? [];
  const selection = selectionOfTally(tally);
  const words = rest.split(/\s+/);
  if (!parts || selection === undefined || words.length !== names.length)
    return unreadable(
      `The line has ${parts ? words.length + 1 : 0} columns, but the heading of ntpq's table of peers has ${names.length + 1}: it is cut off or damaged.`,
    );
  const column = (name: string): string | undefined => words[names.indexOf(name)];
  const stratum = readWhole(column('st'), UNSYNCHRONISED);
  const reach = readOctal(column('reach'));
  const [delay, offset, dispersion, jitter] = ['delay', 'offset', 'disp', 'jitter'].map((name) =>
    seconds(column(name)),
  );
  if (stratum === undefined || reach === undefined || delay === undefined || offset === undefined)
    return unreadable('A column of the peer cannot be read: the line is cut off or damaged.');
  const fields = {
    report: 'peers',
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

/** Milliseconds without a unit, else with the unit that `ntpq -u` writes. */
function seconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (millisToSeconds(text) ?? readSpan(text));
}
