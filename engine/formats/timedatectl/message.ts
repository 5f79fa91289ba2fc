/**
 * The last answer of the server, as `timedatectl show-timesync` prints it on one line:
 *
 *     NTPMessage={ Leap=0, Version=4, Mode=4, Stratum=3, ..., OriginateTimestamp=Sat 2026-11-21 07:13:38 UTC, ... }
 */
export function readMessage(text: string): ReadonlyMap<string, string> | undefined {
  const inner = /^\{ (.*) \}$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const members = new Map<string, string>();
  // No value holds a comma: they are numbers, spans, dates and yes or no. Old versions forget one of the commas.
  for (const member of inner.replace(/(Ignored=(?:yes|no)) /, '$1, ').split(', ')) {
    const equals = member.indexOf('=');
    if (equals < 1) return undefined;
    members.set(member.slice(0, equals), member.slice(equals + 1));
  }
  return members;
}
