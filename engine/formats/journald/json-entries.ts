/**
 * The JSON exports of journalctl: `-o json` (a line each), `json-pretty`, `json-seq` (each after a record separator),
 * `json-sse` (each after `data: `), and lists of the same.
 */
import { readJsonRecord } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonRecord, type JsonRecordOptions } from '../framing/json-records.ts';
import { decodeText, LineSplitter, longLineReason } from '../framing/lines.ts';

export interface JsonEntryHandler {
  record(record: JsonRecord): void;
  damaged(byte: number, bytes: Uint8Array, reason: string): void;
}

export interface JsonEntryReader {
  push(piece: Uint8Array): void;
  /** How it ended; see JsonEnding. */
  finish(): 'complete' | 'cut-off' | 'utf-16';
}

const options: JsonRecordOptions = {
  lists: ['entries', 'events', 'Records', 'records', 'value', 'logs'],
  firstKeys: ['__CURSOR', '__REALTIME_TIMESTAMP', '__MONOTONIC_TIMESTAMP', '_BOOT_ID', '_MACHINE_ID', 'MESSAGE'],
};

const RECORD_SEPARATOR = 0x1e;
const SPACE = 0x20;

/** Reads entries that follow each other as JSON values, with or without record separators. */
export function jsonValues(handler: JsonEntryHandler): JsonEntryReader {
  const scanner = new JsonRecordScanner(options, handler);
  return { push: (piece) => scanner.push(withoutSeparators(piece)), finish: () => scanner.finish() };
}

/** In JSON a record separator can stand between values only, where a space says as much. */
function withoutSeparators(piece: Uint8Array): Uint8Array {
  if (!piece.includes(RECORD_SEPARATOR)) return piece;
  return piece.map((byte) => (byte === RECORD_SEPARATOR ? SPACE : byte));
}

const DATA = /^data: ?/;

/** Reads server-sent events: lines `data: {...}` with blank lines between. */
export function sentEvents(handler: JsonEntryHandler): JsonEntryReader {
  const splitter = new LineSplitter({
    line: (bytes, from, to, byte) => {
      const text = decodeText(bytes, from, to);
      const skipped = DATA.exec(text)?.[0].length ?? 0;
      const record = skipped === 0 ? undefined : readJsonRecord(text.slice(skipped));
      if (record) handler.record({ ...record, byte: byte + skipped, bytes: bytes.subarray(from + skipped, to) });
      else handler.damaged(byte, bytes.subarray(from, to), 'The line is not "data: " and one JSON value.');
    },
    longLine: (head, byte, length) => handler.damaged(byte, head, longLineReason(length)),
  });
  return {
    push: (piece) => splitter.push(piece),
    finish: () => {
      splitter.finish();
      return 'complete';
    },
  };
}
