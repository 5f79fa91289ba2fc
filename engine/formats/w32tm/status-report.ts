/**
 * What `w32tm /query /status` prints, with and without `/verbose`.
 *
 *     Leap Indicator: 0(no warning)
 *     Stratum: 2 (secondary reference - syncd by (S)NTP)
 *     Root Delay: 0.0062216s
 *     Root Dispersion: 7.7702346s
 *     ReferenceId: 0x14653909 (source IP:  20.101.57.9)
 *     Last Successful Sync Time: 30/05/2023 20:21:27        in the zone and the form of the user
 *     Source: time.windows.com,0x9
 *     Phase Offset: -0.0000613s                             /verbose; which side is ahead is not documented
 */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { errorBound, readDecimal, readWhole } from '../clocks/numbers.ts';

const LABELS = [
  ...['Leap Indicator', 'Stratum', 'Precision', 'Root Delay', 'Root Dispersion', 'ReferenceId'],
  ...['Last Successful Sync Time', 'Source', 'Poll Interval', 'Phase Offset', 'ClockRate', 'State Machine'],
  ...['Time Source Flags', 'Server Role', 'Last Sync Error', 'Time since Last Good Sync Time'],
];
const LINE = new RegExp(`^(${LABELS.join('|')}): ?(.*)$`);
export const FIRST_STATUS_LABEL = 'Leap Indicator';

/** Label and value of a line of the report; `undefined` for other lines. */
export function statusLine(text: string): readonly [string, string] | undefined {
  const parts = LINE.exec(text);
  return parts ? [parts[1] ?? '', (parts[2] ?? '').trim()] : undefined;
}

const UNSYNCHRONISED = 16;
/** The computer's own clock stands for a source. */
const OWN_CLOCK = /^(?:Local CMOS Clock|Free-running System Clock)/;

/** Reads the lines of one report. It gives a bound and no offset. */
export function readStatus(lines: readonly string[]): ReadResult {
  const values = new Map(lines.map((line) => statusLine(line) ?? ['', '']));
  const leap = readWhole(/^\d/.exec(values.get('Leap Indicator') ?? '')?.[0], 3);
  const stratum = readWhole(/^\d{1,2}/.exec(values.get('Stratum') ?? '')?.[0], UNSYNCHRONISED);
  const source = values.get('Source');
  if (leap === undefined || stratum === undefined || source === undefined)
    return unreadable('The report of w32tm lacks "Leap Indicator", "Stratum" or "Source": it is cut off.');
  const seconds = (label: string): number | undefined => inSeconds(values.get(label));
  const fields = {
    report: 'w32tm status',
    ...Object.fromEntries([...values].filter(([label]) => label !== '').map(([label, text]) => [snake(label), text])),
  };
  // `,0x9` are flags of the configuration.
  const reference = source.replace(/,0x[0-9a-f]+$/i, '');
  if (leap === 3 || stratum === 0 || stratum === UNSYNCHRONISED || OWN_CLOCK.test(source))
    return reading({ stratum: stratum === 0 ? undefined : stratum, reference, synchronised: false, fields });
  const error_s = errorBound(seconds('Root Delay'), seconds('Root Dispersion'));
  return reading({ error_s, stratum, reference, synchronised: true, fields });
}

/** `0.0062216s`, with a comma where the language of Windows has one. */
function inSeconds(text: string | undefined): number | undefined {
  const digits = /^([+-]?\d+)(?:[.,](\d+))?s$/.exec(text ?? '');
  return digits ? readDecimal(digits[2] === undefined ? digits[1] : `${digits[1]}.${digits[2]}`) : undefined;
}

const snake = (label: string): string => label.toLowerCase().replaceAll(' ', '_');
