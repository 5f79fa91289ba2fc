/**
 * What chronyd and chronyc write that says nothing of how far the clock is off. It is known, so that a file of it is
 * accounted for with this reason, and nobody looks for a damage in it.
 */
const LOGS: readonly (readonly [name: string, heading: RegExp, line: RegExp])[] = [
  ['selection.log', /\bS EOpts Reach Score\b|\bS\s+EOpts\b/, /^\S+ \S+ +\S+ +\S [-NPTRS]{4,6} +[0-7]{1,3} +\d+\.\d+ /],
  ['rtc.log (the hardware clock)', /\bRTC fast \(s\)/, /^\S+ \S+ +-?\d+\.\d{6} [01] +-?\d+\.\d{6} +-?\d+\.\d{3} /],
  ['tempcomp.log', /\bTemp\.\s+Comp\./, /^\S+ \S+ +-?\d\.\d{4}e[+-]\d\d +-?\d\.\d{4}e[+-]\d\d$/],
];
const STAMPED = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} /;

/** Of which such log a line or a heading is, by the name of the log. */
export function otherLog(text: string): string | undefined {
  const isHeading = /^\s*Date \(UTC\) Time\s/.test(text);
  if (!isHeading && !STAMPED.test(text)) return undefined;
  return LOGS.find(([, heading, line]) => (isHeading ? heading : line).test(text))?.[0];
}

const REPORTS: readonly (readonly [name: string, line: RegExp])[] = [
  ['serverstats', /^(?:NTP|Command|Client log|NTS-KE|Authenticated NTP|Interleaved NTP) [A-Za-z -]+ *: \d+$/],
  ['activity', /^\d+ sources (?:online|offline|doing burst \(return to o(?:n|ff)line\)|with unknown address)$/],
  ['selectdata', /^S Name\/IP Address +Auth COpts EOpts |^[NMsdDuwSBxPO*+\-~?W] \S+ +[YN] [-NPTRS]{5} [-NPTRS]{5} /],
  ['authdata', /^Name\/IP address +Mode KeyID Type KLen |^\S+ +(?:NTS|SK|-) +\d+ +\d+ +\d+ +\S+ +\d+ +\d+ +\d+ +\d+$/],
  ['clients', /^Hostname +NTP +Drop Int IntL Last /],
];

/** Of which such report of chronyc a line is, by its command. */
export function otherReport(text: string): string | undefined {
  return REPORTS.find(([, line]) => line.test(text))?.[0];
}
