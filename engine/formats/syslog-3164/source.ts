/** Host and tag of a line, and the words that some daemons put between. See docs/formats/syslog-3164.md, "A line". */
import { facilityNamed, severityNamed, severityOf } from '../syslog-messages/priority.ts';
import { readCollected, readDeviceTag } from './cisco.ts';

export interface LineSource {
  readonly host: string | undefined;
  readonly program: string | undefined;
  /** What stands in the brackets of the tag. */
  readonly processId: string | undefined;
  /** As a word of the line says. */
  readonly severity: string | undefined;
  readonly facility: string | undefined;
  readonly sequence: bigint | undefined;
  /** `*` or `.`, which a device of Cisco puts before a time that is not to be relied on. */
  readonly clockMark: string | undefined;
  readonly message: string;
}

const nothing = {
  host: undefined,
  program: undefined,
  processId: undefined,
  severity: undefined,
  facility: undefined,
  sequence: undefined,
  clockMark: undefined,
};

const REPEATED = /^(?:--- )?last message repeated \d+ times?/;

/**
 * Host, tag and message at `at`, where a space or a colon stands after the time. A first word that ends in a colon is a
 * tag without a host (`kernel: text`), unless it is the host of an earlier line, or a tag of Cisco follows. A colon at once
 * after the time has no host.
 */
export function readSource(text: string, at: number, knownHosts: ReadonlySet<string>): LineSource {
  if (text[at] === ':') return readAfterColon(text.slice(at + 1).trimStart());
  const from = at + 1;
  const whole = text.slice(from);
  if (REPEATED.test(whole)) return { ...nothing, message: whole };
  const levelled = readLevelled(whole) ?? readPairFirst(whole);
  if (levelled) return levelled;
  const space = whole.indexOf(' ');
  const word = space < 0 ? whole : whole.slice(0, space);
  const rest = whole.slice(word.length + 1);
  if (!word.endsWith(':')) return { ...readTagged(rest), host: word === '-' || word === '' ? undefined : word };
  const host = word.slice(0, -1);
  if (readDeviceTag(rest, 0)) return { ...readTagged(rest), host };
  return knownHosts.has(host) ? { ...nothing, host, message: rest } : readTagged(whole);
}

function readAfterColon(text: string): LineSource {
  return readDeviceTag(text, 0) ? readTagged(text) : { ...nothing, message: text };
}

const LEVELLED = /^(EMERG|ALERT|CRIT|ERR|WARNING|NOTICE|INFO|DEBUG) (?=[^ :[]{1,255}(?:\[[^\] ]{0,63}\])?: )/;

/** `INFO program[pid]: text`: ChromeOS has no host, and the level before the program. */
function readLevelled(text: string): LineSource | undefined {
  const [head = '', level] = LEVELLED.exec(text) ?? [];
  if (level === undefined) return undefined;
  return { ...readTag(text.slice(head.length)), severity: severityNamed(level.toLowerCase()) };
}

const PAIR = /^<?([a-z]{3,8}\d?|\d{1,2})\.([a-z]{3,7}|[0-7])(>?) /;

/** `daemon.info`, as busybox has it after the host, or `<auth.info>`, as FreeBSD does where it is told to. */
function readPair(text: string): Pick<LineSource, 'facility' | 'severity'> & { readonly length: number } {
  const [head = '', facility = '', severity = '', close = ''] = PAIR.exec(text) ?? [];
  const named = facilityNamed(facility);
  const level = /^\d$/.test(severity) ? severityOf(Number(severity)) : severityNamed(severity);
  const isPair = named !== undefined && level !== undefined && (close === '>') === head.startsWith('<');
  return isPair
    ? { facility: named, severity: level, length: head.length }
    : { facility: undefined, severity: undefined, length: 0 };
}

/** OpenWrt has the pair and no host. */
function readPairFirst(text: string): LineSource | undefined {
  const { length, ...pair } = readPair(text);
  return length === 0 || text.startsWith('<') ? undefined : { ...readTag(text.slice(length)), ...pair };
}

/** What stands after the host. */
function readTagged(text: string): LineSource {
  // A Cisco firewall has a colon by itself between its name and the tag.
  const from = text.startsWith(': %') ? 2 : 0;
  const tag = readDeviceTag(text, from);
  if (tag) {
    const severity = severityOf(tag.level);
    return { ...nothing, program: tag.program, severity, message: text.slice(tag.end) };
  }
  const collected = readCollected(text, 0);
  const inside = collected && readDeviceTag(text, collected.end);
  if (collected && inside) {
    const { sequence, clockMark } = collected;
    const severity = severityOf(inside.level);
    // What the device says of its time stays in the message: the time of the event is the collector's.
    const message = text.slice(collected.textAt);
    return { ...nothing, program: inside.program, severity, sequence, clockMark, message };
  }
  const { length, ...pair } = readPair(text);
  return length === 0 ? readTag(text) : { ...readTag(text.slice(length)), ...pair };
}

const APPLE_LEVEL = /^ <(Emergency|Alert|Critical|Error|Warning|Notice|Info|Debug)>: /;
const APPLE_NAMES: Readonly<Record<string, string>> = {
  Emergency: 'emerg',
  Critical: 'crit',
  Error: 'err',
};

/** The tag ends at the first space, `[` or `:`. What follows `TAG[PID]:` is the message, without its first space. */
function readTag(text: string): LineSource {
  if (REPEATED.test(text)) return { ...nothing, message: text };
  let end = 0;
  while (end < text.length && !' [:'.includes(text[end] ?? '')) end++;
  const program = text.slice(0, end);
  const close = text[end] === '[' ? text.indexOf(']', end) : -1;
  const hasId = close > end && close - end < 64 && !text.slice(end, close).includes(' ');
  if (text[end] === '[' && !hasId) return { ...nothing, message: text };
  let at = hasId ? close + 1 : end;
  const [apple = '', level = ''] = hasId ? (APPLE_LEVEL.exec(text.slice(at, at + 16)) ?? []) : [];
  at += apple.length;
  if (apple === '' && text[at] === ':') at++;
  if (apple === '' && text[at] === ' ') at++;
  return {
    ...nothing,
    program: program === '' ? undefined : program,
    processId: hasId ? text.slice(end + 1, close) : undefined,
    severity: level === '' ? undefined : (APPLE_NAMES[level] ?? level.toLowerCase()),
    message: text.slice(at),
  };
}
