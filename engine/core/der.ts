/**
 * DER (X.690), as much as signatures need. The reader accepts one encoding of a value only: definite, shortest lengths,
 * low tag numbers; anything else is refused, so that no byte of a signature can be changed without being noticed.
 */

/** One value: its tag byte, its content, and its whole encoding. Views into the bytes that were read. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly encoded: Uint8Array;
}

/** Universal and context tags by name; constructed bit included where DER sets it. */
export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Context tag `[number]`, constructed. */
export function contextTag(number: number): number {
  return 0xa0 + number;
}

/** Reads one value at the start of `bytes`; more bytes may follow. `undefined` where there is no strict DER value. */
export function readDer(bytes: Uint8Array): DerValue | undefined {
  const [tag, first] = [bytes[0], bytes[1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  const header = readLength(bytes, first);
  if (!header || bytes.length < header.size + header.length) return undefined;
  const end = header.size + header.length;
  return { tag, content: bytes.subarray(header.size, end), encoded: bytes.subarray(0, end) };
}

function readLength(bytes: Uint8Array, first: number): { size: number; length: number } | undefined {
  if (first < 0x80) return { size: 2, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || bytes.length < 2 + count) return undefined;
  let length = 0;
  for (let place = 0; place < count; place += 1) length = length * 256 + bytes[2 + place]!;
  const shortest = bytes[2] !== 0 && length >= 0x80;
  return shortest ? { size: 2 + count, length } : undefined;
}

/** The values that follow one another in `content`, to its last byte. `undefined` where they are not strict DER. */
export function readDerValues(content: Uint8Array): readonly DerValue[] | undefined {
  const values: DerValue[] = [];
  for (let at = 0; at < content.length;) {
    const value = readDer(content.subarray(at));
    if (!value) return undefined;
    values.push(value);
    at += value.encoded.length;
  }
  return values;
}

/** Encodes a value from its content, given in pieces. */
export function derValue(tag: number, ...pieces: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(pieces);
  return Buffer.concat([Buffer.from([tag]), derLength(content.length), content]);
}

function derLength(length: number): Uint8Array {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 + bytes.length, ...bytes]);
}

/** Elements of a SET OF in DER's order: by their encodings as bytes. */
export function derSetOf(tag: number, elements: readonly Uint8Array[]): Uint8Array {
  return derValue(tag, ...elements.map((element) => Buffer.from(element)).sort(Buffer.compare));
}

/** Encodes an object identifier given as `1.2.840.113549.1.7.1`. */
export function derObjectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap(base128);
  return derValue(derTags.objectIdentifier, Buffer.from(bytes));
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(128 + (rest % 128));
  return bytes;
}
