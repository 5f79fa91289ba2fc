/**
 * One message of RFC 5424, and what a collector may have put before it.
 *
 *     [RECEIVED [SENDER] ]<PRI>VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [ MSG]
 *
 * Files of some collectors lack the priority, or priority and version.
 */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { HIGHEST_PRIORITY } from '../syslog-messages/priority.ts';
import { SecondMemo } from '../syslog-messages/second-memo.ts';
import { paramOf, readStructuredData, type StructuredData } from './structured-data.ts';

export interface Message5424 {
  readonly kind: 'message';
  readonly priority: number | undefined;
  /** When it happened; when it was received where the sender had no time, see `isTimeReceived`. */
  readonly time: UtcMicros;
  readonly isTimeReceived: boolean;
  readonly received: UtcMicros | undefined;
  /** Whom the collector had it from. */
  readonly sender: string | undefined;
  readonly host: string | undefined;
  readonly program: string | undefined;
  readonly processId: string | undefined;
  readonly messageId: string | undefined;
  readonly data: StructuredData;
  readonly text: string | undefined;
}

export interface NotAMessage {
  /** `other`: nothing of this shape, so that it may be of RFC 3164. `damaged`: one of these, with a fault. */
  readonly kind: 'other' | 'damaged';
  readonly reason: string;
}

const damaged = (reason: string): NotAMessage => ({ kind: 'damaged', reason });
const OTHER: NotAMessage = {
  kind: 'other',
  reason: 'The message does not begin with a priority, a version and a time, as <34>1 2026-03-01T00:00:00Z.',
};

/** Reads a message, without framing and line end. `times` may be kept for the messages of one file. */
export function readMessage5424(text: string, times = new SecondMemo()): Message5424 | NotAMessage {
  const receipt = readReceipt(text);
  const start = readStart(text, receipt.end);
  if (start.kind !== 'start') return start;
  const fields = readFields(text, start.end);
  if (fields.kind !== 'fields') return start.priority === undefined ? OTHER : fields;
  const [timestamp, host, program, processId, messageId] = fields.values;
  const body = readBody(text, fields.end);
  if (body.kind !== 'body') return start.priority === undefined ? OTHER : body;
  if (!start.hasVersion && body.data.size === 0) return OTHER;
  const time = timestamp === undefined ? undefined : times.read(timestamp);
  if (timestamp !== undefined && time === undefined)
    return damaged(`The time ${JSON.stringify(timestamp.slice(0, 60))} is not an RFC 3339 time.`);
  const received = receivedIn(body.data) ?? receipt.received;
  const known = time ?? received;
  if (known === undefined) return damaged('The message has no time ("-"), and no collector added one.');
  const { priority } = start;
  const { sender } = receipt;
  const isTimeReceived = time === undefined;
  const head = { priority, time: known, isTimeReceived, received, sender, host, program, processId, messageId };
  return { kind: 'message', ...head, data: body.data, text: body.text };
}

interface Receipt {
  readonly received: UtcMicros | undefined;
  readonly sender: string | undefined;
  readonly end: number;
}

const RECEIPT = /^(\d{4}-\S{15,36}) (?:(\S{1,255}) )?(?=<\d{1,3}>)/;

/** A time, and perhaps a host, before the priority. */
function readReceipt(text: string): Receipt {
  const [head = '', stamp = '', sender] = RECEIPT.exec(text) ?? [];
  const received = parseInstant(stamp);
  return received === undefined
    ? { received, sender: undefined, end: 0 }
    : { received, sender: sender === '-' ? undefined : sender, end: head.length };
}

interface Start {
  readonly kind: 'start';
  readonly priority: number | undefined;
  readonly hasVersion: boolean;
  readonly end: number;
}

const PRIORITY = /<(\d{1,3})>(?:(\d{1,3}) )?/y;
const VERSION_ALONE = /1 (?=\d{4}-\d\d-\d\d[Tt]|- )/y;
const TIME_ALONE = /(?=\d{4}-\d\d-\d\d[Tt])/y;

function readStart(text: string, at: number): Start | NotAMessage {
  const [head, digits, version] = matchAt(PRIORITY, text, at) ?? [];
  if (head !== undefined) {
    if (version === undefined) return OTHER;
    if (Number(digits) > HIGHEST_PRIORITY)
      return damaged(`The priority is ${digits}, over the highest, which is ${HIGHEST_PRIORITY}.`);
    if (version !== '1') return damaged(`The version is ${version}; RFC 5424 defines version 1 only.`);
    return { kind: 'start', priority: Number(digits), hasVersion: true, end: at + head.length };
  }
  if (matchAt(VERSION_ALONE, text, at)) return { kind: 'start', priority: undefined, hasVersion: true, end: at + 2 };
  return matchAt(TIME_ALONE, text, at) ? { kind: 'start', priority: undefined, hasVersion: false, end: at } : OTHER;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

interface Fields {
  readonly kind: 'fields';
  /** TIMESTAMP, HOSTNAME, APP-NAME, PROCID, MSGID; `undefined` for the NILVALUE. */
  readonly values: readonly (string | undefined)[];
  readonly end: number;
}

const FIELD_NAMES = ['TIMESTAMP', 'HOSTNAME', 'APP-NAME', 'PROCID', 'MSGID'];
const LONGEST_FIELD = 1024;

function readFields(text: string, at: number): Fields | NotAMessage {
  const values: (string | undefined)[] = [];
  let from = at;
  for (const name of FIELD_NAMES) {
    const to = text.indexOf(' ', from);
    if (to <= from) return damaged(`The message ends, or has two spaces, where its ${name} should be.`);
    if (to - from > LONGEST_FIELD) return damaged(`The ${name} is ${to - from} characters long.`);
    const value = text.slice(from, to);
    values.push(value === '-' ? undefined : value);
    from = to + 1;
  }
  return { kind: 'fields', values, end: from };
}

interface Body {
  readonly kind: 'body';
  readonly data: StructuredData;
  readonly text: string | undefined;
}

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Structured data and MSG. A byte order mark says that MSG is UTF-8 and is no part of it; neither is one space at its
 * beginning, with which rsyslog hands on what stood after the tag of an RFC 3164 message.
 */
function readBody(text: string, at: number): Body | NotAMessage {
  const read = readStructuredData(text, at);
  if (!read || (read.end < text.length && text[read.end] !== ' '))
    return damaged('The structured data is neither "-" nor elements like [id name="value"].');
  if (read.end >= text.length - 1) return { kind: 'body', data: read.elements, text: undefined };
  const from = read.end + 1;
  const skipped = text[from] === BYTE_ORDER_MARK || text[from] === ' ' ? 1 : 0;
  return { kind: 'body', data: read.elements, text: text.slice(from + skipped) };
}

const RECEIVED_NAME =
  /^(?:time[-_]?(?:received|generated)|received(?:[-_]?(?:at|time|on))?|receive[-_]?time|rcvd[-_]?(?:at|time)?)$/i;

/** When a collector received the message, as it says in an element of its own. */
function receivedIn(data: StructuredData): UtcMicros | undefined {
  for (const params of data.values())
    for (const [name, [value = '']] of params)
      if (RECEIVED_NAME.test(name)) {
        const received = parseInstant(value);
        if (received !== undefined) return received;
      }
  return undefined;
}

/** [meta sequenceId="..."], 1 to 2147483647; starts again at 1 after that, and when the sender does. RFC 5424, 7.3.1. */
export function sequenceOf(data: StructuredData): bigint | undefined {
  const text = paramOf(data, 'meta', 'sequenceId') ?? '';
  return /^\d{1,15}$/.test(text) ? BigInt(text) : undefined;
}
