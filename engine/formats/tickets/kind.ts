/** What trackers call the kinds of tickets that controls ask for, in lower case. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  incident: [
    ...['incident', 'incident report', 'major incident', 'security incident', 'sn si incident', 'outage'],
    ...['production incident', 'incident management'],
  ],
  change: [
    ...['change', 'change request', 'normal change', 'standard change', 'emergency change', 'pull request'],
    ...['change management', 'rfc', 'request for change'],
  ],
  problem: ['problem', 'problem record', 'problem report', 'known error', 'root cause analysis'],
  service_request: [
    ...['service request', 'service request with approvals', 'service request item', 'request', 'request item'],
    ...['requested item', 'catalog request', 'sc request', 'sc req item', 'service task'],
  ],
  access_request: [
    ...['access request', 'request access', 'user access request', 'system access request', 'access', 'new access'],
    ...['grant access', 'access change'],
  ],
  leaver: [
    ...['leaver', 'leaver request', 'offboarding', 'employee offboarding', 'user offboarding', 'termination'],
    ...['employee termination'],
  ],
  exception: [
    ...['exception', 'exception request', 'risk acceptance', 'waiver', 'policy exception', 'security exception'],
    ...['risk exception'],
  ],
};

// ServiceNow numbers say what they are: INC0000040, CHG0000024, RITM0010001.
const prefixes: readonly (readonly [RegExp, string])[] = [
  [/^(?:INC|SIR)\d/, 'incident'],
  [/^CHG\d/, 'change'],
  [/^PRB\d/, 'problem'],
  [/^(?:RITM|REQ)\d/, 'service_request'],
];

/**
 * The kind of a ticket: one of incident, change, problem, service_request, access_request, leaver, exception where the
 * tracker's word for it is known; else what the number tells (its "type" may be Normal); else that word in lower case.
 */
export function ticketKind(written: string | undefined, ticketId: string): string | undefined {
  const word = written === undefined ? undefined : kindWord(written);
  return knownKind(word) ?? prefixes.find(([pattern]) => pattern.test(ticketId))?.[1] ?? word;
}

/** The kind that a word stands for, if it is one that is known. */
export function knownKind(word: string | undefined): string | undefined {
  return word === undefined ? undefined : Object.keys(kinds).find((kind) => kinds[kind]!.includes(kindWord(word)));
}

// Jira Service Management: "[System] Incident"; ServiceNow's class names: change_request.
function kindWord(written: string): string {
  return written
    .toLowerCase()
    .replace(/^\[system\]\s*/, '')
    .replace(/[_-]+/g, ' ')
    .trim();
}
