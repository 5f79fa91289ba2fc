/** Times of records, as `json_date_format` writes them: exact to the microsecond, from the text of the record. */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { rawMember } from '../framing/json-members.ts';
import type { JsonRecord } from '../framing/json-records.ts';

/** The time of a record and the member that it stands in, or the sentence that says why there is none. */
export type RecordTime = { readonly time: UtcMicros; readonly member: string } | string;

/**
 * Members that hold a record's time where `date` is missing: the key was renamed (it is the first member then), or it was
 * turned off and only the time of what was collected is left.
 */
const otherNames = ['@timestamp', 'timestamp', 'time', 'ts'];

// Seconds of the years 2001 to 2286; a smaller number is a count of something.
const LEAST_SECONDS = 1_000_000_000n;
const MOST_SECONDS = 10_000_000_000n;
const DIGITS_OF_MICROS = 6;

/** The time of a record that is an object. */
export function timeOfRecord(record: JsonRecord): RecordTime {
  const stated = readMember(record, 'date');
  if (stated !== undefined) return { time: stated, member: 'date' };
  if (rawMember(record, 'date') !== undefined && rawMember(record, 'date') !== 'null')
    return `date ${shorten(rawMember(record, 'date') ?? '')} is not a time.`;
  const first = firstName(record);
  for (const name of [...(first === undefined ? [] : [first]), ...otherNames]) {
    const time = readMember(record, name);
    if (time !== undefined) return { time, member: name };
  }
  return 'The record has no date, and no other member that holds its time.';
}

function readMember(record: JsonRecord, name: string): UtcMicros | undefined {
  const text = rawMember(record, name);
  return text === undefined ? undefined : readDate(text);
}

function firstName({ bytes, members }: JsonRecord): string | undefined {
  if (members.length < 4) return undefined;
  const key = Buffer.from(bytes.buffer, bytes.byteOffset + members[0]!, members[1]! - members[0]!).toString('utf8');
  return JSON.parse(key) as string;
}

const ISO_TEXT = /^"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:?\d{2})?"$/;

/**
 * A time as JSON: seconds (`double`, `epoch`), milliseconds (`epoch_ms`), RFC 3339 (`iso8601`), or the same without an
 * offset, which `java_sql_timestamp` writes in UTC.
 */
export function readDate(json: string): UtcMicros | undefined {
  const iso = ISO_TEXT.exec(json);
  if (iso) return parseInstant(`${iso[1]}${iso[2] ?? 'Z'}`);
  const [, whole = '', fraction = ''] = /^(\d{10}|\d{13})(?:\.(\d{1,12}))?$/.exec(json) ?? [];
  if (whole === '') return undefined;
  if (whole.length === 13) return fraction === '' ? inRange(BigInt(whole) * 1000n) : undefined;
  return inRange(
    BigInt(whole) * 1_000_000n + BigInt(fraction.slice(0, DIGITS_OF_MICROS).padEnd(DIGITS_OF_MICROS, '0')),
  );
}

function inRange(micros: UtcMicros): UtcMicros | undefined {
  const seconds = micros / 1_000_000n;
  return seconds >= LEAST_SECONDS && seconds < MOST_SECONDS ? micros : undefined;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text;
}
