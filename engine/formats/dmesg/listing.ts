/** The messages of one listing, dated: at once where a line has a time of day, else when all of them are there. */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant, type UtcMicros } from '../../../shared/time.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { MessageRows } from '../syslog-messages/message-rows.ts';
import { ZoneClock } from '../syslog-messages/zone-clock.ts';
import { BootTimes } from './boot-time.ts';
import type { KernelLine, Stamp } from './stamp.ts';

/** Where a message, or what is none, stands. */
export interface Place {
  readonly byte: number;
  readonly length: number;
  readonly raw: Uint8Array;
}

type Item = { readonly place: Place } & (
  | { readonly kind: 'message'; readonly line: KernelLine; readonly dictionary: readonly string[] }
  | { readonly kind: 'reject'; readonly reason: string }
);

/** A ring buffer has at most some MiB. What is held without a time of day is bounded by this. */
const MOST_HELD_BYTES = 128 * 1024 * 1024;

const RELATIVE =
  'The line has a time relative to others only (dmesg -e or --time-format=delta), so that it cannot be dated.';
const BOOT_UNKNOWN = 'The line has seconds since boot, and nothing in the file says when the system booted.';

export class Listing {
  private readonly rows: MessageRows;
  private readonly clock: ZoneClock;
  private readonly boot = new BootTimes();
  private held: Item[] = [];
  private heldBytes = 0;
  private lastSinceBoot: bigint | undefined;
  private readonly counts = { dated: 0, sinceBoot: 0, relative: 0, wall: 0, rejected: 0, numbered: 0 };
  private firstReason = '';

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.rows = new MessageRows(sink, 'kernel');
    this.clock = new ZoneClock(context.zone);
  }

  /** Adds the next message. `place.raw` may be a view: it is copied where it is kept. */
  add(line: KernelLine, place: Place, dictionary: readonly string[] = []): void {
    this.count(line);
    this.take({ kind: 'message', line, dictionary, place });
  }

  /** Adds what is no message. */
  reject(place: Place, reason: string): void {
    this.counts.rejected++;
    this.firstReason ||= reason;
    this.take({ kind: 'reject', reason, place });
  }

  finish(): Problem | undefined {
    const problem = this.problem();
    if (problem) return problem;
    const bootByHand = this.bootByHand();
    for (const item of this.held) this.write(item, bootByHand);
    for (const statement of this.assumptions(bootByHand)) this.sink.assume(statement);
    return undefined;
  }

  private count({ stamp, message, priority }: KernelLine): void {
    if (priority !== undefined) this.counts.numbered++;
    if (stamp.kind === 'since_boot') {
      this.counts.sinceBoot++;
      this.boot.see(message, stamp.micros);
      if (this.lastSinceBoot === undefined || stamp.micros > this.lastSinceBoot) this.lastSinceBoot = stamp.micros;
    } else if (stamp.kind === 'relative') this.counts.relative++;
    else {
      this.counts.dated++;
      if (stamp.kind === 'wall') this.counts.wall++;
    }
  }

  private take(item: Item): void {
    const isDated = item.kind === 'reject' || item.line.stamp.kind !== 'since_boot';
    if (this.held.length === 0 && isDated) return this.write(item, undefined);
    this.heldBytes += item.place.raw.length + 200;
    if (this.heldBytes > MOST_HELD_BYTES) return;
    this.held.push({ ...item, place: { ...item.place, raw: item.place.raw.slice() } });
  }

  private write(item: Item, bootByHand: UtcMicros | undefined): void {
    const { byte, length, raw } = item.place;
    const record = this.sink.record(byte, length);
    if (item.kind === 'reject') return this.sink.reject(item.reason, raw);
    const time = this.timeOf(item.line, bootByHand);
    if (typeof time === 'string') return this.sink.reject(time, raw);
    this.addRows(item.line, { time, record, dictionary: item.dictionary });
  }

  /** The instant, or the sentence that says why there is none. */
  private timeOf({ stamp, message }: KernelLine, bootByHand: UtcMicros | undefined): UtcMicros | string {
    if (stamp.kind === 'instant') return stamp.time;
    if (stamp.kind === 'wall') return this.clock.instantOf(stamp.wall);
    if (stamp.kind === 'relative') return RELATIVE;
    const told = this.boot.instantOf(message, stamp.micros);
    return told ?? (bootByHand === undefined ? BOOT_UNKNOWN : bootByHand + stamp.micros);
  }

  private addRows(
    line: KernelLine,
    { time, record, dictionary }: { time: UtcMicros; record: number; dictionary: readonly string[] },
  ): void {
    const { facility, severity, sequence } = line;
    const { program, message } = programOf(line);
    this.rows.add({ time, system: this.context.system, program, severity, sequence, message }, record);
    const fields = fieldsOf(line.stamp, { facility, priority: line.priority, caller: line.caller, dictionary });
    if (fields !== undefined) this.sink.row('event_fields', { stream: 'kernel', fields }, record);
  }

  private problem(): Problem | undefined {
    const { dated, sinceBoot, relative, rejected } = this.counts;
    const where = { file: this.context.name };
    if (this.heldBytes > MOST_HELD_BYTES)
      return {
        code: 'limit_reached',
        message: `More than ${MOST_HELD_BYTES} bytes follow a line that has seconds since boot only; a kernel's ring buffer has far fewer.`,
        where,
        remedy: 'List it again with dmesg --time-format=iso.',
      };
    if (dated > 0 || this.boot.found !== undefined) return undefined;
    if (sinceBoot > 0 && this.context.takenAt === undefined)
      return {
        code: 'bad_request',
        message: `All ${sinceBoot} lines with a time have seconds since boot, and none says when the system booted.`,
        where,
        remedy:
          'Import it with --taken-at and the time at which it was listed, or list it again with dmesg --time-format=iso.',
      };
    if (sinceBoot > 0) return undefined;
    if (relative > 0)
      return {
        code: 'bad_request',
        message: `All ${relative} lines with a time have one relative to others (dmesg -e or --time-format=delta), so that none can be dated.`,
        where,
        remedy: 'List it again with dmesg --time-format=iso.',
      };
    if (rejected === 0) return undefined;
    return {
      code: 'damaged_file',
      message: `None of ${rejected} records is a message of dmesg. Record 1: ${this.firstReason}`,
      where,
      remedy: 'Import the file as the format it is, or list it again with dmesg --time-format=iso.',
    };
  }

  /** When the system booted if its last message was written at the time that a person gave. */
  private bootByHand(): UtcMicros | undefined {
    const { takenAt } = this.context;
    if (takenAt === undefined || this.lastSinceBoot === undefined || this.boot.found) return undefined;
    return takenAt - this.lastSinceBoot;
  }

  private assumptions(bootByHand: UtcMicros | undefined): readonly string[] {
    const said: string[] = [];
    const { found } = this.boot;
    if (this.counts.wall > 0)
      said.push(
        `Times of dmesg -T have no zone; ${this.context.zone} was assumed. dmesg counts them from the boot time, so that they are wrong after the system slept or its clock was set.`,
        ...this.clock.doubts(),
      );
    if (found)
      said.push(
        `Times are seconds since boot. Messages in which the kernel says the time of day: ${found.count}; by the first the system booted at ${formatInstant(found.first)}. Each line was dated by the one before it, those before the first by the first.`,
      );
    if (this.counts.numbered > 0)
      said.push(
        'The numbers that dmesg -J has for pri were taken as levels of the kernel; for a message of a program it mixes the facility in, so that its severity may be more urgent than given.',
      );
    if (bootByHand !== undefined)
      said.push(
        `Times are seconds since boot. The last line was taken to be written when the listing was made, at ${formatInstant(this.context.takenAt ?? 0n)}, so that the system booted at ${formatInstant(bootByHand)}; every event may be earlier by as long as the kernel was silent before the listing.`,
      );
    return said;
  }
}

