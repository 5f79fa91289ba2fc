/** What `chronyc ntpdata` prints of the last valid answer of each server. See docs/formats/chrony.md, "chronyc ntpdata". */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, negated, readDecimal, readWhole, sum } from '../clocks/numbers.ts';
import { quoted } from '../clocks/text-lines.ts';

const LABELS = [
  ...['Remote address', 'Remote port', 'Local address', 'Leap status', 'Version', 'Mode', 'Stratum', 'Poll interval'],
  ...['Precision', 'Root delay', 'Root dispersion', 'Reference ID', 'Reference time', 'Offset', 'Peer delay'],
  ...['Peer dispersion', 'Response time', 'Jitter asymmetry', 'NTP tests', 'Interleaved', 'Authenticated'],
  ...['TX timestamping', 'RX timestamping', 'Total TX', 'Total RX', 'Total valid RX', 'Total good RX'],
  ...['Total kernel TX', 'Total kernel RX', 'Total HW TX', 'Total HW RX'],
];
const LINE = new RegExp(`^(${LABELS.join('|')})\\s*: ?(.*)$`);
export const FIRST_NTPDATA_LABEL = 'Remote address';

/** Label and value of a line of the report; `undefined` for other lines. */
export function ntpdataLine(text: string): readonly [string, string] | undefined {
  const parts = LINE.exec(text);
  return parts ? [parts[1] ?? '', (parts[2] ?? '').trim()] : undefined;
}

interface NtpData {
  readonly address: string;
  readonly leap: string | undefined;
  readonly stratum: number | undefined;
  readonly rootDelay: number | undefined;
  readonly rootDispersion: number | undefined;
  /** As printed: positive when the clock is BEHIND the server. */
  readonly offset: number | undefined;
  readonly delay: number | undefined;
  readonly dispersion: number | undefined;
  readonly tests: readonly string[];
  readonly validAnswers: number | undefined;
  readonly others: Readonly<Record<string, unknown>>;
}

/** Reads the lines of the report of one server. */
export function readNtpdataText(lines: readonly string[]): ReadResult {
  const values = new Map(lines.map((line) => ntpdataLine(line) ?? ['', '']));
  const missing = ['Remote address', 'Stratum', 'Offset', 'NTP tests', 'Total valid RX'].find(
    (label) => !values.has(label),
  );
  if (missing !== undefined) return unreadable(`The report of ntpdata has no ${quoted(missing)}: it is cut off.`);
  const seconds = (label: string): number | undefined => inSeconds(values.get(label) ?? '');
  return readNtpData({
    address: (values.get('Remote address') ?? '').replace(/ \(.*$/, ''),
    leap: values.get('Leap status'),
    stratum: readWhole(values.get('Stratum'), 255),
    rootDelay: seconds('Root delay'),
    rootDispersion: seconds('Root dispersion'),
    offset: seconds('Offset'),
    delay: seconds('Peer delay'),
    dispersion: seconds('Peer dispersion'),
    tests: (values.get('NTP tests') ?? '').split(' '),
    validAnswers: readWhole(values.get('Total valid RX'), 4_294_967_295),
    others: Object.fromEntries(
      [...values].filter(([label]) => label !== '').map(([label, text]) => [snake(label), text]),
    ),
  });
}

function inSeconds(text: string): number | undefined {
  return text.endsWith(' seconds') ? readDecimal(text.slice(0, -' seconds'.length)) : undefined;
}

const snake = (label: string): string => label.toLowerCase().replaceAll(' ', '_');

const LEAST_COLUMNS = 33;
const CSV = /^[^,\s]+,[0-9A-F]{8},\d{1,5},[^,\s]+,[0-9A-F]{8},[A-Z][a-z ]+,\d,/;

/** True for a line of `chronyc -c ntpdata`. Nothing in it is quoted, so a comma always separates. */
export function isNtpdataCsv(text: string): boolean {
  return CSV.test(text);
}

/** Reads that line; versions from 4.3 on have one column more at the end, later ones five. */
export function readNtpdataCsv(text: string): ReadResult {
  const columns = text.split(',');
  if (columns.length < LEAST_COLUMNS)
    return unreadable(
      `The line has ${columns.length} columns, but chronyc -c ntpdata writes at least ${LEAST_COLUMNS}: it is cut off or damaged.`,
    );
  const number = (at: number): number | undefined => readDecimal(columns[at]);
  return readNtpData({
    address: columns[0] ?? '',
    leap: columns[5],
    stratum: readWhole(columns[8], 255),
    rootDelay: number(13),
    rootDispersion: number(14),
    offset: number(18),
    delay: number(19),
    dispersion: number(20),
    tests: columns.slice(23, 26),
    validAnswers: readWhole(columns[32], 4_294_967_295),
    others: { mode: columns[7], reference_id: columns[15], interleaved: columns[26], authenticated: columns[27] },
  });
}

const UNSYNCHRONISED = 16;

/** The offset is theta of RFC 5905, as in measurements.log: positive when the clock is behind, so its sign is turned. */
function readNtpData(data: NtpData): ReadResult {
  const { address, leap, stratum, rootDelay, rootDispersion, offset, delay, dispersion, tests, validAnswers } = data;
  if (stratum === undefined || offset === undefined || validAnswers === undefined || tests.some(isNoTest))
    return unreadable('A value of the report of ntpdata cannot be read: it is cut off or damaged.');
  const fields = {
    ...data.others,
    report: 'ntpdata',
    leap,
    tests: tests.join(' '),
    offset_s: offset,
    peer_delay_s: delay,
    peer_dispersion_s: dispersion,
    root_delay_s: rootDelay,
    root_dispersion_s: rootDispersion,
  };
  const isMeasured =
    validAnswers > 0 &&
    leap !== 'Not synchronised' &&
    stratum > 0 &&
    stratum < UNSYNCHRONISED &&
    !(tests[0] ?? '').includes('0') &&
    !(tests[1] ?? '').includes('0');
  const known = stratum > 0 ? stratum : undefined;
  if (!isMeasured) return reading({ stratum: known, reference: address, synchronised: false, fields });
  const error_s = errorBound(sum(delay, rootDelay), sum(dispersion, rootDispersion));
  return reading({ offset_s: negated(offset), error_s, stratum, reference: address, fields });
}

function isNoTest(text: string): boolean {
  return !/^[01]{3,4}$/.test(text);
}
