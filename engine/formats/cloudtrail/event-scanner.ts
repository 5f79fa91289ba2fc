/**
 * The JSON records of a file, also where they are the rows of a table, or where a time stands before each, as CloudWatch
 * Logs exports them:
 *
 *   line = time SP value LF
 */
import { isUtf8 } from 'node:buffer';
import { HeadReader } from '../framing/head-reader.ts';
import { readJsonRecord } from '../framing/json-members.ts';
import { JsonRecordScanner, type JsonEnding, type JsonRecordHandler } from '../framing/json-records.ts';
import { decodeText, LineSplitter, longLineReason } from '../framing/lines.ts';
import { scannerOptions } from './envelopes.ts';
import { beginsTable, EventTable } from './event-table.ts';

const STAMP = /^(?:\xef\xbb\xbf)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)[ \t]+/;
/** A time is no longer than this, a byte order mark and spaces included. */
const ENOUGH = 64;

/** Gives records as `JsonRecordScanner` does; of a line with a time, the value after it. */
export class EventScanner extends HeadReader<JsonEnding> {
  constructor(handler: JsonRecordHandler) {
    super((bytes) => {
      const head = Buffer.from(bytes).toString('latin1');
      if (STAMP.test(head)) return new StampedLines(handler);
      return beginsTable(head) ? new EventTable(handler) : new JsonRecordScanner(scannerOptions, handler);
    }, ENOUGH);
  }
}

class StampedLines {
  readonly #splitter: LineSplitter;

  constructor(private readonly handler: JsonRecordHandler) {
    this.#splitter = new LineSplitter({
      line: (bytes, from, to, byte) => this.#read(bytes.subarray(from, to), byte),
      longLine: (head, byte, length) => this.handler.damaged(byte, head, longLineReason(length)),
    });
  }

  push(piece: Uint8Array): void {
    this.#splitter.push(piece);
  }

  finish(): JsonEnding {
    this.#splitter.finish();
    return 'complete';
  }

  #read(line: Uint8Array, byte: number): void {
    const stamp = STAMP.exec(Buffer.from(line.subarray(0, ENOUGH)).toString('latin1'))?.[0].length ?? 0;
    const record = isUtf8(line) ? readJsonRecord(decodeText(line, stamp)) : undefined;
    if (record === undefined) return this.handler.damaged(byte, line, 'The line is not a time and a JSON value.');
    this.handler.record({ ...record, byte: byte + stamp + record.byte });
  }
}
