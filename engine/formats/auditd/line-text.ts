/** One line of an audit log as an object, for formats in whose files such lines stand among others. */
import type { UtcMicros } from '../../../shared/time.ts';
import { decodeText } from '../framing/lines.ts';
import { hexBytes } from './decode.ts';
import { Fields } from './fields.ts';
import { Keys } from './keys.ts';
import { LineHead } from './line-head.ts';

export interface LineField {
  readonly name: string;
  readonly value: string;
  /** In double quotes; a value of an encoded field without them is hexadecimal. */
  readonly isQuoted: boolean;
}

export interface LineText {
  readonly kind: 'line';
  readonly node: string | undefined;
  readonly type: string;
  readonly time: UtcMicros;
  readonly serial: number;
  readonly fields: readonly LineField[];
}

export interface NotALine {
  readonly kind: 'not_a_line';
  /** A sentence for the rejects. */
  readonly reason: string;
}

const head = new LineHead();
const fields = new Fields(new Keys());

/** Reads a line. Fields whose values it encodes are as written: see `fieldText`. */
export function readLineText(text: string): LineText | NotALine {
  const bytes = Buffer.from(text, 'utf8');
  const reason = head.read(bytes, 0, bytes.length);
  if (reason !== undefined) return { kind: 'not_a_line', reason };
  fields.read(head, bytes, 0, bytes.length);
  const { node, serial } = head;
  return { kind: 'line', node, type: head.type.name, time: BigInt(head.time), serial, fields: readFields() };
}

function readFields(): readonly LineField[] {
  return Array.from({ length: fields.count }, (_, field) => ({
    name: fields.keys[field]!.name,
    value: decodeText(fields.bytesOf(field), fields.from[field], fields.to[field]),
    isQuoted: fields.isQuoted[field] === 1,
  }));
}

/** The text a field stands for; `undefined` for `(null)`. `isEncoded` says whether hexadecimal may stand there. */
export function fieldText({ value, isQuoted }: LineField, isEncoded: boolean): string | undefined {
  if (isQuoted) return value;
  if (value === '(null)') return undefined;
  const bytes = isEncoded ? hexBytes(Buffer.from(value, 'utf8')) : undefined;
  return bytes ? decodeText(bytes) : value;
}
