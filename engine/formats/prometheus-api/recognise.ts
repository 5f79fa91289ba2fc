import { memberOf } from '../cloudtrail/members.ts';
import type { Recognition } from '../format.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { isErrorAnswer, scannerOptions } from './answers.ts';
import { readScalar, readSeries } from './series.ts';

// Only these types are a result of Prometheus; Loki has `streams` in the same place.
const RESULT_TYPES: readonly unknown[] = ['matrix', 'vector', 'scalar', 'string'];

/** The text up to a first series that does not end in the head: where it stands, its labels, the first of its values. */
const LONG_SERIES =
  /^(?:\xef\xbb\xbf)?\s*(?:\{.{0,4096}?"result"\s*:\s*)?\[?\s*\{\s*"metric"\s*:\s*\{.*?\}\s*,\s*"(?:values|histograms)"\s*:\s*\[\s*\[\s*-?\d+(?:\.\d+)?\s*,\s*["{]/s;

interface Seen {
  elements: number;
  /** Damage that counts when something follows it: the head ends inside an element, which is no damage. */
  damaged: number;
  series: number;
  /** Where a value without labels stands: `[t,"v"]`. */
  scalarAt: number | undefined;
  isError: boolean;
  /** What the first answer in the head says besides its result. */
  around: unknown;
}

/** Whether the complete elements in the head are series of a result. Other answers of the API have none. */
export function recognisePrometheusApi(head: Uint8Array): Recognition {
  const seen: Seen = { elements: 0, damaged: 0, series: 0, scalarAt: undefined, isError: false, around: undefined };
  const scanner = new JsonRecordScanner(scannerOptions, {
    record: (record) => look(record, seen),
    damaged: () => void seen.damaged++,
    document: (around) => (seen.around ??= around),
  });
  scanner.push(head);
  scanner.finish();
  return judge(seen, Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1'));
}

function look(record: JsonRecord, seen: Seen): void {
  const { value } = record;
  if (isErrorAnswer(value)) {
    seen.isError ||= typeof memberOf(value, 'errorType') === 'string' && typeof memberOf(value, 'error') === 'string';
    return;
  }
  seen.elements += 1 + seen.damaged;
  seen.damaged = 0;
  if (Array.isArray(value)) {
    if (typeof readScalar(value) !== 'string') seen.scalarAt = record.byte;
  } else if (typeof readSeries(record) !== 'string') seen.series++;
}

function judge({ elements, series, scalarAt, isError, around }: Seen, text: string): Recognition {
  const type = memberOf(around, 'data', 'resultType');
  if (RESULT_TYPES.includes(type) && memberOf(around, 'status') === 'success')
    return answer(0.98, `It is a Prometheus API answer with a ${String(type)} result.`);
  if (type !== undefined) return answer(0, `It is an API answer with a result of the type ${JSON.stringify(type)}.`);
  if (series > 0 && series * 2 > elements) {
    const named = RESULT_TYPES.find((name) => text.includes(`"${String(name)}"`));
    const share = `${series} of the first ${elements} JSON records are series with times and values`;
    if (/"resultType"\s*:/.test(text) && named !== undefined)
      return answer(0.98, `It is a Prometheus API answer with a ${String(named)} result: ${share}.`);
    return answer((0.9 * series) / elements, `${share}, as Prometheus gives them.`);
  }
  if (elements === 0 && isError) return answer(0.8, 'It is a Prometheus API answer with an error.');
  if (elements === 1 && scalarAt !== undefined && text.slice(0, scalarAt).trim() === '')
    return answer(0.5, 'It is a list of a time and a value, as promtool prints the result of a scalar query.');
  if (elements === 0 && LONG_SERIES.test(text))
    return answer(0.9, 'It begins with a series with times and values, as Prometheus gives them.');
  return answer(0, `None of the first ${elements} JSON records is a series with times and values.`);
}

function answer(confidence: number, reason: string): Recognition {
  return { confidence, reason };
}
