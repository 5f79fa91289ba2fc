/** One element of a result: a series and its samples, checked as a whole before any of it counts. */
import { rawMember, readJsonRecord, repeatedMember } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';
import type { Label } from '../prometheus-tsdb/labels.ts';
import { Samples } from './samples.ts';
import { describe, isObject, quoted } from './values.ts';

export interface ApiSeries {
  readonly labels: readonly Label[];
  readonly samples: Samples;
  /** The value of an instant query, not the values of a stretch of time. */
  readonly isInstant: boolean;
}

const SAMPLE_MEMBERS = [
  ['float', 'value'],
  ['histogram', 'histogram'],
  ['float', 'values'],
  ['histogram', 'histograms'],
] as const;

/** Reads `{"metric":{...},"values":[[t,"v"],...]}`. Gives the sentence that says what is wrong where it is none. */
export function readSeries(record: JsonRecord): ApiSeries | string {
  const { value } = record;
  if (!isObject(value)) return `An element of the result is ${describe(value)}, not a series.`;
  const repeated = repeatedMember(record);
  if (repeated !== undefined) return `The series has the member ${quoted(repeated)} twice.`;
  const labels = labelsOf(record, value['metric']);
  if (typeof labels === 'string') return labels;
  const isInstant = Object.hasOwn(value, 'value') || Object.hasOwn(value, 'histogram');
  if (isInstant && (Object.hasOwn(value, 'values') || Object.hasOwn(value, 'histograms')))
    return 'The series has both the value of an instant and the values of a stretch of time.';
  const samples = samplesOf(value, isInstant);
  return samples.wrong() ?? { labels, samples, isInstant };
}

/** Reads `[t,"v"]`, the result of a scalar query: a series without labels. */
export function readScalar(result: unknown): ApiSeries | string {
  const samples = new Samples();
  samples.add('float', 'result', result);
  return samples.wrong() ?? { labels: [], samples, isInstant: true };
}

function samplesOf(series: Readonly<Record<string, unknown>>, isInstant: boolean): Samples {
  const samples = new Samples();
  for (const [kind, name] of SAMPLE_MEMBERS) {
    if (!Object.hasOwn(series, name)) continue;
    if (isInstant) samples.add(kind, name, series[name]);
    else samples.addEach(kind, name, series[name]);
  }
  return samples;
}

function labelsOf(record: JsonRecord, metric: unknown): readonly Label[] | string {
  if (!isObject(metric)) return `metric is ${describe(metric)}, not an object of labels.`;
  // Read once more for labels that JSON.parse has dropped without a word: the identity of the series hangs on them.
  const written = readJsonRecord(rawMember(record, 'metric') ?? '');
  if (written === undefined) return `metric has ${Object.keys(metric).length} labels, which is more than are read.`;
  const repeated = repeatedMember(written);
  if (repeated !== undefined) return `metric has the label ${quoted(repeated)} twice.`;
  const labels = Object.entries(metric);
  const wrong = labels.map(([name, value]) => wrongWith(name, value)).find((sentence) => sentence !== undefined);
  return wrong ?? (labels as [string, string][]);
}

function wrongWith(name: string, value: unknown): string | undefined {
  if (name === '') return 'metric has a label without a name.';
  if (typeof value !== 'string') return `The label ${quoted(name)} is ${describe(value)}, not a text.`;
  // A lone surrogate has no UTF-8 form: two such labels would become the same.
  return name.isWellFormed() && value.isWellFormed() ? undefined : `The label ${quoted(name)} is no Unicode text.`;
}
