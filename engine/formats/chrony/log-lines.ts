/** A line of one of chronyd's logs. See docs/formats/chrony.md, "The logs"; the signs are explained there. */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { reading, unreadable, type ClockReading, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, negated, readDecimal, readWhole, sum, tidied } from '../clocks/numbers.ts';
import { quoted } from '../clocks/text-lines.ts';
import type { LogKind } from './log-columns.ts';

export interface LogLine {
  readonly log: LogKind;
  readonly columns: readonly string[];
}

// What `%.3e`, `%.3f` and so on print. A number that lost its last digit does not have this shape.
const EXPONENTIAL = /^-?\d\.\d{3,6}e[+-]\d{2,3}$/;
const THREE_DECIMALS = /^-?\d+\.\d{3}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$/;
const LEAP = /^[N+?-]$/;
const WHOLE = /^\d{1,5}$/;
const TESTS = /^[01]{3,4}$/;

/** Which log a line is from, by its columns; `undefined` when it is from none that is read. */
export function splitLogLine(text: string): LogLine | undefined {
  const columns = text.split(/\s+/);
  const [day = '', time = '', , third = '', fourth = '', fifth = ''] = columns;
  if (!DAY.test(day) || !TIME.test(time)) return undefined;
  if (WHOLE.test(third) && THREE_DECIMALS.test(fourth)) return { log: 'tracking', columns };
  if (LEAP.test(third) && WHOLE.test(fourth) && TESTS.test(fifth)) return { log: 'measurements', columns };
  if (EXPONENTIAL.test(third) && EXPONENTIAL.test(fourth)) return { log: 'statistics', columns };
  if (/^(\d+|-)$/.test(third) && LEAP.test(fourth) && /^[01-]$/.test(fifth)) return { log: 'refclocks', columns };
  return undefined;
}

/** The time of a line: UTC, whole seconds (microseconds in refclocks.log). */
export function logTime({ columns: [day = '', time = ''] }: LogLine): UtcMicros | undefined {
  return parseInstant(`${day}T${time}Z`);
}

/** Reads a line whose number of columns is right. */
export function readLogLine(line: LogLine): ReadResult {
  const columns = new Columns(line);
  const read = READERS[line.log](columns);
  return columns.complaint === undefined ? reading(read) : unreadable(columns.complaint);
}

const READERS: Readonly<Record<LogKind, (columns: Columns) => ClockReading>> = {
  tracking: readTracking,
  statistics: readStatistics,
  measurements: readMeasurement,
  refclocks: readRefclock,
};

/** The columns of a line in turn; the first that is not as chronyd writes it is kept in `complaint`. */
class Columns {
  complaint: string | undefined;
  #next = 2;

  constructor(private readonly line: LogLine) {}

