import type { FieldCount } from '../../adapter.ts';
import type { RecordRows } from '../../reading.ts';
import { messageValue, nil } from './read-messages.ts';

/** A value of another parser. */
export interface NamedValue {
  readonly record: number;
  readonly rows: RecordRows;
  readonly name: string;
  readonly value: unknown;
}

/**
 * Compares a value with the column that has its meaning. What has none is part of the text, which is kept whole: there it
 * must be found.
 */
export function compareNamed(count: FieldCount, { record, rows, name, value }: NamedValue, column?: string): void {
  const theirs = nil(value);
  if (column !== undefined) return count.field(record, name, messageValue(rows, column), theirs);
  const text = String(messageValue(rows, 'message') ?? '');
  count.field(record, name, text.includes(String(theirs ?? '')) ? theirs : text, theirs);
}
