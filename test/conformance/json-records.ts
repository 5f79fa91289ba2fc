import type { CorpusFolder } from './adapter.ts';
import { memberAt, type Reading } from './reading.ts';

/** A JSON value of a file, and the record that it is here, from 1. */
export interface JsonRecord {
  readonly record: number;
  readonly value: unknown;
}

/**
 * The values of a file: the elements of a list, also of one within an object (`data`), or one a line. Nothing for a file
 * that is no JSON.
 */
export function jsonRecords(folder: CorpusFolder, file: string, reading: Reading): readonly JsonRecord[] {
  const text = folder.text(file);
  const whole = parsed(text);
  if (whole !== undefined) {
    const data = memberAt(whole, 'data');
    const isTuple = Array.isArray(whole) && typeof whole[0] === 'number';
    const list = Array.isArray(data) ? data : Array.isArray(whole) && !isTuple ? whole : [whole];
    return list.map((value: unknown, index) => ({ record: index + 1, value }));
  }
  return text.split('\n').flatMap((line, index) => {
    const value = parsed(line);
    return value === undefined ? [] : [{ record: reading.recordOnLine(index + 1) ?? 0, value }];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
