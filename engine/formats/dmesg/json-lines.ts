/**
 * `dmesg -J`: {"dmesg":[{"pri":4,"time":1925.680738,"msg":"text"}]}; with -x `"fac":"kern","pri":"warn"`, with a time
 * format the time is text. The same objects one a line, as other tools hand them on.
 */
import { rawMember } from '../framing/json-members.ts';
import {
  JsonRecordScanner,
  type JsonEnding,
  type JsonRecord,
  type JsonRecordOptions,
} from '../framing/json-records.ts';
import { severityNamed, severityOf } from '../syslog-messages/priority.ts';
import type { Listing } from './listing.ts';
import { readStamp, type KernelLine, type Stamp } from './stamp.ts';

export const scannerOptions: JsonRecordOptions = { lists: ['dmesg'], firstKeys: ['pri', 'fac', 'time', 'msg'] };

export class JsonLines {
  private readonly scanner: JsonRecordScanner;

  constructor(listing: Listing) {
    this.scanner = new JsonRecordScanner(scannerOptions, {
      record: (record) => {
        const { byte, bytes } = record;
        const place = { byte, length: bytes.length, raw: bytes };
        const line = readKernelRecord(record);
        if (typeof line === 'string') listing.reject(place, line);
        else listing.add(line, place);
      },
      damaged: (byte, bytes, reason) => listing.reject({ byte, length: bytes.length, raw: bytes }, reason),
    });
  }

  push(piece: Uint8Array): void {
    this.scanner.push(piece);
  }

  finish(): JsonEnding {
    return this.scanner.finish();
  }
}

/** The message in a record, or the sentence that says why it is none. */
export function readKernelRecord(record: JsonRecord): KernelLine | string {
  const { value } = record;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'The record is not a JSON object.';
  const members = value as Readonly<Record<string, unknown>>;
  const message = ownText(members, 'msg');
  if (message === undefined) return 'The record has no msg.';
  const stamp = stampOf(record, members);
  if (!stamp) return 'The record has no time that dmesg writes.';
  const caller = ownText(members, 'caller');
  return { stamp, ...levelIn(members), caller, sequence: undefined, message };
}

function ownText(members: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Seconds as they are written, since a float loses microseconds; or a time as in a line. */
function stampOf(record: JsonRecord, members: Readonly<Record<string, unknown>>): Stamp | undefined {
  const text = ownText(members, 'time');
  if (text !== undefined) return (readStamp(text) ?? readStamp(`[${text.trim()}]`))?.stamp;
  const [, seconds, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(rawMember(record, 'time') ?? '') ?? [];
  if (seconds === undefined) return undefined;
  return { kind: 'since_boot', micros: BigInt(seconds + fraction.slice(0, 6).padEnd(6, '0')) };
}

/**
 * With -x the level has its name. Without, util-linux writes the number of the facility and the level or-ed into one
 * another: 0 to 7 is the level of a message of the kernel, or that of a program at a more urgent level. What is higher
 * says neither.
 */
function levelIn(members: Readonly<Record<string, unknown>>): Pick<KernelLine, 'facility' | 'severity' | 'priority'> {
  const priority = Object.hasOwn(members, 'pri') ? members['pri'] : undefined;
  if (typeof priority === 'number') {
    const isLevel = Number.isInteger(priority) && priority >= 0 && priority < 8;
    return { facility: undefined, severity: isLevel ? severityOf(priority) : undefined, priority };
  }
  const severity = typeof priority === 'string' ? severityNamed(priority) : undefined;
  return { facility: ownText(members, 'fac'), severity, priority: undefined };
}
