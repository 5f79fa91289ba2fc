/** What `chronyc tracking` prints, as text and with -c. See docs/formats/chrony.md, "chronyc tracking". */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { reading, unreadable, type ReadResult, type Unreadable } from '../clocks/clock-rows.ts';
import { errorBound, negated, readDecimal, readWhole } from '../clocks/numbers.ts';
import { quoted } from '../clocks/text-lines.ts';

/** A report and its Ref time: when the last measurement was processed, which is not when the report was made. */
export interface TrackingReport {
  readonly read: ReadResult;
  readonly referenceTime: UtcMicros | undefined;
}

interface Tracking {
  /** Hexadecimal, or four numbers with dots in old versions. */
  readonly referenceId: string;
  readonly name: string;
  readonly stratum: number | undefined;
  readonly referenceTime: UtcMicros | undefined;
  /** Seconds that the system clock is fast of chronyd's estimate of true time. */
  readonly fast: number | undefined;
  readonly rootDelay: number | undefined;
  readonly rootDispersion: number | undefined;
  readonly leap: string | undefined;
  readonly others: Readonly<Record<string, unknown>>;
}

const LINE =
  /^(Reference ID|Stratum|Ref time \(UTC\)|System time|Last offset|RMS offset|Frequency|Residual freq|Skew|Root delay|Root dispersion|Update interval|Leap status)\s*: ?(.*)$/;
export const FIRST_TRACKING_LABEL = 'Reference ID';

/** Label and value of a line of the report; `undefined` for other lines. */
export function trackingLine(text: string): readonly [string, string] | undefined {
  const parts = LINE.exec(text);
  return parts ? [parts[1] ?? '', (parts[2] ?? '').trim()] : undefined;
}

/** Reads the lines of one report. */
export function readTrackingText(lines: readonly string[]): TrackingReport {
  const values = new Map(lines.map((line) => trackingLine(line) ?? ['', '']));
  const value = (label: string): string => values.get(label) ?? '';
  const missing = NEEDED.find((label) => !values.has(label));
  if (missing !== undefined)
    return {
      read: unreadable(`The tracking report has no ${quoted(missing)}: it is cut off.`),
      referenceTime: undefined,
    };
  const [referenceId = '', name = ''] = splitReference(value('Reference ID'));
  return readReport({
    referenceId,
    name,
    stratum: readWhole(value('Stratum'), 16),
    referenceTime: asciiTime(value('Ref time (UTC)')),
    fast: fastOrSlow(value('System time'), 'seconds'),
    rootDelay: inUnit(value('Root delay'), 'seconds'),
    rootDispersion: inUnit(value('Root dispersion'), 'seconds'),
    leap: value('Leap status'),
    others: {
      last_offset_s: inUnit(value('Last offset'), 'seconds'),
      rms_offset_s: inUnit(value('RMS offset'), 'seconds'),
      frequency_ppm: fastOrSlow(value('Frequency'), 'ppm'),
      residual_frequency_ppm: inUnit(value('Residual freq'), 'ppm'),
      skew_ppm: inUnit(value('Skew'), 'ppm'),
      update_interval_s: inUnit(value('Update interval'), 'seconds'),
    },
  });
}

const NEEDED = ['Reference ID', 'Stratum', 'System time', 'Root delay', 'Root dispersion', 'Leap status'];

/** `7F000002 (127.0.0.2)`; the brackets are empty where the reference has no name. */
function splitReference(text: string): readonly string[] {
  const parts = /^([0-9A-F]{8}|\d{1,3}(?:\.\d{1,3}){3}) ?\(([^)]*)\)?$/.exec(text);
  return parts ? parts.slice(1) : [];
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `Sat Nov 21 06:23:04 2026` in UTC; nothing for 1 January 1970, which stands for never. */
function asciiTime(text: string): UtcMicros | undefined {
  const parts = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2}) +(\d{4})$/.exec(text);
  if (!parts) return undefined;
  const [, month = '', day = '', time = '', year = ''] = parts;
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  return everOrNever(parseInstant(`${year}-${number}-${day.padStart(2, '0')}T${time}Z`));
}

function everOrNever(time: UtcMicros | undefined): UtcMicros | undefined {
  return time !== undefined && time < 1_000_000n ? undefined : time;
}

/** `0.000001595 seconds fast of NTP time`, `0.138 ppm slow`: positive when fast. */
function fastOrSlow(text: string, unit: string): number | undefined {
  const [digits = '', ofUnit = '', word = ''] = text.split(' ');
  const value = ofUnit === unit ? readDecimal(digits) : undefined;
  if (word === 'fast') return value;
  return word === 'slow' ? negated(value) : undefined;
}

