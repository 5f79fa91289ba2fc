/**
 * A line of the backend FileAudit.
 *
 *   [1795244110.242] (A) uid=0 pid=8185 result='SUCCESS' device.rule='allow id 1d6b:0002 name "xHCI \"x\""' type='...'
 *    └ seconds . ms, UTC since 1970      └ fields, in any order
 *
 * Values stand in apostrophes and are not escaped. The only ones that can hold an apostrophe are rules, within a string
 * in double quotes, where a backslash escapes: an apostrophe there does not end the value, whatever a device is called.
 */
import { notAnEntry, type AuditEntry, type NotAnEntry } from './entry.ts';

const HEAD = /^\[(\d{1,12})\.(\d{3})\] \(A\) /;
const KEY = /([A-Za-z][\w.]{0,63})=/y;
const MOST_FIELDS = 64;
/** 2015, when USBGuard came to be: a clock that shows an earlier time had not been set. */
const EARLIEST_SECONDS = 1_420_070_400n;

/** Reads a line; `NotAnEntry` says what is wrong with it. */
export function readFileLine(text: string): AuditEntry | NotAnEntry {
  const head = HEAD.exec(text);
  if (!head) return notAnEntry('The line does not begin with [seconds.milliseconds] (A).');
  const seconds = BigInt(head[1]!);
  if (seconds < EARLIEST_SECONDS)
    return notAnEntry(
      `The stamp ${head[1]}.${head[2]} is a time before 2015: the clock was not set, so the time is not known.`,
    );
  const fields = readFields(text, head[0].length);
  if (typeof fields === 'string') return notAnEntry(fields);
  const type = fields.get('type');
  if (type === undefined) return notAnEntry('The line has no type.');
  const result = fields.get('result');
  if (result === undefined) return notAnEntry('The line has no result.');
  return {
    kind: 'entry',
    time: seconds * 1_000_000n + BigInt(head[2]!) * 1000n,
    node: undefined,
    serial: undefined,
    type,
    outcome: result === 'SUCCESS' ? 'success' : result === 'FAILURE' ? 'failure' : undefined,
    uid: fields.get('uid'),
    fields,
  };
}

/** The fields from `from` to the end, or the sentence that says where they are damaged. */
function readFields(text: string, from: number): ReadonlyMap<string, string> | string {
  const fields = new Map<string, string>();
  let at = from;
  while (at < text.length) {
    if (text[at] === ' ') {
      at++;
      continue;
    }
    KEY.lastIndex = at;
    const key = KEY.exec(text);
    if (!key || fields.size >= MOST_FIELDS) return `At character ${at + 1} of the line stands no field NAME=VALUE.`;
    const name = key[1]!;
    const value = readValue(text, KEY.lastIndex);
    if (value === undefined) return `The value of ${name} has no apostrophe at its end.`;
    if (fields.has(name)) return `The line has ${name} twice.`;
    fields.set(name, value.text);
    at = value.end;
  }
  return fields;
}

function readValue(text: string, at: number): { readonly text: string; readonly end: number } | undefined {
  if (text[at] !== "'") {
    const space = text.indexOf(' ', at);
    const end = space < 0 ? text.length : space;
    return { text: text.slice(at, end), end };
  }
  let inString = false;
  for (let i = at + 1; i < text.length; i++) {
    const character = text[i];
    if (character === '\\' && inString) i++;
    else if (character === '"') inString = !inString;
    else if (character === "'" && !inString) return { text: text.slice(at + 1, i), end: i + 1 };
  }
  return undefined;
}
