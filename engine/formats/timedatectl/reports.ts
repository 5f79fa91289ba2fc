/** What each report of timedatectl says of the clock. See docs/formats/timedatectl.md; the signs are explained there. */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, negated, readSpans, readWhole } from '../clocks/numbers.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { readMessage } from './message.ts';
import type { ReportKind } from './properties.ts';
import { readSystemdTime } from './written-times.ts';

export type Properties = ReadonlyMap<string, string>;

/** A report and the time that it has of its own. */
export interface Report {
  readonly read: ReadResult;
  /** When it was made, by the clock of the system. */
  readonly time: UtcMicros | undefined;
  /** When the last answer of the server came, which is not when the report was made. */
  readonly referenceTime: UtcMicros | undefined;
}

export function readReport(kind: ReportKind, properties: Properties): Report {
  return READERS[kind](properties);
}

const READERS: Readonly<Record<ReportKind, (properties: Properties) => Report>> = {
  status: readStatus,
  show: readShow,
  'timesync-status': readTimesyncStatus,
  'show-timesync': readShowTimesync,
};

const undated = (read: ReadResult): Report => ({ read, time: undefined, referenceTime: undefined });

/** Labels of the same property in the order of the versions, newest first. */
const SYNCHRONISED = ['System clock synchronized', 'NTP synchronized'];

/** `timedatectl` says whether the clock is synchronised; it measures nothing. */
function readStatus(properties: Properties): Report {
  const label = SYNCHRONISED.find((name) => properties.has(name));
  if (label === undefined)
    return undated(unreadable('The report does not say whether the clock is synchronised: it is cut off.'));
  return {
    read: judged(properties.get(label), { report: 'status' }),
    time: readSystemdTime(properties.get('Universal time'), undefined),
    referenceTime: undefined,
  };
}

function readShow(properties: Properties): Report {
  if (!properties.has('NTPSynchronized'))
    return undated(unreadable('The properties do not say whether the clock is synchronised (NTPSynchronized).'));
  return {
    read: judged(properties.get('NTPSynchronized'), { report: 'show' }),
    time: readSystemdTime(properties.get('TimeUSec'), properties.get('Timezone')),
    referenceTime: undefined,
  };
}

function judged(word: string | undefined, fields: Readonly<Record<string, unknown>>): ReadResult {
  if (word !== 'yes' && word !== 'no')
    return unreadable('Whether the clock is synchronised is neither yes nor no: the report is cut off or damaged.');
  return reading({ synchronised: word === 'yes', fields });
}

const UNSYNCHRONISED = 16;

/**
 * `Offset` is that of the server against the local clock, ((T2 - T1) + (T3 - T4)) / 2 of RFC 5905: positive when the
 * local clock is BEHIND. Root distance is that of the server; half of the delay to it comes on top.
 */
function readTimesyncStatus(properties: Properties): Report {
  const span = (name: string): number | undefined => readSpans((properties.get(name) ?? '').replace(/ \(.*$/, ''));
  const server = properties.get('Server');
  if (server === undefined) return undated(unreadable('The report has no "Server": it is cut off.'));
  const [offset, delay, distance] = ['Offset', 'Delay', 'Root distance'].map(span);
  const stratum = readWhole(properties.get('Stratum'), 255);
  const packets = readWhole(properties.get('Packet count'), 4_294_967_295);
  const leap = properties.get('Leap');
  const fields = {
    report: 'timesync-status',
    offset_s: offset,
    delay_s: delay,
    root_distance_s: distance,
    jitter_s: span('Jitter'),
    packets,
    leap,
  };
  const reference = nameOfServer(server);
  if (packets === undefined)
    return undated(
      unreadable('The report has no packet count: it is cut off, or the answer of the server was invalid.'),
    );
  const isUnsynchronised = leap === 'not synchronized' || leap === 'not synchronised' || isNoStratum(stratum);
  if (isUnsynchronised || packets === 0) return undated(reading({ stratum, reference, synchronised: false, fields }));
  if (offset === undefined)
    return undated(unreadable('The report has no offset, or one that is no time span: it is cut off or damaged.'));
  return undated(
    reading({ offset_s: negated(offset), error_s: errorBound(delay, distance), stratum, reference, fields }),
  );
}

function isNoStratum(stratum: number | undefined): boolean {
  return stratum === 0 || (stratum !== undefined && stratum >= UNSYNCHRONISED);
}

/** `216.239.35.8 (time.google.com)`: the name in brackets is the one that was configured. */
function nameOfServer(server: string): string | undefined {
  const [, address = server, name = ''] = /^(.*) \(([^)]*)\)$/.exec(server) ?? [];
  return [name, address].find((word) => word !== '' && word !== 'n/a' && word !== '(null)');
}

const TIMESTAMPS = ['OriginateTimestamp', 'ReceiveTimestamp', 'TransmitTimestamp', 'DestinationTimestamp'];
const NEVER_SYNCHRONISED = '3';
const WHOLE_REPORT = ['RootDistanceMaxUSec', 'PollIntervalMinUSec', 'PollIntervalMaxUSec'];

/** The timestamps of the message are whole seconds unless `--timestamp=us` was asked for: no offset comes from seconds. */
function readShowTimesync(properties: Properties): Report {
  const written = properties.get('NTPMessage');
  const reference = properties.get('ServerName') ?? properties.get('ServerAddress');
  // Without an answer the property is left out; with `-p` it is, too, but then others are as well.
  if (written === undefined) {
    const synchronised = WHOLE_REPORT.every((name) => properties.has(name)) ? false : undefined;
    return undated(reading({ reference: some(reference), synchronised, fields: { report: 'show-timesync' } }));
  }
  const message = readMessage(written);
  if (!message)
    return undated(unreadable('NTPMessage has no closing brace, or a member without a value: it is cut off.'));
  const stratum = readWhole(message.get('Stratum'), 255);
  const packets = readWhole(message.get('PacketCount'), 4_294_967_295) ?? 0;
  const times = TIMESTAMPS.map((name) => readSystemdTime(message.get(name), undefined));
  const fields = { report: 'show-timesync', message: Object.fromEntries(message) };
  const referenceTime = packets === 0 ? undefined : times[3];
  const isNothing = packets === 0 || message.get('Leap') === NEVER_SYNCHRONISED || isNoStratum(stratum);
  const sample = isNothing ? { synchronised: false } : measured(message, times);
  const read = reading({ ...sample, stratum: packets === 0 ? undefined : stratum, reference: some(reference), fields });
  return { read, time: undefined, referenceTime };
}

function measured(message: Properties, times: readonly (UtcMicros | undefined)[]) {
  const isExact = TIMESTAMPS.every((name) => /\d\.\d{6}\b/.test(message.get(name) ?? ''));
  const [originate, receive, transmit, destination] = times;
  if (
    !isExact ||
    originate === undefined ||
    receive === undefined ||
    transmit === undefined ||
    destination === undefined
  )
    return {};
  const serverAhead = Number(receive - originate + (transmit - destination)) / 2e6;
  const delay = Number(destination - originate - (transmit - receive)) / 1e6;
  const rootDelay = readSpans(message.get('RootDelay') ?? '');
  const dispersion = readSpans(message.get('RootDispersion') ?? '');
  const error_s = rootDelay === undefined ? undefined : errorBound(rootDelay + delay, dispersion);
  return { offset_s: negated(serverAhead), error_s };
}

const some = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
