/**
 * Syslog messages as they are sent: RFC 5424, one a line or with octet counting, also mixed with messages of RFC 3164.
 * See docs/formats/syslog-5424.md.
 */
import type { Format, ReadContext, RowSink, SourceReader } from '../format.ts';
import { decodeText, longLineReason } from '../framing/lines.ts';
import { asUtf8Buffer, Utf8LineSplitter } from '../framing/utf8-lines.ts';
import { FrameSplitter, isOctetCounted } from './frames.ts';
import { MessageRows5424 } from './message-rows.ts';
import { isMessage, recognise5424 } from './recognise.ts';

export const syslog5424: Format = {
  id: 'syslog-5424',
  title: 'Syslog messages as sent (RFC 5424; octet counting of RFC 6587, also around messages of RFC 3164)',
  version: 2,
  framing: 'spans',
  streams: ['syslog'],
  recognise: recognise5424,
  open: (sink, context) => new Syslog5424Reader(sink, context),
};

/** How much is looked at to tell octet counting from lines. */
const HEAD_BYTES = 4096;

interface Splitter {
  push(piece: Uint8Array): void;
  finish(): void;
}

class Syslog5424Reader implements SourceReader {
  private readonly rows: MessageRows5424;
  private splitter: Splitter | undefined;
  private head: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly sink: RowSink,
    context: ReadContext,
  ) {
    this.rows = new MessageRows5424(sink, context);
  }

  push(piece: Uint8Array): void {
    if (this.splitter) return this.splitter.push(piece);
    this.head = Buffer.concat([this.head, piece]);
    if (this.head.length >= HEAD_BYTES) this.begin();
  }

  finish(): undefined {
    if (!this.splitter) this.begin();
    this.splitter?.finish();
    for (const statement of this.rows.assumptions()) this.sink.assume(statement);
  }

  private begin(): void {
    this.splitter = isOctetCounted(this.head.subarray(0, HEAD_BYTES)) ? this.frames() : this.lines();
    this.splitter.push(this.head);
    this.head = new Uint8Array(0);
  }

  private frames(): Splitter {
    return new FrameSplitter({
      frame: (bytes, { start, byte, length, from, to }) => {
        const record = this.sink.record(byte, length);
        const message = asUtf8Buffer(bytes.subarray(from, to)).bytes;
        const reason = this.rows.add(message, 0, message.length, record);
        if (reason !== undefined) this.sink.reject(reason, bytes.subarray(start, start + length));
      },
      isMessage: (bytes, from, to) => isMessage(decodeText(bytes, from, to)),
      damaged: (raw, { byte, length }, reason) => this.reject(raw, { byte, length }, reason),
    });
  }

  private lines(): Splitter {
    this.sink.recordsAreLines();
    return new Utf8LineSplitter({
      line: (bytes, from, to, { byte, length, raw }) => {
        const record = this.sink.record(byte, length);
        const reason = this.rows.add(bytes, from, to, record);
        if (reason !== undefined) this.sink.reject(reason, raw ?? bytes.subarray(from, to));
      },
      longLine: (head, byte, length) => this.reject(head, { byte, length }, longLineReason(length)),
    });
  }

  private reject(raw: Uint8Array, { byte, length }: { byte: number; length: number }, reason: string): void {
    this.sink.record(byte, length);
    this.sink.reject(reason, raw);
  }
}
