/** What `chronyc sources` and `chronyc sourcestats` print, as text and with -c. See docs/formats/chrony.md. */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { readDecimal, readSpan, readWhole } from '../clocks/numbers.ts';

const SPAN = '[+-]?\\d+(?:\\.\\d+)?(?:ns|us|ms|s)';
const AGO = '\\d+[mhdy]?';
const SOURCE = new RegExp(
  `^([\\^=#])([*+\\-x~? ])\\s?(\\S+)\\s+(\\d+)\\s+(-?\\d+)\\s+([0-7]+)\\s+(-|${AGO})\\s+(${SPAN})\\[\\s*(${SPAN})\\]\\s+\\+/-\\s*(${SPAN})$`,
);
const STATISTICS = new RegExp(
  `^(\\S+)\\s+(\\d+)\\s+(\\d+)\\s+(${AGO})\\s+([+-]?\\d+\\.\\d+)\\s+(\\d+\\.\\d+)\\s+(${SPAN})\\s+(${SPAN})$`,
);
const SOURCE_CSV = /^[\^=#],[*+\-x~? ]?,/;
const STATISTICS_CSV = /^[^,\s]+,\d+,\d+,\d+,-?\d+\.\d+,\d+\.\d+,-?\d/;

/** Reads a line of `sources`; `undefined` for other lines. */
export function readSourceLine(text: string): ReadResult | undefined {
  const parts = SOURCE.exec(text);
  if (!parts) return SOURCE_CSV.test(text) ? readSourceCsv(text.split(',')) : undefined;
  const [
    ,
    mode = '',
    state = '',
    name = '',
    stratum,
    poll,
    reach,
    lastRx = '',
    adjusted = '',
    measured = '',
    error = '',
  ] = parts;
  return readSource({
    mode,
    state,
    name,
    stratum: readWhole(stratum, 255),
    poll: readDecimal(poll),
    reach,
    lastSampleAgo: lastRx === '-' ? undefined : secondsAgo(lastRx),
    adjusted: readSpan(adjusted),
    measured: readSpan(measured),
    error: readSpan(error),
  });
}

/** chronyc writes the largest 32-bit number for a source that never gave a sample. */
const NEVER = '4294967295';

function readSourceCsv(columns: readonly string[]): ReadResult {
  if (columns.length !== 10) return wrongCount('sources', 10, columns.length);
  const [mode = '', state = '', name = '', stratum, poll, reach, lastRx = '', adjusted, measured, error] = columns;
  return readSource({
    mode,
    state,
    name,
    stratum: readWhole(stratum, 255),
    poll: readDecimal(poll),
    reach,
    lastSampleAgo: lastRx === NEVER ? undefined : readWhole(lastRx, 4_294_967_295),
    adjusted: readDecimal(adjusted),
    measured: readDecimal(measured),
    error: readDecimal(error),
  });
}

interface Source {
  readonly mode: string;
  readonly state: string;
  readonly name: string;
  readonly stratum: number | undefined;
  readonly poll: number | undefined;
  readonly reach: string | undefined;
  readonly lastSampleAgo: number | undefined;
  readonly adjusted: number | undefined;
  readonly measured: number | undefined;
  readonly error: number | undefined;
}

const UNSYNCHRONISED = 16;

/** Positive offsets mean that the local clock is ahead of the source. The adjusted offset is the one as of now. */
function readSource(source: Source): ReadResult {
  const { mode, state, name, stratum, adjusted, measured, error } = source;
  const reach = source.reach !== undefined && /^[0-7]{1,3}$/.test(source.reach) ? source.reach : undefined;
  if (
    stratum === undefined ||
    reach === undefined ||
    adjusted === undefined ||
    measured === undefined ||
    error === undefined
  )
    return unreadable('A column of the source cannot be read: the line is cut off or damaged.');
  const fields = {
    report: 'sources',
    mode,
    state,
    poll: source.poll,
    reach,
    last_sample_ago_s: source.lastSampleAgo,
    adjusted_offset_s: adjusted,
    measured_offset_s: measured,
    error_s: error,
  };
  const isMeasured = Number(reach) > 0 && stratum < UNSYNCHRONISED && source.lastSampleAgo !== undefined;
  const isUsable = isMeasured && state !== '?';
  const sample = isMeasured ? { offset_s: adjusted, error_s: error } : {};
  // A stratum of 0 is that of a reference clock, or of a source that never answered.
  const known = mode === '#' || stratum > 0 ? stratum : undefined;
  return reading({
    ...sample,
    stratum: known,
    reference: name,
    synchronised: isUsable ? isUsed(state) : false,
    fields,
  });
}

/** A source that is not used says nothing about whether the clock is disciplined by others. */
function isUsed(state: string): true | undefined {
  return state === '*' || state === '+' ? true : undefined;
}

/** Reads a line of `sourcestats`; `undefined` for other lines. */
export function readSourceStatistics(text: string): ReadResult | undefined {
  const parts = STATISTICS.exec(text);
  if (!parts) return STATISTICS_CSV.test(text) ? readStatisticsCsv(text.split(',')) : undefined;
  const [, name = '', samples, runs, span = '', frequency, skew, offset = '', deviation = ''] = parts;
  return readStatistics({
    name,
    samples: readWhole(samples, 1e6),
    runs: readWhole(runs, 1e6),
    span: secondsAgo(span),
    frequency: readDecimal(frequency),
    skew: readDecimal(skew),
    offset: readSpan(offset),
    deviation: readSpan(deviation),
  });
}

function readStatisticsCsv(columns: readonly string[]): ReadResult {
  if (columns.length !== 8) return wrongCount('sourcestats', 8, columns.length);
  const [name = '', samples, runs, span, frequency, skew, offset, deviation] = columns;
  return readStatistics({
    name,
    samples: readWhole(samples, 1e6),
    runs: readWhole(runs, 1e6),
    span: readWhole(span, 4_294_967_295),
    frequency: readDecimal(frequency),
    skew: readDecimal(skew),
    offset: readDecimal(offset),
    deviation: readDecimal(deviation),
  });
}

interface Statistics {
  readonly name: string;
  readonly samples: number | undefined;
  readonly runs: number | undefined;
  readonly span: number | undefined;
  readonly frequency: number | undefined;
  readonly skew: number | undefined;
  readonly offset: number | undefined;
  readonly deviation: number | undefined;
}

/** The offset is positive when the local clock is ahead, as in statistics.log. Its standard deviation is no bound. */
function readStatistics({ name, samples, runs, span, frequency, skew, offset, deviation }: Statistics): ReadResult {
  if (samples === undefined || offset === undefined || deviation === undefined)
    return unreadable('A column of the source statistics cannot be read: the line is cut off or damaged.');
  const fields = {
    report: 'sourcestats',
    samples,
    runs,
    span_s: span,
    frequency_ppm: frequency,
    skew_ppm: skew,
    offset_s: offset,
    standard_deviation_s: deviation,
  };
  if (samples === 0) return reading({ reference: name, synchronised: false, fields });
  return reading({ offset_s: offset, reference: name, fields });
}

function wrongCount(report: string, expected: number, columns: number): ReadResult {
  return unreadable(
    `The line has ${columns} columns, but chronyc -c ${report} writes ${expected}: it is cut off or damaged.`,
  );
}

const AGO_UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, y: 31_536_000 };

/** `44`, `10m`, `5h`, `2d`, `1y`, in seconds. */
function secondsAgo(text: string): number | undefined {
  const unit = AGO_UNITS[text.slice(-1)];
  return unit === undefined ? readWhole(text, 1e9) : Number(text.slice(0, -1)) * unit;
}