  text(what: string, shape: RegExp): string | undefined {
    const text = this.line.columns[this.#next++];
    if (text === undefined) return undefined;
    if (!shape.test(text)) this.complaint ??= `${what} is ${quoted(text)}, which chronyd does not write there.`;
    return text;
  }

  number(what: string, shape: RegExp): number | undefined {
    return readDecimal(this.text(what, shape));
  }

  exponential(what: string): number | undefined {
    return this.number(what, EXPONENTIAL);
  }

  whole(what: string): number | undefined {
    return readWhole(this.text(what, WHOLE), 99_999);
  }
}

/** Nothing is behind these addresses: no source, or the computer's own clock. */
const NO_REFERENCE = new Set(['0.0.0.0', '127.127.1.1']);

/**
 * `Offset` is that of chronyd's own estimate of true time, positive when fast; `Rem. corr.` is what the system clock is
 * still to be moved by, positive when it is slow. The system clock is ahead by their difference (chronyd's sys_offset).
 */
function readTracking(columns: Columns): ClockReading {
  const reference = columns.text('The reference', /^\S+$/);
  const stratum = columns.whole('The stratum');
  const fields = {
    log: 'tracking',
    reference,
    frequency_ppm: columns.number('The frequency', THREE_DECIMALS),
    skew_ppm: columns.number('The skew', THREE_DECIMALS),
    offset_s: columns.exponential('The offset'),
    leap: columns.text('The leap status', LEAP),
    combined_sources: columns.whole('The number of combined sources'),
    offset_sd_s: columns.exponential('Offset sd'),
    remaining_correction_s: columns.exponential('Rem. corr.'),
    root_delay_s: columns.exponential('Root delay'),
    root_dispersion_s: columns.exponential('Root disp.'),
    max_error_s: columns.exponential('Max. error'),
  };
  const isNothing = reference === undefined || NO_REFERENCE.has(reference) || stratum === 0;
  const isUnsynchronised = isNothing || fields.leap === '?';
  if (isNothing || (isUnsynchronised && fields.offset_s === 0)) return { synchronised: false, fields };
  const distance = errorBound(fields.root_delay_s, fields.root_dispersion_s);
  return {
    offset_s: aheadBy(fields.offset_s, fields.remaining_correction_s),
    error_s: fields.max_error_s === undefined ? distance : Math.max(fields.max_error_s, distance ?? 0),
    stratum,
    reference,
    // The oldest logs have no leap status: then they do not say.
    synchronised: fields.leap === undefined ? undefined : !isUnsynchronised,
    fields,
  };
}

function aheadBy(offset: number | undefined, remaining: number | undefined): number | undefined {
  return offset === undefined || remaining === undefined ? offset : tidied(offset - remaining);
}

/** `Est offset` is positive when the local clock is fast. `Offset sd` is a standard deviation, not a bound. */
function readStatistics(columns: Columns): ClockReading {
  const reference = columns.text('The source', /^\S+$/);
  const standardDeviation = columns.exponential("Std dev'n");
  const offset = columns.exponential('Est offset');
  const fields = {
    log: 'statistics',
    offset_s: offset,
    standard_deviation_s: standardDeviation,
    offset_sd_s: columns.exponential('Offset sd'),
    frequency_difference: columns.exponential('Diff freq'),
    skew: columns.exponential('Est skew'),
    stress: columns.number('Stress', /^\d\.\de[+-]\d{2,3}$/),
    samples: columns.whole('Ns'),
    new_start: columns.whole('Bs'),
    runs: columns.whole('Nr'),
    asymmetry: columns.number('Asym', /^-?\d\.\d{2}$/),
  };
  return { offset_s: offset, reference, fields };
}

/** Stratum of a source that is not synchronised. */
const UNSYNCHRONISED = 16;

/** `Offset` is theta of RFC 5905: positive when the local clock is SLOW, so its sign is turned. */
function readMeasurement(columns: Columns): ClockReading {
  const reference = columns.text('The source', /^\S+$/);
  const leap = columns.text('The leap status', LEAP);
  const stratum = columns.whole('The stratum');
  const tests = [1, 2, 3].map(() => columns.text('A column of tests', TESTS) ?? '');
  const fields = {
    log: 'measurements',
    leap,
    tests: tests.join(' '),
    local_poll: columns.number('LP', /^-?\d{1,3}$/),
    remote_poll: columns.number('RP', /^-?\d{1,3}$/),
    score: columns.number('The score', /^\d+\.\d+$/),
    offset_s: columns.exponential('The offset'),
    peer_delay_s: columns.exponential('Peer del.'),
    peer_dispersion_s: columns.exponential('Peer disp.'),
    root_delay_s: columns.exponential('Root del.'),
    root_dispersion_s: columns.exponential('Root disp.'),
    reference_id: columns.text('Refid', /^[0-9A-F]{8}$/),
    mode: columns.text('The mode', /^\d[BI]$/),
    transmit_timestamp: columns.text('The source of the transmit timestamp', /^[DKH]$/),
    receive_timestamp: columns.text('The source of the receive timestamp', /^[DKH]$/),
  };
  const isUnsynchronised = leap === '?' || stratum === 0 || (stratum ?? 0) >= UNSYNCHRONISED;
  const isValid = !isUnsynchronised && !tests[0]?.includes('0') && !tests[1]?.includes('0');
  if (!isValid) return { stratum, reference, synchronised: false, fields };
  const delay = sum(fields.peer_delay_s, fields.root_delay_s);
  const error_s = errorBound(delay, sum(fields.peer_dispersion_s, fields.root_dispersion_s));
  return { offset_s: negated(fields.offset_s), error_s, stratum, reference, fields };
}

/** `Cooked offset` is positive when the local clock is SLOW, so its sign is turned. The dispersion is its bound. */
function readRefclock(columns: Columns): ClockReading {
  const reference = columns.text('The reference clock', /^\S+$/);
  const fields = {
    log: 'refclocks',
    sample: columns.text('The number of the sample', /^(\d+|-)$/),
    leap: columns.text('The leap status', LEAP),
    pps: columns.text('The flag of PPS', /^[01-]$/),
    raw_offset_s: columns.text('Raw offset', /^(-|-?\d\.\d{3,6}e[+-]\d{2,3})$/),
    offset_s: columns.exponential('Cooked offset'),
    dispersion_s: columns.exponential('Disp.'),
  };
  if (fields.leap === '?') return { reference, synchronised: false, fields };
  return { offset_s: negated(fields.offset_s), error_s: fields.dispersion_s, reference, fields };
}
