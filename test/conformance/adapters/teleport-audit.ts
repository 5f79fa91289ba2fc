import { isIP } from 'node:net';
import { teleportAudit as format } from '../../../engine/formats/teleport-audit/teleport-audit.ts';
import { eventLogAdapter, type Rule } from '../event-log.ts';
import { asText } from '../normal.ts';
import { memberAt } from '../reading.ts';

const text = (event: unknown, ...names: readonly string[]): unknown =>
  names.map((name) => memberAt(event, name)).find((value) => typeof value === 'string' && value !== '');

/** T1000I: I, W or E for how grave it is. */
const CODE = /^T[A-Z0-9]{2,12}([IWE])$/;
const SEVERITIES: Readonly<Record<string, string>> = { I: 'info', W: 'warning', E: 'error' };

const letter = (event: unknown): string | undefined => CODE.exec(String(memberAt(event, 'code')))?.[1];

function outcome(event: unknown): unknown {
  const success = memberAt(event, 'success') ?? memberAt(event, 'status', 'success');
  if (typeof success === 'boolean') return success ? 'success' : 'failure';
  const exits = ['return_code', 'exitCode', 'exit_code'].map((name) => asText(memberAt(event, name)));
  const exit = exits.find((value) => value !== undefined);
  if (exit !== undefined) return String(exit) === '0' ? 'success' : 'failure';
  return text(event, 'error', 'exitError') === undefined ? undefined : 'failure';
}

/** `203.0.113.9:65123`; made-up addresses that are none count for nothing. */
function remote(event: unknown, part: 1 | 2): string | undefined {
  const written = String(text(event, 'addr.remote') ?? text(event, 'src_addr'));
  const found = /^\[?([\d.]+|[0-9a-f:]+)\]?:(\d+)$/i.exec(written);
  return found && isIP(found[1] ?? '') !== 0 ? found[part] : undefined;
}

const isSignIn = (event: unknown): boolean =>
  /^(user\.login|auth|bot\.join|instance\.join)$/.test(String(text(event, 'event')));

const rules: readonly Rule[] = [
  { field: 'event', column: 'events.code', kind: 'text', theirs: (event) => text(event, 'event') },
  { field: 'user', column: 'events.actor', kind: 'text', theirs: (event) => text(event, 'user', 'bot_name') },
  { field: 'severity', column: 'events.severity', kind: 'text', theirs: (event) => SEVERITIES[letter(event) ?? ''] },
  { field: 'outcome', column: 'events.outcome', kind: 'text', theirs: outcome },
  { field: 'ei', column: 'events.sequence', kind: 'number', theirs: (event) => memberAt(event, 'ei') },
  {
    field: 'host',
    column: 'events.system',
    kind: 'text',
    theirs: (event) => text(event, 'server_hostname', 'cluster_name'),
  },
  { field: 'address', column: 'events.src_ip', kind: 'text', theirs: (event) => remote(event, 1), ifSaid: true },
  { field: 'port', column: 'events.src_port', kind: 'number', theirs: (event) => remote(event, 2), ifSaid: true },
  {
    field: 'method',
    column: 'authentications.method',
    kind: 'text',
    theirs: (event) => (isSignIn(event) ? text(event, 'method') : undefined),
  },
  {
    field: 'session',
    column: 'authentications.session',
    kind: 'text',
    theirs: (event) => (isSignIn(event) ? text(event, 'sid') : undefined),
  },
];

/** Teleport's audit log: rule tests of Panther. */
export const teleport = eventLogAdapter({
  folders: ['teleport-audit'],
  format,
  time: (event) => text(event, 'time'),
  code: (event) => (letter(event) === undefined ? undefined : text(event, 'event')),
  rules,
  timeMember: 'time',
  notInFields: (name) => name === 'time' || name === 'event',
  others: {},
});
