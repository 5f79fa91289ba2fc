/**
 * Messages of RFC 5424 as nearly all senders write them, straight from bytes. It says no to everything else, right or
 * wrong, and the reader of text in message.ts decides; where it says yes, both find the same.
 *
 *     <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [ MSG]
 */
import { ByteInstant } from '../syslog-messages/byte-instant.ts';
import { MessageStretches, NOWHERE, wholeNumberIn } from '../syslog-messages/message-stretches.ts';
import { endOfPriority } from '../syslog-messages/priority.ts';
import { JsonBytes, QuickData } from './quick-data.ts';

const SPACE = 0x20;
const DASH = 0x2d;
const OPEN = 0x5b;
const LONGEST_FIELD = 1024;

/** Reads one message after the other into its own fields. */
export class QuickMessage extends MessageStretches {
  /** What no column holds, as JSON; of length 0 where there is nothing. */
  readonly fields = new JsonBytes();
  isZoneless = false;
  private readonly instant = new ByteInstant();
  private readonly data = new QuickData();
  private messageIdFrom = NOWHERE;
  private messageIdTo = NOWHERE;

  /** Whether `bytes[from, to)`, which is UTF-8, is such a message. */
  read(bytes: Buffer, from: number, to: number): boolean {
    const priorityEnd = endOfPriority(bytes, from, to);
    if (priorityEnd === NOWHERE || bytes[priorityEnd] !== 0x31 || bytes[priorityEnd + 1] !== SPACE) return false;
    this.bytes = bytes;
    this.priority = wholeNumberIn(bytes, from + 1, priorityEnd - 1);
    const timeFrom = priorityEnd + 2;
    const timeTo = endOfField(bytes, timeFrom, to);
    if (timeTo === NOWHERE || !this.instant.read(bytes, timeFrom, timeTo)) return false;
    this.time = this.instant.micros;
    const dataFrom = this.readNames(bytes, timeTo + 1, to);
    if (dataFrom === NOWHERE) return false;
    const dataTo = this.readData(bytes, dataFrom, to);
    if (dataTo === NOWHERE || (dataTo < to && bytes[dataTo] !== SPACE)) return false;
    this.readText(bytes, dataTo, to);
    return true;
  }

  /** HOSTNAME, APP-NAME, PROCID and MSGID; gives where the structured data begins. */
  private readNames(bytes: Buffer, from: number, to: number): number {
    this.hostTo = endOfField(bytes, from, to);
    if (this.hostTo === NOWHERE) return NOWHERE;
    this.hostFrom = unlessNil(bytes, from, this.hostTo);
    this.programTo = endOfField(bytes, this.hostTo + 1, to);
    if (this.programTo === NOWHERE) return NOWHERE;
    this.programFrom = unlessNil(bytes, this.hostTo + 1, this.programTo);
    this.processTo = endOfField(bytes, this.programTo + 1, to);
    if (this.processTo === NOWHERE) return NOWHERE;
    this.processFrom = unlessNil(bytes, this.programTo + 1, this.processTo);
    this.messageIdTo = endOfField(bytes, this.processTo + 1, to);
    if (this.messageIdTo === NOWHERE) return NOWHERE;
    this.messageIdFrom = unlessNil(bytes, this.processTo + 1, this.messageIdTo);
    return this.messageIdTo + 1;
  }

  /** Structured data, and with it the fields that have no column; gives where it ends. */
  private readData(bytes: Buffer, at: number, to: number): number {
    const { fields, data } = this;
    fields.length = 0;
    this.sequence = NaN;
    this.isZoneless = false;
    const { processFrom, processTo, messageIdFrom, messageIdTo } = this;
    const hasWord = processFrom !== NOWHERE && Number.isNaN(wholeNumberIn(bytes, processFrom, processTo));
    if (hasWord && !this.addField('procid', bytes, processFrom, processTo)) return NOWHERE;
    if (messageIdFrom !== NOWHERE && !this.addField('msgid', bytes, messageIdFrom, messageIdTo)) return NOWHERE;
    if (at < to && bytes[at] === DASH) {
      if (fields.length > 0) fields.ascii('}');
      return at + 1;
    }
    if (at >= to || bytes[at] !== OPEN) return NOWHERE;
    fields.ensure(64);
    fields.ascii(fields.length === 0 ? '{"structured_data":' : ',"structured_data":');
    const end = data.read(bytes, at, to, fields);
    if (end === NOWHERE || (data.hasOrigin && this.hostFrom === NOWHERE)) return NOWHERE;
    fields.ascii('}');
    this.sequence = data.sequence;
    this.isZoneless = data.isZoneless;
    return end;
  }

  /** Adds a word to the fields. False: it has characters that are not plain. */
  private addField(name: string, bytes: Buffer, from: number, to: number): boolean {
    const { fields } = this;
    fields.ensure(to - from);
    fields.ascii(fields.length === 0 ? '{"' : ',"');
    fields.ascii(name);
    fields.ascii('":"');
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (byte < SPACE || byte === 0x22 || byte === 0x5c) return false;
      fields.put(byte);
    }
    fields.ascii('"');
    return true;
  }

  /** MSG, without a byte order mark or one space at its beginning. */
  private readText(bytes: Buffer, dataTo: number, to: number): void {
    let from = dataTo + 1;
    this.textTo = to;
    if (from >= to) this.textFrom = NOWHERE;
    else {
      const hasMark = bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf && from + 3 <= to;
      if (hasMark) from += 3;
      else if (bytes[from] === SPACE) from++;
      this.textFrom = from;
    }
  }
}

/** Where the field at `from` ends, which is not empty and has a space after it; NOWHERE otherwise. */
function endOfField(bytes: Uint8Array, from: number, to: number): number {
  const farthest = Math.min(to, from + LONGEST_FIELD + 1);
  let at = from;
  while (at < farthest && bytes[at] !== SPACE) at++;
  return at > from && at < farthest ? at : NOWHERE;
}

function unlessNil(bytes: Uint8Array, from: number, to: number): number {
  return to - from === 1 && bytes[from] === DASH ? NOWHERE : from;
}