const TAG = /^([A-Za-z][\w.@/-]{0,63})(?:\[\d{1,10}\])?: /;

/** The kernel, but for messages of another facility, which programs wrote into its buffer with their tags. */
function programOf(line: KernelLine): { readonly program: string; readonly message: string } {
  const { facility, priority = 0, message } = line;
  if (facility === 'kern' || (facility === undefined && priority < 8)) return { program: 'kernel', message };
  const [head = '', program] = TAG.exec(message) ?? [];
  return { program: program ?? facility ?? 'kernel', message: message.slice(head.length) };
}

interface Others {
  readonly facility: string | undefined;
  readonly priority: number | undefined;
  readonly caller: string | undefined;
  readonly dictionary: readonly string[];
}

/** What no column holds, as JSON. */
function fieldsOf(stamp: Stamp, { facility, priority, caller, dictionary }: Others): string | undefined {
  const fields = {
    ...(facility === undefined ? {} : { facility }),
    ...(priority === undefined ? {} : { pri: priority }),
    ...(stamp.kind === 'since_boot' ? { since_boot: secondsOf(stamp.micros) } : {}),
    ...(caller === undefined ? {} : { caller }),
    ...(dictionary.length === 0 ? {} : { dictionary }),
  };
  return Object.keys(fields).length === 0 ? undefined : JSON.stringify(fields);
}

/** `1925.680738`, as dmesg writes it. */
function secondsOf(micros: bigint): string {
  const digits = micros.toString().padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
