/** What the variables of `ntpq -c rv` say of the clock: those of the system, or those of one peer. */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, millisToSeconds, negated, readWhole } from '../clocks/numbers.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { readNtpStamp } from './ntp-time.ts';
import { isOwnClock, isPlaceholder, readPeerStatus } from './peer-status.ts';
import { readVariables } from './variables.ts';

type Variables = ReadonlyMap<string, string>;

/** A report and the time that it has of its own. */
export interface VariablesReport {
  readonly read: ReadResult;
  /** `clock=` of the system: when it answered, by its own clock. */
  readonly time: UtcMicros | undefined;
  /** `rec=` of a peer: when its last packet came, which is not when the report was made. */
  readonly referenceTime: UtcMicros | undefined;
  /** The text does not say of which association it is. */
  readonly isOfUnknown: boolean;
}

/** Reads the lines of one report, joined. */
export function readVariablesReport(text: string): VariablesReport {
  const variables = readVariables(text);
  const association = variables.get('associd');
  const isPeer = association === undefined ? variables.has('srcadr') : Number(association) !== 0;
  const unit = [...variables].find(([name, value]) => MILLIS.has(name) && millisToSeconds(value) === undefined);
  const read = unit
    ? unreadable(`The variable ${unit[0]} is no number: the report is cut off or damaged.`)
    : isPeer
      ? readPeerVariables(variables)
      : readSystemVariables(variables);
  return {
    read,
    time: isPeer ? undefined : readNtpStamp(variables.get('clock')),
    referenceTime: isPeer ? readNtpStamp(variables.get('rec')) : undefined,
    isOfUnknown: association === undefined && !isPeer,
  };
}

/** Variables in milliseconds, with the names that versions before 4.2.6 have for them. */
const MILLIS = new Set(['offset', 'phase', 'rootdelay', 'rootdisp', 'rootdispersion', 'delay', 'dispersion']);
/** ntpd writes the variables that a clock is judged by among those; a report without any says nothing of it. */
const OF_THE_CLOCK = ['leap', 'stratum', 'offset', 'phase', 'rootdisp', 'rootdelay', 'refid', 'status'];
const UNSYNCHRONISED = 16;

/** `leap` is two bits, written 00 to 11, or 0 to 3: all set means that the clock is not synchronised. */
const NEVER_SYNCHRONISED = new Set(['11', '3']);

function readSystemVariables(variables: Variables): ReadResult {
  if (!OF_THE_CLOCK.some((name) => variables.has(name)))
    return unreadable(
      'The variables of ntpq say nothing of the clock: leap, stratum, offset and status are not among them.',
    );
  const stratum = readWhole(variables.get('stratum'), UNSYNCHRONISED);
  const refid = variables.get('refid');
  const fields = { report: 'system variables', ...Object.fromEntries(variables) };
  const synchronised = isSynchronised(variables, stratum);
  const common = { stratum, reference: refid === '' ? undefined : refid, synchronised, fields };
  if (synchronised === false) return reading(common);
  return reading({
    ...common,
    offset_s: negated(inSeconds(variables, 'offset', 'phase')),
    error_s: rootDistance(variables),
  });
}

/** `undefined` where the variables do not say. */
function isSynchronised(variables: Variables, stratum: number | undefined): boolean | undefined {
  const leap = variables.get('leap');
  const words = variables.get('status_text') ?? '';
  if (leap !== undefined && NEVER_SYNCHRONISED.has(leap)) return false;
  if (stratum === UNSYNCHRONISED || /\b(?:leap_alarm|sync_alarm|sync_unspec)\b/.test(words)) return false;
  // A clock whose system peer is its own driver is disciplined by nothing.
  if (/\bsync_local\b/.test(words) && isOwnReference(variables.get('refid'))) return false;
  if (leap === undefined && words === '') return undefined;
  return /\bsync_\w+/.test(words) ? true : undefined;
}

function isOwnReference(refid: string | undefined): boolean {
  return refid !== undefined && /^\.?LOCL\.?$|^LOCAL\(|^127\.127\.1\./.test(refid);
}

function rootDistance(variables: Variables): number | undefined {
  return errorBound(inSeconds(variables, 'rootdelay'), inSeconds(variables, 'rootdisp', 'rootdispersion'));
}

function inSeconds(variables: Variables, name: string, oldName = name): number | undefined {
  return millisToSeconds(variables.get(name) ?? variables.get(oldName));
}

function readPeerVariables(variables: Variables): ReadResult {
  const reference =
    variables.get('srcadr') ?? variables.get('srchost') ?? `association ${variables.get('associd') ?? ''}`;
  const stratum = readWhole(variables.get('stratum'), UNSYNCHRONISED);
  const word = variables.get('status');
  const status = word === undefined ? undefined : readPeerStatus(word);
  const reach = variables.get('reach');
  const isReachable = reach === undefined ? status?.isReachable : !/^(?:0x)?0*$/.test(reach);
  const fields = { report: 'peer variables', ...Object.fromEntries(variables) };
  const leap = variables.get('leap') ?? '';
  const [offset, delay, dispersion] = ['offset', 'delay', 'dispersion'].map((name) => inSeconds(variables, name));
  const isNothing =
    isReachable === false ||
    stratum === UNSYNCHRONISED ||
    NEVER_SYNCHRONISED.has(leap) ||
    isPlaceholder(offset ?? NaN, delay ?? NaN, dispersion ?? NaN);
  if (isNothing || isOwnClock(reference) || isOwnClock(variables.get('srchost') ?? ''))
    return reading({ stratum, reference, synchronised: false, fields });
  const error_s = errorBound(delay, dispersion);
  const offset_s = negated(offset);
  return reading({ offset_s, error_s, stratum, reference, synchronised: status?.isUsed, fields });
}
