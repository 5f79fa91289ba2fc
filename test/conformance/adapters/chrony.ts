import { chrony as format } from '../../../engine/formats/chrony/chrony.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { readClocks, type ClockReading } from '../clock-readings.ts';
import { compareAsserts } from '../insights.ts';
import { halfOfAge, halfOfPrinted, near } from '../measured.ts';
import { secondsAsMicros } from '../normal.ts';
import { insightsAsserts } from '../oracles.ts';

/** Reports of chronyc as text beside those of the same moment as CSV (`chronyc -c`); Insights. */
export const chrony: Adapter = {
  folders: ['chrony'],
  compare: (folder) => Promise.resolve([...compareCsv(folder), ...compareInsights(folder)]),
};

/** `X.txt`, and as -v prints it, beside `X.csv`. Both are read, and both are compared with the columns of the CSV. */
function compareCsv(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries
    .filter((entry) => entry.endsWith('.csv'))
    .flatMap((oracle) => {
      const rows = folder
        .text(oracle)
        .trimEnd()
        .split('\n')
        .map((line) => line.split(','));
      const report = REPORTS.find(({ columns, begins }) =>
        rows.every((row) => row.length === columns && begins.test(row.join(','))),
      );
      // Other reports (activity, clients, ntpdata) say nothing of a clock, or are not read.
      if (!report) return [];
      const stem = oracle.replace(/\.csv$/, '');
      const texts = [`${stem}.txt`, `${stem.replace(/(sources|sourcestats)-/, '$1-v-')}.txt`];
      const files = [...texts.filter((file) => folder.entries.includes(file)), oracle];
      return [...new Set(files)].map((file) => compareReport(folder, { file, oracle }, { report, rows }));
    });
}

/** The fields of a row of the CSV by name, with what we have of each. */
interface Report {
  readonly columns: number;
  /** How a row begins. */
  readonly begins: RegExp;
  readonly compare: (compare: Compare, row: readonly string[], clock: ClockReading | undefined) => void;
}
type Compare = (field: string, ours: unknown, theirs: unknown) => void;

interface Csv {
  readonly report: Report;
  readonly rows: readonly (readonly string[])[];
}

function compareReport(
  folder: CorpusFolder,
  pair: { file: string; oracle: string },
  { report, rows }: Csv,
): Comparison {
  const { reading, clocks } = readClocks(format, folder, pair.file);
  const count = new FieldCount(pair.file, pair.oracle);
  count.field(0, 'records', clocks.length, rows.length);
  count.field(0, 'rejects', reading.all.rejects.length, 0);
  rows.forEach((row, index) => {
    count.record();
    report.compare((field, ours, theirs) => count.field(index + 1, field, ours, theirs), row, clocks[index]);
  });
  return count.result();
}

/** Spans are printed with fewer digits than the CSV has. */
const spans = (compare: Compare, field: string, ours: unknown, theirs: string | undefined): void => {
  const seconds = Number(theirs);
  compare(field, near(ours, seconds, halfOfPrinted(seconds)), seconds);
};

/** A long name is cut off in print, and ends in `>`. */
function wholeName(ours: unknown, theirs: string | undefined): unknown {
  const cut = /^(.+)>$/.exec(String(ours))?.[1];
  return cut !== undefined && theirs?.startsWith(cut) ? theirs : ours;
}

/** chronyc writes the largest 32-bit number for a source that never gave a sample. */
const NEVER = '4294967295';

const ago = (compare: Compare, field: string, ours: unknown, theirs: string | undefined): void => {
  const seconds = theirs === NEVER ? undefined : Number(theirs);
  compare(field, near(ours, seconds, halfOfAge(seconds ?? 0)), seconds);
};

