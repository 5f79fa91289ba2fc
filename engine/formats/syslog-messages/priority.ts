/** The number in angle brackets: facility times 8 plus severity. RFC 5424, 6.2.1; RFC 3164, 4.1.1. */

export const HIGHEST_PRIORITY = 191;

const FACILITIES = (
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock ' +
  'local0 local1 local2 local3 local4 local5 local6 local7'
).split(' ');
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** The facility of a priority, by the names that syslog.conf has; `undefined` over 191 and without a priority. */
export function facilityOf(priority: number | undefined): string | undefined {
  return priority === undefined ? undefined : FACILITIES[priority >> 3];
}

/** The severity of a priority, or of a bare level from 0 to 7, by the names that syslog.conf has. */
export function severityOf(priority: number | undefined): string | undefined {
  return priority === undefined ? undefined : SEVERITIES[priority & 7];
}

/** The severity that a word means: also `warn`, `error`, `panic`, as dmesg and others write them. */
export function severityNamed(word: string): string | undefined {
  const aliases: Readonly<Record<string, string>> = { warn: 'warning', error: 'err', panic: 'emerg' };
  const name = Object.hasOwn(aliases, word) ? aliases[word]! : word;
  return SEVERITIES.includes(name) ? name : undefined;
}

/** The facility that a word or a number from 0 to 23 means; `undefined` for any other. */
export function facilityNamed(word: string): string | undefined {
  if (/^\d{1,2}$/.test(word)) return FACILITIES[Number(word)];
  const name = word === 'security' ? 'auth' : word;
  return isFacility(name) ? name : undefined;
}

/** True for the name of a facility. */
export function isFacility(word: string): boolean {
  return FACILITIES.includes(word);
}

const DIGIT_0 = 0x30;

/** Where `<0>` to `<191>` at `from` ends; -1 where no such thing stands there. */
export function endOfPriority(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] !== 0x3c) return -1;
  let value = 0;
  let at = from + 1;
  for (; at < to && at - from <= 3; at++) {
    const digit = bytes[at]! - DIGIT_0;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
  }
  return at > from + 1 && at < to && bytes[at] === 0x3e && value <= HIGHEST_PRIORITY ? at + 1 : -1;
}
