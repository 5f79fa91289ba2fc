/** The shapes an answer comes in. docs/formats/prometheus-api.md, "Shapes of a file" */
import type { JsonRecordOptions } from '../framing/json-records.ts';
import { describe, isObject } from './values.ts';

/** About the samples of one series that is scraped each second, for a month. */
const MAX_SERIES_BYTES = 64 * 1024 * 1024;

export const scannerOptions: JsonRecordOptions = {
  lists: [['data', 'result'], 'result'],
  firstKeys: ['metric', 'value', 'values', 'histogram', 'histograms'],
  tuples: true,
  maxRecordBytes: MAX_SERIES_BYTES,
};

/** `{"status":"error","errorType":"bad_data","error":"..."}` */
export function isErrorAnswer(value: unknown): boolean {
  return isObject(value) && value['status'] === 'error' && !Object.hasOwn(value, 'metric');
}

/** An answer whose data is no result of a query: alerts, rules, targets, ... */
export function isOtherAnswer(value: unknown): boolean {
  return isObject(value) && Object.hasOwn(value, 'status') && !Object.hasOwn(value, 'metric');
}

/** Why such an answer has no series: what stands in the place of the result. */
export function otherAnswer(answer: unknown): string {
  const data = isObject(answer) ? answer['data'] : undefined;
  const what = isObject(data) ? `an object with ${Object.keys(data).slice(0, 3).join(', ')}` : describe(data);
  return `The answer has no list data.result: its data is ${what}.`;
}
