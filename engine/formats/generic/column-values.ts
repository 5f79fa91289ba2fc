/** How the text of a cell, or a JSON value, becomes the value of a column of an evidence table. */
import type { ColumnType } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import type { TimeForm } from './time-forms.ts';

/** What a column can hold; see `ValueOf` in core/tables.ts. */
export type ColumnValue = string | number | bigint | boolean | readonly string[];

/** A value from the source that is there. `raw` is its text as written, for JSON that is no string. */
export interface SourceValue {
  readonly value: unknown;
  readonly raw: string | undefined;
}

/** What is asked of a value: the type of its column, and how times and lists are written. */
export interface ValueRule {
  readonly type: ColumnType;
  readonly times: readonly TimeForm[];
  readonly split: string | undefined;
}

/** `because` completes a sentence that begins with the name and the value: `is not a whole number`. */
export type Converted = { readonly value: ColumnValue } | { readonly because: string };

const INTEGER = /^[+-]?\d{1,19}$/;
const DOUBLE = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i;
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', 'yes', 'y', '1', 'on', 'enabled'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0', 'off', 'disabled'].map((word) => [word, false] as const),
]);

/** Converts a value that is there to the type of its column. */
export function convert(source: SourceValue, rule: ValueRule): Converted {
  switch (rule.type) {
    case 'json':
      return jsonOf(source);
    case 'texts':
      return textsOf(source, rule.split);
    case 'labels':
      return labelsOf(source);
    default: {
      const text = scalarText(source);
      return text === undefined ? { because: 'is not a single value' } : convertText(text, rule);
    }
  }
}

function convertText(text: string, { type, times }: ValueRule): Converted {
  switch (type) {
    case 'time':
      return timeOf(text, times);
    case 'integer':
      return wholeNumber(text, 32);
    case 'bigint':
      return wholeNumber(text, 64);
    case 'double':
      return DOUBLE.test(text) ? { value: Number(text) } : { because: 'is not a number' };
    case 'boolean': {
      const value = booleans.get(text.toLowerCase());
      return value === undefined ? { because: 'is neither true nor false' } : { value };
    }
    default:
      return { value: text };
  }
}

function timeOf(text: string, times: readonly TimeForm[]): Converted {
  for (const { read } of times) {
    const time: UtcMicros | undefined = read(text);
    if (time !== undefined) return { value: time };
  }
  return { because: `is not a time as the mapping says (${times.map(({ as }) => as).join(', ')})` };
}

function wholeNumber(text: string, bits: 32 | 64): Converted {
  const value = INTEGER.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined;
  if (value === undefined || BigInt.asIntN(bits, value) !== value)
    return { because: `is not a whole number of ${bits} bits` };
  return { value: bits === 32 ? Number(value) : value };
}

/** Text, number or truth value as text; numbers as they are written. */
function scalarText({ value, raw }: SourceValue): string | undefined {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return undefined;
  // Without its text, a number that a double cannot hold has lost digits.
  return raw ?? (Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : undefined);
}

function jsonOf({ value, raw }: SourceValue): Converted {
  if (raw !== undefined) return { value: raw };
  if (typeof value !== 'string') return { value: JSON.stringify(value) };
  try {
    JSON.parse(value);
    return { value };
  } catch {
    return { because: 'is not JSON' };
  }
}

function textsOf(source: SourceValue, split: string | undefined): Converted {
  if (Array.isArray(source.value)) {
    const parts = source.value.map((each: unknown) => scalarText({ value: each, raw: undefined }));
    return parts.every((part) => part !== undefined) ? { value: parts } : { because: 'is not a list of texts' };
  }
  const text = scalarText(source);
  if (text === undefined) return { because: 'is not a list of texts' };
  if (split === undefined) return { value: [text] };
  const parts = text.split(split).map((part) => part.trim());
  return { value: parts.filter((part) => part !== '') };
}

function labelsOf({ value }: SourceValue): Converted {
  const because = 'is not an object of names and texts';
  const object = typeof value === 'string' ? parsed(value) : value;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return { because };
  const pairs = Object.entries(object).map(([name, each]: [string, unknown]) => {
    const text = scalarText({ value: each, raw: undefined });
    return text === undefined ? undefined : [name.toWellFormed(), text];
  });
  return pairs.every((pair) => pair !== undefined) ? { value: pairs.flat() } : { because };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
