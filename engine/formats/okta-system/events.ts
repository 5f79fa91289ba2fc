/** What one Okta event says, as rows. Pure: an event in, values out. */
import type { EventContext, EventFormat, EventRows, SignIn } from '../event-records/event-format.ts';
import { Spelling } from '../event-records/spelling.ts';
import { at, firstEndpoint, firstText, firstWord, objectsAt } from '../event-records/values.ts';
import { meaningOf, type Meaning } from './event-types.ts';
import { applicationOf, nameOf, targetOf } from './parties.ts';
import { methodOf, secondFactor } from './second-factor.ts';
import { oktaTable } from './table.ts';

// Names of the members that are looked at; docs/formats/okta-system.md says what becomes of each.
const names = [
  ...['uuid', 'published', 'eventType', 'version', 'severity', 'legacyEventType', 'displayMessage', 'actor', 'client'],
  ...['outcome', 'target', 'debugContext', 'debugData', 'authenticationContext', 'securityContext', 'transaction'],
  ...['request', 'id', 'type', 'alternateId', 'displayName', 'ipAddress', 'ipChain', 'ip', 'result', 'reason'],
  ...['externalSessionId', 'rootSessionId', 'credentialType', 'authenticationStep', 'factor', 'authMethodSecondType'],
];

export const oktaEvents: EventFormat = {
  noun: 'an Okta System Log event',
  files: {
    lists: ['events', 'value', 'records', 'Records', 'results', 'logs', ['data', 'events'], ['detail', 'events']],
    firstKeys: ['actor', 'uuid', 'published', 'version', 'eventType', 'eventId'],
  },
  spelling: new Spelling(names),
  isEvent,
  signs: 'eventType, and published, outcome or legacyEventType',
  telling: ['published', 'eventType', 'actor', 'displayMessage'],
  inColumns: new Set(['published', 'eventType', 'severity']),
  table: oktaTable,
  rows: rowsOf,
};

function isEvent(value: unknown): boolean {
  const type = firstText(value, 'eventType');
  if (type === undefined || !/^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/i.test(type)) return false;
  const described = firstText(value, 'legacyEventType', 'displayMessage', 'outcome.result') !== undefined;
  return described || (firstText(value, 'published') !== undefined && typeof at(value, 'actor') === 'object');
}

function rowsOf(event: unknown, { times, system }: EventContext): EventRows | string {
  const code = firstText(event, 'eventType');
  if (code === undefined) return 'The record has no eventType.';
  const published = at(event, 'published');
  if (published === undefined || published === null || published === '') return 'The record has no published time.';
  const time = times.read(published, 'published');
  if (typeof time === 'string') return time;
  const meaning = meaningOf(code);
  const actor = nameOf(at(event, 'actor'));
  const target = targetOf(event, meaning.class);
  const source = sourceOf(event);
  const outcome = outcomeOf(event);
  const spine = {
    ...{ time, system, stream: 'okta', class: meaning.class, activity: meaning.activity, code, actor, target },
    ...{ src_ip: source?.address, src_port: source?.port, outcome },
    severity: firstText(event, 'severity')?.toLowerCase(),
    message: sentence(event, { code, actor, target }),
  };
  return { spine, signIn: signInOf(event, code, meaning) };
}

function signInOf(event: unknown, code: string, { signIn }: Meaning): SignIn | undefined {
  if (!signIn) return undefined;
  return {
    provider: 'okta',
    application: code.endsWith('access_admin_app') ? 'Okta Admin Console' : applicationOf(event),
    method: methodOf(event, code),
    mfa: secondFactor(event, code),
    reason: outcomeOf(event) === 'failure' ? firstText(event, 'outcome.reason') : undefined,
    session: sessionOf(event),
  };
}

/** SKIPPED, CHALLENGE, UNKNOWN and what may come are neither: what was asked for has not ended. */
function outcomeOf(event: unknown): string | undefined {
  const result = firstText(event, 'outcome.result')?.toUpperCase();
  if (result === 'SUCCESS' || result === 'ALLOW') return 'success';
  return result === 'FAILURE' || result === 'DENY' ? 'failure' : undefined;
}

function sessionOf(event: unknown): string | undefined {
  const session = firstText(event, 'authenticationContext.externalSessionId');
  return session === 'unknown' ? undefined : session;
}

/** Address of the client; where Okta leaves it out, the first of the chain of the request. */
function sourceOf(event: unknown) {
  const chain = objectsAt(event, 'request.ipChain').map((hop) => firstText(hop, 'ip'));
  return firstEndpoint(firstText(event, 'client.ipAddress'), ...chain);
}

interface Parties {
  readonly code: string;
  readonly actor: string | undefined;
  readonly target: string | undefined;
}

function sentence(event: unknown, { code, actor, target }: Parties): string {
  const what = firstText(event, 'displayMessage') ?? code;
  const whom = target === undefined || target === actor ? '' : `, ${target}`;
  const result = firstWord(event, 'outcome.result');
  const reason = firstText(event, 'outcome.reason');
  const ending = result === undefined ? '' : `: ${result}${reason === undefined ? '' : ` (${reason})`}`;
  return `${what} by ${actor ?? 'someone not named'}${whom}${ending}.`;
}