const sources: Report = {
  columns: 10,
  begins: /^[\^=#],/,
  compare: (compare, row, clock) => {
    const [mode, state, name, stratum, poll, reach, lastRx, adjusted, measured, error] = row;
    const { fields, sample } = { fields: clock?.fields ?? {}, sample: clock?.sample };
    compare('mode', fields['mode'], mode);
    compare('state', fields['state'], state);
    compare('name', wholeName(sample?.['reference'], name), name);
    compare('poll', fields['poll'], Number(poll));
    compare('reach', fields['reach'], reach);
    ago(compare, 'last sample ago', fields['last_sample_ago_s'], lastRx);
    spans(compare, 'adjusted offset', fields['adjusted_offset_s'], adjusted);
    spans(compare, 'measured offset', fields['measured_offset_s'], measured);
    spans(compare, 'error', fields['error_s'], error);
    // Stratum 0 is that of a reference clock, or of a server that never answered.
    compare('stratum', sample?.['stratum'], stratum === '0' && mode !== '#' ? undefined : Number(stratum));
    const isMeasured = reach !== '0' && Number(stratum) < 16 && lastRx !== NEVER;
    if (isMeasured) spans(compare, 'offset', sample?.['offset_s'], adjusted);
    else compare('offset', sample?.['offset_s'], undefined);
    const isUsed = state === '*' || state === '+';
    compare('synchronised', sample?.['synchronised'], isMeasured && state !== '?' ? isUsed || undefined : false);
  },
};

const sourcestats: Report = {
  columns: 8,
  begins: /^[^,]+,\d+,\d+,\d+,/,
  compare: (compare, row, clock) => {
    const [name, samples, runs, span, frequency, skew, offset, deviation] = row;
    const { fields, sample } = { fields: clock?.fields ?? {}, sample: clock?.sample };
    compare('name', wholeName(sample?.['reference'], name), name);
    compare('samples', fields['samples'], Number(samples));
    compare('runs', fields['runs'], Number(runs));
    ago(compare, 'span', fields['span_s'], span);
    compare('frequency', fields['frequency_ppm'], Number(frequency) + 0);
    compare('skew', fields['skew_ppm'], Number(skew));
    spans(compare, 'offset', fields['offset_s'], offset);
    spans(compare, 'standard deviation', fields['standard_deviation_s'], deviation);
  },
};

/** Columns that are the same in print, by place. */
const TRACKING_FIELDS: Readonly<Record<number, string>> = {
  5: 'last_offset_s',
  6: 'rms_offset_s',
  7: 'frequency_ppm',
  8: 'residual_frequency_ppm',
  9: 'skew_ppm',
  10: 'root_delay_s',
  12: 'update_interval_s',
};

// In the moment between two prints the dispersion grows, by some millionths of that time, and the clock is slewed.
const GROWTH = 1e-6;
const slewed = (seconds: number): number => 1e-9 + Math.abs(seconds) * 0.02;

const tracking: Report = {
  columns: 14,
  begins: /^[0-9A-F]{8},/,
  compare: (compare, row, clock) => {
    const { fields, sample } = { fields: clock?.fields ?? {}, sample: clock?.sample };
    const [id, name, stratum, time, correction] = row;
    const isSynchronised = row[13] !== 'Not synchronised' && stratum !== '0' && !/^(00000000|7F7F0101)$/.test(id ?? '');
    compare('reference id', fields['reference_id'], id);
    compare('reference name', fields['reference_name'], name);
    compare('stratum', sample?.['stratum'], isSynchronised ? Number(stratum) : undefined);
    compare('reference time', wholeSeconds(fields['reference_time_micros']), wholeSeconds(secondsAsMicros(time)));
    // Their correction is what is to be added to the clock: negative where it is fast.
    const fast = 0 - Number(correction);
    compare('system time', near(fields['system_time_fast_s'], fast, slewed(fast)), fast);
    compare('offset', near(sample?.['offset_s'], fast, slewed(fast)), isSynchronised ? fast : undefined);
    for (const [place, field] of Object.entries(TRACKING_FIELDS))
      compare(field, fields[field], Number(row[Number(place)]) + 0);
    const dispersion = Number(row[11]);
    compare('root_dispersion_s', near(fields['root_dispersion_s'], dispersion, GROWTH), dispersion);
    compare('leap', fields['leap'], row[13]);
    compare('synchronised', sample?.['synchronised'], isSynchronised);
  },
};

const REPORTS: readonly Report[] = [sources, sourcestats, tracking];

// The text has whole seconds; second 0 of 1970 stands for never.
function wholeSeconds(micros: unknown): unknown {
  const seconds = micros === undefined ? 0n : BigInt(String(micros)) / 1_000_000n;
  return seconds === 0n ? undefined : seconds;
}

function compareInsights(folder: CorpusFolder): readonly Comparison[] {
  return insightsAsserts(folder).map(({ file, oracle, expected }) => {
    const count = new FieldCount(file, oracle);
    const records = readClocks(format, folder, file).clocks.map(({ fields, sample }) => ({
      ...fields,
      source: sample?.['reference'],
      stratum: String(sample?.['stratum']),
      poll: String(fields['poll']),
    }));
    compareAsserts(count, expected, { records, search: () => [] });
    return count.result();
  });
}
