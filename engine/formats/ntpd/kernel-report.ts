/**
 * What `ntpq -c kerninfo` prints: the kernel's side of the clock discipline.
 *
 *     associd=0 status=c416 leap_alarm, sync_uhf_radio, 1 event, restart,
 *     pll offset:                       0
 *     maximum error:             0.003016
 *     kernel status:                  pll
 *     precision:                    1e-06
 */
import { reading, unreadable, type ReadResult } from '../clocks/clock-rows.ts';
import { readDecimal, tidied } from '../clocks/numbers.ts';
import { readVariables } from './variables.ts';

const LINE =
  /^(pll offset|pll frequency|maximum error|estimated error|kernel status|pll time constant|precision|frequency tolerance|pps frequency|pps stability|pps jitter|calibration interval|calibration cycles|jitter exceeded|stability exceeded|calibration errors)(?::\s*|\s{2,})(\S.*)?$/;

/** Label and value of a line of the report; `undefined` for other lines. */
export function kernelLine(text: string): readonly [string, string] | undefined {
  const parts = LINE.exec(text);
  return parts ? [parts[1] ?? '', parts[2] ?? ''] : undefined;
}

/**
 * Reads the lines of one report. The precision tells the unit of the errors: all three come from the kernel in
 * microseconds and are multiplied alike, and the precision of every kernel with this interface is one microsecond,
 * written 1e-06 or 0.001. The offset comes in nanoseconds or microseconds, which the daemons multiply each in their own
 * way, so its unit is not known: it is kept as written, and no offset is made of it.
 */
export function readKernelReport(lines: readonly string[]): ReadResult {
  const values = new Map(lines.flatMap((line) => [kernelLine(line) ?? ['', '']]));
  const number = (label: string): number | undefined => readDecimal(values.get(label));
  const [offset, error, estimated] = ['pll offset', 'maximum error', 'estimated error'].map(number);
  const scale = scaleOf(number('precision'));
  const flags = values.get('kernel status');
  if (offset === undefined || error === undefined || flags === undefined)
    return unreadable(
      'The report of ntpq kerninfo lacks "pll offset", "maximum error" or "kernel status": it is cut off.',
    );
  if (scale === undefined)
    return unreadable(
      'The precision in the report of ntpq kerninfo is neither 1e-06 nor 0.001, so the unit of its errors is not known.',
    );
  const status = readVariables(lines[0] ?? '');
  const words = status.get('status_text');
  const fields = {
    report: 'kerninfo',
    system_status: status.get('status'),
    system_status_text: words,
    ...Object.fromEntries([...values].filter(([label]) => label !== '').map(([label, text]) => [snake(label), text])),
    maximum_error_s: inSeconds(error, scale),
    estimated_error_s: inSeconds(estimated, scale),
  };
  if (/\bunsync\b/.test(flags) || /\b(?:leap_alarm|sync_alarm|sync_unspec)\b/.test(words ?? ''))
    return reading({ reference: 'kernel', synchronised: false, fields });
  const synchronised = words === undefined ? undefined : true;
  return reading({ error_s: fields.maximum_error_s, reference: 'kernel', synchronised, fields });
}

function scaleOf(precision: number | undefined): number | undefined {
  if (precision === 1e-6) return 1;
  return precision === 0.001 ? 1e-3 : undefined;
}

function inSeconds(value: number | undefined, scale: number): number | undefined {
  return value === undefined ? undefined : tidied(value * scale);
}

const snake = (label: string): string => label.replaceAll(' ', '_');
