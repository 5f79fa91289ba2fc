/** A line of ntpd's loopstats, peerstats or clockstats. See docs/formats/ntpd.md; the signs are explained there. */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, negated, readDecimal, readWhole } from '../clocks/numbers.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { isOwnClock, isPlaceholder, readPeerStatus } from './peer-status.ts';
import { readMjd } from './ntp-time.ts';
import { otherStatistics } from './other-output.ts';

export type StatsKind = 'loopstats' | 'peerstats' | 'clockstats';

export interface StatsLine {
  readonly kind: StatsKind;
  readonly time: UtcMicros;
  readonly columns: readonly string[];
  readonly text: string;
}

/** `null`: no line of these files. `unreadable`: a line of statistics, but of a kind that says nothing of the clock. */
export type SplitStats = StatsLine | { readonly kind: 'unreadable'; readonly reason: string } | null;

const DECIMAL = /^[+-]?\d+\.\d+$/;
const PEER_STATUS = /^[0-9a-f]{4,5}$/;
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+(?:%\w+)?|[A-Za-z][\w.-]*(?:\(\d+\))?)$/i;
const REFERENCE_CLOCK = /^(?:127\.127\.\d{1,3}\.\d{1,3}|[A-Z][A-Z0-9_]*\(\d+\))$/;
const NTP_SECONDS = /^\d{9,10}\.\d+$/;

/** Which file a line is from, by its columns. */
export function splitStatsLine(text: string): SplitStats {
  const columns = text.trim().split(/\s+/);
  const [day = '', seconds = '', third = '', fourth = ''] = columns;
  if (!/^\d{5}$/.test(day) || !/^\d{1,5}(\.\d+)?$/.test(seconds)) return null;
  const time = readMjd(day, seconds);
  if (time === undefined)
    return unreadable(`There is no time ${day} ${seconds}: a day has 86400 seconds, and one with a leap second 86401.`);
  const numbers = columns.slice(2);
  if ((numbers.length === 5 || numbers.length === 3) && numbers.slice(0, -1).every((word) => DECIMAL.test(word)))
    return { kind: 'loopstats', time, columns, text };
  if (ADDRESS.test(third) && PEER_STATUS.test(fourth) && columns.slice(4).some((word) => DECIMAL.test(word)))
    return { kind: 'peerstats', time, columns, text };
  if (!REFERENCE_CLOCK.test(third)) return unreadable(notRead(columns));
  // protostats: address, status, code, message; rawstats: two addresses and four timestamps.
  const isOther = /^[0-9a-f]{2,4}$/.test(columns[4] ?? '') && PEER_STATUS.test(fourth) && columns.length > 5;
  if (isOther || NTP_SECONDS.test(columns[4] ?? '')) return unreadable(notRead(columns));
  return { kind: 'clockstats', time, columns, text };
}

function notRead(columns: readonly string[]): string {
  const other = otherStatistics(columns.join(' '));
  if (other !== undefined) return `The line is of ntpd's ${other}, which do not say how far the clock is off.`;
  return `The line begins like one of ntpd's statistics, but its ${columns.length} columns are not those of loopstats, peerstats or clockstats.`;
}

/**
 * How many decimals the last column has: a line that lost its end shows by having fewer than those before.
 * `loopstats` ends in a whole number, which cannot be told from a shorter one.
 */
export function decimalsAtEnd({ columns }: StatsLine): number {
  const last = columns[columns.length - 1] ?? '';
  return DECIMAL.test(last) ? last.length - last.indexOf('.') - 1 : 0;
}

/** Reads a line that was found by `splitStatsLine`. */
export function readStatsLine(line: StatsLine): ReadResult {
  if (line.kind === 'loopstats') return readLoop(line);
  return line.kind === 'peerstats' ? readPeer(line) : readClock(line);
}

/** `clock offset` is what is to be added to the clock: positive when it is behind. */
function readLoop({ columns }: StatsLine): ReadResult {
  const [, , offset, frequency, ...rest] = columns;
  const isOld = columns.length === 5;
  const [jitter, wander, constant] = isOld ? [undefined, undefined, rest[0]] : rest;
  const ahead = negated(readDecimal(offset));
  const timeConstant = readWhole(constant, 99);
  if (ahead === undefined || timeConstant === undefined) return cutOff('loopstats');
  const fields = {
    log: 'loopstats',
    offset_s: readDecimal(offset),
    frequency_ppm: readDecimal(frequency),
    jitter_s: readDecimal(jitter),
    wander_ppm: readDecimal(wander),
    time_constant: timeConstant,
  };
  return reading({ offset_s: ahead, fields });
}

function readPeer({ columns }: StatsLine): ReadResult {
  const [, , reference = '', statusWord = '', ...numbers] = columns;
  const [offset, delay, dispersion, jitter] = numbers.map((word) =>
    DECIMAL.test(word) ? readDecimal(word) : undefined,
  );
  if (
    numbers.length < 3 ||
    numbers.length > 4 ||
    offset === undefined ||
    delay === undefined ||
    dispersion === undefined
  )
    return cutOff('peerstats');
  if (numbers.length === 4 && jitter === undefined) return cutOff('peerstats');
  const status = readPeerStatus(statusWord);
  const fields = {
    log: 'peerstats',
    status: statusWord,
    selection: status.selection,
    reachable: status.isReachable,
    offset_s: offset,
    delay_s: delay,
    dispersion_s: dispersion,
    jitter_s: jitter,
  };
  if (isOwnClock(reference) || !status.isReachable || isPlaceholder(offset, delay, dispersion))
    return reading({ reference, synchronised: false, fields });
  const error_s = errorBound(delay, dispersion);
  return reading({ offset_s: negated(offset), error_s, reference, synchronised: status.isUsed, fields });
}

/** A time code says that the receiver spoke; what it says depends on the receiver and is kept as text. */
function readClock({ columns: [, , reference = ''], text }: StatsLine): ReadResult {
  const timecode = text.slice(text.indexOf(reference) + reference.length).trim();
  return reading({ reference, fields: { log: 'clockstats', timecode } });
}

function cutOff(log: StatsKind): ReadResult {
  return unreadable(
    `The line begins like one of ${log}, but a column is missing or no number: it is cut off or damaged.`,
  );
}