function inUnit(text: string, unit: string): number | undefined {
  const [digits = '', ofUnit = '', ...more] = text.split(' ');
  return ofUnit === unit && more.length === 0 ? readDecimal(digits) : undefined;
}

const COLUMNS = 14;

/** True for a line of `chronyc -c tracking`. Nothing in it is quoted, so a comma always separates. */
export function isTrackingCsv(text: string): boolean {
  return /^[0-9A-F]{8},[^,]*,\d{1,2},/.test(text);
}

/**
 * Reads that line. Its fifth column is what is to be ADDED to the system clock: -0.000001595 stands beside "0.000001595
 * seconds fast of NTP time" in the text.
 */
export function readTrackingCsv(text: string): TrackingReport {
  const columns = text.split(',');
  if (columns.length !== COLUMNS) {
    const reason = `The line has ${columns.length} columns, but chronyc -c tracking writes ${COLUMNS}: it is cut off or damaged.`;
    return { read: unreadable(reason), referenceTime: undefined };
  }
  const [referenceId = '', name = '', stratum, time = '', correction, ...rest] = columns;
  const [last, rms, frequency, residual, skew, delay, dispersion, interval, leap] = rest;
  return readReport({
    referenceId,
    name,
    stratum: readWhole(stratum, 16),
    referenceTime: epochTime(time),
    fast: negated(readDecimal(correction)),
    rootDelay: readDecimal(delay),
    rootDispersion: readDecimal(dispersion),
    leap,
    others: {
      last_offset_s: readDecimal(last),
      rms_offset_s: readDecimal(rms),
      frequency_ppm: readDecimal(frequency),
      residual_frequency_ppm: readDecimal(residual),
      skew_ppm: readDecimal(skew),
      update_interval_s: readDecimal(interval),
    },
  });
}

/** Seconds since 1970 with up to nine decimals, cut to microseconds. */
function epochTime(text: string): UtcMicros | undefined {
  const parts = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(text);
  if (!parts) return undefined;
  const [, seconds = '', fraction = ''] = parts;
  return everOrNever(BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0')));
}

const LEAPS = new Set(['Normal', 'Insert second', 'Delete second', 'Not synchronised']);
/** The computer's own clock (`local` in chrony.conf). */
const OWN_CLOCK = new Set(['7F7F0101', '127.127.1.1']);
const NOBODY = new Set(['00000000', '0.0.0.0']);

function readReport(report: Tracking): TrackingReport {
  const { referenceTime } = report;
  const wrong = firstWrong(report);
  if (wrong) return { read: wrong, referenceTime };
  const { referenceId, name, stratum, fast, rootDelay, rootDispersion, leap } = report;
  const fields = {
    report: 'tracking',
    reference_id: referenceId,
    reference_name: name,
    reference_time_micros: referenceTime?.toString(),
    system_time_fast_s: fast,
    root_delay_s: rootDelay,
    root_dispersion_s: rootDispersion,
    leap,
    ...report.others,
  };
  const isNothing =
    NOBODY.has(referenceId) || OWN_CLOCK.has(referenceId) || leap === 'Not synchronised' || stratum === 0;
  if (isNothing) return { read: reading({ synchronised: false, fields }), referenceTime };
  const error_s = errorBound(rootDelay, rootDispersion);
  const reference = name === '' ? nameOf(referenceId) : name;
  return { read: reading({ offset_s: fast, error_s, stratum, reference, synchronised: true, fields }), referenceTime };
}

function firstWrong({ referenceId, stratum, fast, rootDelay, rootDispersion, leap }: Tracking): Unreadable | undefined {
  const cannot = (what: string): Unreadable =>
    unreadable(`${what} of the tracking report cannot be read: it is cut off or damaged.`);
  if (referenceId === '') return cannot('Reference ID');
  if (stratum === undefined) return cannot('Stratum');
  if (fast === undefined) return cannot('System time');
  if (rootDelay === undefined) return cannot('Root delay');
  if (rootDispersion === undefined) return cannot('Root dispersion');
  return leap !== undefined && LEAPS.has(leap) ? undefined : cannot('Leap status');
}

/** The letters of a reference clock's id (47505300 is GPS); else the id as it is. */
function nameOf(referenceId: string): string {
  const letters = Buffer.from(referenceId, 'hex').toString('latin1').replace(/\0+$/, '');
  return /^[\x21-\x7e]{2,4}$/.test(letters) ? letters : referenceId;
}
