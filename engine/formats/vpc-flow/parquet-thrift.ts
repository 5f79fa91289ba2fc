/**
 * Looks through a structure in Thrift's compact protocol before the library reads it: its varints may have any length
 * there, and one of a megabyte takes hours.
 *
 *   struct = *(delta << 4 | type, [field], value) 0        list = (size << 4 | type), [size], *value
 *
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
import { nextByte, readVarint, readZigzag, type ByteReader } from './parquet-varint.ts';

const DEEPEST = 32;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Throws an Error where the structure at `from` is none, or is made to keep a reader busy. */
export function checkThrift(bytes: Uint8Array, from: number): void {
  skipStruct({ bytes, at: from }, 0);
}

function skipStruct(reader: ByteReader, depth: number): void {
  if (depth > DEEPEST) throw new Error('it is nested too deep');
  for (let head = nextByte(reader); (head & 0x0f) !== 0; head = nextByte(reader)) {
    if (head >> 4 === 0) readVarint(reader);
    const type = head & 0x0f;
    // The value of a flag is in its type.
    if (type !== TRUE && type !== FALSE) skipValue(reader, type, depth);
  }
}

function skipValue(reader: ByteReader, type: number, depth: number): void {
  if (type === BYTE || type === TRUE || type === FALSE) nextByte(reader);
  else if (type > BYTE && type <= I64) readZigzag(reader);
  else if (type === DOUBLE) skipBytes(reader, 8);
  else if (type === BINARY) skipBytes(reader, readVarint(reader));
  else if (type === LIST) skipList(reader, depth);
  else if (type === STRUCT) skipStruct(reader, depth + 1);
  else throw new Error(`it has a value of type ${type}`);
}

function skipList(reader: ByteReader, depth: number): void {
  if (depth > DEEPEST) throw new Error('it is nested too deep');
  const head = nextByte(reader);
  const size = head >> 4 === 15 ? readVarint(reader) : head >> 4;
  if (size > reader.bytes.length - reader.at) throw new Error(`a list of ${size} is longer than what holds it`);
  for (let i = 0; i < size; i++) skipValue(reader, head & 0x0f, depth + 1);
}

function skipBytes(reader: ByteReader, count: number): void {
  if (count > reader.bytes.length - reader.at) throw new Error(`${count} bytes are more than there are`);
  reader.at += count;
}
