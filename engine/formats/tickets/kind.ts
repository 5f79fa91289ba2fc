/** What trackers call the kinds of tickets that controls ask for, in lower case. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  incident: ['incident', 'incident report', 'major incident', 'security incident', 'outage'],
  change: ['change', 'change request', 'normal change', 'standard change', 'emergency change', 'pull request'],
  leaver: ['leaver', 'offboarding', 'termination', 'employee offboarding'],
  exception: ['exception', 'risk acceptance', 'waiver', 'policy exception'],
};

// ServiceNow numbers say what they are: INC0000040, CHG0000024.
const prefixes: readonly (readonly [RegExp, string])[] = [
  [/^INC\d/, 'incident'],
  [/^CHG\d/, 'change'],
];

/**
 * The kind of a ticket: one of incident, change, leaver, exception where the tracker's word for it is known, else that
 * word in lower case. Without a word the number may tell; else `undefined`.
 */
export function ticketKind(written: string | undefined, ticketId: string): string | undefined {
  if (written === undefined) return prefixes.find(([pattern]) => pattern.test(ticketId))?.[1];
  // Jira Service Management: "[System] Incident"; ServiceNow's class names: change_request.
  const word = written
    .toLowerCase()
    .replace(/^\[system\]\s*/, '')
    .replaceAll('_', ' ')
    .trim();
  return Object.keys(kinds).find((kind) => kinds[kind]!.includes(word)) ?? word;
}
