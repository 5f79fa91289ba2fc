/**
 * A line of Fluent Bit's own log.
 *
 *   [2026/11/21 06:11:30] [ warn] [engine] failed to flush chunk '1-1.flb', retry in 11 seconds: task_id=0, ...
 *   [2026/11/21 06:11:30] [engine] caught signal (SIGTERM)
 *   [2026/11/21 06:11:30.123456789] [error] [output:http:http.0] logs.example.com:443, HTTP status=403
 *
 * The time is local time without an offset. Versions with a logger in nanoseconds write a fraction.
 */
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { signOf, type Sign } from './signs.ts';

export interface OwnLine {
  /** What the clock showed, as if it were UTC. */
  readonly wallClock: UtcMicros;
  /** The time that a container runtime wrote before the line, where one did: it has an offset. */
  readonly stamped: UtcMicros | undefined;
  /** None where the engine tells of a signal: it writes that line itself. */
  readonly level: string | undefined;
  /** `engine`, `output:http:http.0`, `input:tail:tail.0`; none where the message has no brackets. */
  readonly component: string | undefined;
  readonly message: string;
  readonly sign: Sign | undefined;
}

// As containerd and CRI-O write what a container said: 2026-11-21T06:11:30.123456789Z stderr F LINE
const RUNTIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})) (?:stdout|stderr) [FP] /;
const LINE =
  /^\[(\d{4})\/(\d{2})\/(\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)\] (?:\[ ?(error|warn|info|debug|trace|help|off)\s?\] ?|(?=\[))(?:\[([^\]]{1,200})\] ?)?(.*)$/s;
// Colours of a terminal, where the log was copied from one.
const COLOUR = /\u001b\[[\d;]*m/g;

/** Reads a line; `undefined` when it is none of the log. */
export function readOwnLine(text: string): OwnLine | undefined {
  const runtime = RUNTIME.exec(text);
  const said = runtime ? text.slice(runtime[0].length) : text;
  const parts = LINE.exec(said.includes('\u001b[') ? said.replace(COLOUR, '') : said);
  if (!parts) return undefined;
  const [, year, month, day, clock, level, component, message = ''] = parts;
  const wallClock = parseInstant(`${year}-${month}-${day}T${clock}Z`);
  if (wallClock === undefined) return undefined;
  const stamped = runtime ? parseInstant(runtime[1]!) : undefined;
  const place = component?.trim() || undefined;
  return { wallClock, stamped, level, component: place, message: message.trimEnd(), sign: signOf(place, message) };
}
