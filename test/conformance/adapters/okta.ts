import { oktaSystem } from '../../../engine/formats/okta-system/okta-system.ts';
import { eventLogAdapter, type Rule } from '../event-log.ts';
import { memberAt } from '../reading.ts';
import { spelled } from '../spelling.ts';

const OUTCOMES: Readonly<Record<string, string>> = {
  SUCCESS: 'success',
  ALLOW: 'success',
  FAILURE: 'failure',
  DENY: 'failure',
};

const rules: readonly Rule[] = [
  { field: 'eventType', column: 'events.code', kind: 'text', theirs: (event) => spelled(event, 'eventType') },
  { field: 'severity', column: 'events.severity', kind: 'lower', theirs: (event) => spelled(event, 'severity') },
  { field: 'actor', column: 'events.actor', kind: 'text', theirs: (event) => actor(event) },
  { field: 'client.ipAddress', column: 'events.src_ip', kind: 'text', theirs: (event) => address(event) },
  {
    field: 'outcome.result',
    column: 'events.outcome',
    kind: 'text',
    theirs: (event) => OUTCOMES[String(memberAt(event, 'outcome', 'result')).toUpperCase()],
  },
];

// An actor that Okta does not know is called unknown in every member.
function actor(event: unknown): unknown {
  const names = ['alternateId', 'displayName', 'id'].map((name) => memberAt(event, 'actor', name));
  return names.find((name) => typeof name === 'string' && name !== '' && name !== 'unknown');
}

function address(event: unknown): unknown {
  const client = memberAt(event, 'client', 'ipAddress');
  const chain = memberAt(event, 'request', 'ipChain');
  return client ?? (Array.isArray(chain) ? memberAt(chain[0], 'ip') : undefined);
}

/** Okta's System Log: rule tests of Panther. */
export const okta = eventLogAdapter({
  folders: ['okta', 'okta-system'],
  format: oktaSystem,
  time: (event) => spelled(event, 'published'),
  code: (event) => spelled(event, 'eventType'),
  timeMember: 'published',
  rules,
  notInFields: (name) => ['published', 'eventtype', 'severity'].includes(name.toLowerCase()),
  others: {},
});
