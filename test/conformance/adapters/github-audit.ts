import { githubAudit } from '../../../engine/formats/github-audit/github-audit.ts';
import { eventLogAdapter, type Rule } from '../event-log.ts';
import { memberAt } from '../reading.ts';

const text = (event: unknown, name: string): unknown => memberAt(event, name) || undefined;

// Milliseconds since 1970, or text.
function time(event: unknown): unknown {
  const value = ['@timestamp', 'at_sign_timestamp', 'created_at'].map((name) => memberAt(event, name)).find(Boolean);
  return typeof value === 'number' ? BigInt(value) * 1000n : value;
}

function system(event: unknown): unknown {
  const owner = text(event, 'org') ?? text(event, 'business') ?? String(text(event, 'repo') ?? '').split('/')[0];
  return owner ? `github:${String(owner)}` : undefined;
}

const rules: readonly Rule[] = [
  { field: 'action', column: 'events.code', kind: 'text', theirs: (event) => text(event, 'action') },
  {
    field: 'actor',
    column: 'events.actor',
    kind: 'text',
    theirs: (event) => text(event, 'actor') ?? text(event, 'external_identity_nameid'),
  },
  { field: 'actor_ip', column: 'events.src_ip', kind: 'text', theirs: (event) => text(event, 'actor_ip') },
  { field: 'org', column: 'events.system', kind: 'text', theirs: system },
];

/** GitHub's audit log: rule tests of Panther. */
export const github = eventLogAdapter({
  folders: ['github-audit'],
  format: githubAudit,
  time,
  code: (event) => text(event, 'action'),
  timeMember: '@timestamp',
  rules,
  notInFields: (name) => name === 'action' || name === '@timestamp',
  others: {},
});
