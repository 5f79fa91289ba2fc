import type { CollectedRow } from '../../../engine/formats/collect-rows.ts';
import type { Reading } from '../../reading.ts';

/** Fields of a record by their name in the log, as text. Those that stand for nothing are not there. */
export type Fields = Readonly<Record<string, string>>;

/** All fields of a row, in a column or not. */
export function fieldsOf(row: CollectedRow | undefined): Fields {
  if (row === undefined) return {};
  const { fields, ...columns } = row;
  const typed = Object.entries(columns)
    .filter(([name]) => !['record', 'event_record', 'time'].includes(name))
    .map(([name, value]) => [name, String(value)] as const);
  const others = typeof fields === 'string' ? (JSON.parse(fields) as Fields) : {};
  return { ...Object.fromEntries(typed), ...others };
}

/** Records of an event in the order of the log. */
export function recordsOf({ all }: Reading, event: CollectedRow | undefined): readonly Fields[] {
  return all
    .rows('auditd_records')
    .filter((row) => row['event_record'] === event?.record)
    .map(fieldsOf);
}

/** The first value that a record of the event has for a field. */
export function valueOf(records: readonly Fields[], name: string): string | undefined {
  return records.find((record) => record[name] !== undefined)?.[name];
}

/** What stands for nothing in the log, and in most tools. */
export function said(value: unknown): string | undefined {
  const text = value === undefined || value === null ? '' : String(value);
  return ['', '?', '(null)', '(none)', 'unset', '4294967295', '-1'].includes(text) ? undefined : text;
}
