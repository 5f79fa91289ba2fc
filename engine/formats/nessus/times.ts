/** Times as Nessus and Tenable write them. */
import { MICROS_PER_SECOND, type UtcMicros } from '../../../shared/time.ts';
import { readTableTime, saysNoTime } from '../framing/table-times.ts';

/** A time, and whether it had to be taken in a zone. */
export interface ReadTime {
  readonly time: UtcMicros;
  readonly wallClock: boolean;
}

// Tue Jun 25 10:32:42 2013, by the clock of the scanner.
const ASCTIME = /^(?:[A-Z][a-z]{2} +)?([A-Z][a-z]{2}) +(\d{1,2}) +(\d{1,2}:\d{2}:\d{2}) +(\d{4})$/;

/** The zones of RFC 5322, section 4.3; other abbreviations stand for several zones each. */
const zoneOffsets: Readonly<Record<string, string>> = {
  EST: '-05:00',
  EDT: '-04:00',
  CST: '-06:00',
  CDT: '-05:00',
  MST: '-07:00',
  MDT: '-06:00',
  PST: '-08:00',
  PDT: '-07:00',
};

/** Reads a time; what has no offset is taken in `zone`. `undefined` for none and for other forms. */
export function readScanTime(text: string | undefined, zone: string): ReadTime | undefined {
  const plain = text?.trim() ?? '';
  if (plain === '' || saysNoTime(plain)) return undefined;
  if (/^\d{9,10}$/.test(plain)) return { time: BigInt(plain) * MICROS_PER_SECOND, wallClock: false };
  const written = readTableTime(respelled(plain), zone);
  if (written === undefined || written.kind === 'day') return undefined;
  return { time: written.time, wallClock: written.kind === 'wall clock' };
}

function respelled(text: string): string {
  const asctime = ASCTIME.exec(text);
  if (asctime) return `${asctime[2]} ${asctime[1]} ${asctime[4]} ${asctime[3]}`;
  return text.replace(/ (?:UTC|GMT)$/, ' Z').replace(/ ([ECMP][SD]T)$/, (_, name: string) => ` ${zoneOffsets[name]!}`);
}

/** Seconds since 1970, as in HOST_END_TIMESTAMP. */
export function readEpoch(text: string | undefined): UtcMicros | undefined {
  return text !== undefined && /^\d{9,11}$/.test(text.trim()) ? BigInt(text.trim()) * MICROS_PER_SECOND : undefined;
}
