/** What one event of GitHub's audit log says, as rows. Pure: an event in, values out. */
import type { EventContext, EventFormat, EventRows, SignIn } from '../event-records/event-format.ts';
import { Spelling } from '../event-records/spelling.ts';
import { at, firstEndpoint, firstText, firstWord } from '../event-records/values.ts';
import { meaningOf, type Meaning } from './actions.ts';

// Names of the members that are looked at; docs/formats/github-audit.md says what becomes of each.
const names = [
  ...[
    '@timestamp',
    'created_at',
    'action',
    'actor',
    'actor_id',
    'actor_ip',
    'user',
    'user_id',
    'org',
    'repo',
    'repository',
  ],
  ...['business', 'team', 'data', 'external_identity_nameid', 'external_identity_username', 'programmatic_access_type'],
  ...['name', 'branch', 'status_code', 'conclusion', 'session_id', 'hashed_token', 'reason'],
];

export const githubEvents: EventFormat = {
  noun: 'an event of a GitHub audit log',
  files: {
    // Not "events" and "data": events themselves have members of these names, a webhook's a list.
    lists: ['value', 'records', 'Records', 'results', 'audit_log', 'audit_entries', 'auditLogEntries'],
    firstKeys: ['@timestamp', 'action', 'actor', '_document_id', 'actor_ip', 'created_at', 'org', 'active'],
  },
  spelling: new Spelling(names),
  isEvent,
  signs: 'an action of the audit log (category.operation) and an actor, organisation or repository',
  telling: ['action', 'actor', '_document_id'],
  inColumns: new Set(['action', '@timestamp']),
  // Columns of the export are named by their places: `action`, `actor_location.country_code`, `data.team`.
  table: { columns: { timestamp: '@timestamp', repository: 'repo' } },
  rows: rowsOf,
};

function isEvent(value: unknown): boolean {
  const action = firstText(value, 'action');
  if (action === undefined || !/^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/.test(action)) return false;
  const parties = ['actor', 'org', 'repo', 'business', 'user', '_document_id'];
  return firstWord(value, ...parties) !== undefined && at(value, 'eventName') === undefined;
}

function rowsOf(event: unknown, context: EventContext): EventRows | string {
  const code = firstText(event, 'action');
  if (code === undefined) return 'The record has no action.';
  const time = timeOf(event, context);
  if (typeof time === 'string') return time;
  const meaning = meaningOf(code);
  const actor = firstText(event, 'actor') ?? firstText(event, 'external_identity_nameid');
  const target = targetOf(event, code, actor);
  const source = firstEndpoint(firstText(event, 'actor_ip'));
  const outcome = outcomeOf(event, code, meaning);
  const spine = {
    ...{ time, system: systemOf(event) ?? context.system, stream: 'github', class: meaning.class },
    ...{ activity: meaning.activity, code, actor, target, src_ip: source?.address, src_port: source?.port, outcome },
    message: sentence(event, code, actor ?? 'Someone not named', outcome),
  };
  return { spine, signIn: signInOf(event, meaning) };
}

/** `@timestamp` is when it occurred. `created_at` is when it was recorded; some events have only that. */
function timeOf(event: unknown, { times }: EventContext): bigint | string {
  // A lake that cannot name a column "@timestamp" calls it at_sign_timestamp.
  const name = ['@timestamp', 'at_sign_timestamp', 'created_at'].find((each) => isThere(at(event, each)));
  if (name === undefined) return 'The record has neither @timestamp nor created_at.';
  return times.read(at(event, name), name, true);
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function systemOf(event: unknown): string | undefined {
  const owner = nameIn(event, 'org') ?? nameIn(event, 'business') ?? nameIn(event, 'repo')?.split('/', 1)[0];
  return owner === undefined ? undefined : `github:${owner}`;
}

/** The user that was affected, where it is another one than the actor; else the repository, the team, the organisation. */
function targetOf(event: unknown, code: string, actor: string | undefined): string | undefined {
  const user = firstText(event, 'user', 'data.user');
  if (user !== undefined && user !== actor) return user;
  const places = code.startsWith('team.') ? ['team', 'repo'] : ['repo', 'repository', 'team'];
  const place = places.map((name) => nameIn(event, name)).find((name) => name !== undefined);
  return place ?? user ?? nameIn(event, 'org') ?? nameIn(event, 'business');
}

/** A name; of several organisations, which some events of an app have as a list, the first. */
function nameIn(event: unknown, name: string): string | undefined {
  return firstText(event, name, `data.${name}`) ?? firstText(event, `${name}.0`);
}

/** The log has what was done, so most events say nothing of success. */
function outcomeOf(event: unknown, code: string, { signIn }: Meaning): string | undefined {
  if (signIn !== undefined) return signIn.outcome;
  const status = Number(firstWord(event, 'status_code') ?? NaN);
  if (status >= 100 && status < 600) return status < 400 ? 'success' : 'failure';
  if (code.startsWith('workflows.')) return conclusions[firstText(event, 'conclusion') ?? ''];
  return /\.(?:rejected|failed)_/.test(code) ? 'failure' : undefined;
}

const conclusions: Readonly<Record<string, string>> = { success: 'success', failure: 'failure', timed_out: 'failure' };

function signInOf(event: unknown, { signIn }: Meaning): SignIn | undefined {
  if (signIn === undefined) return undefined;
  return {
    provider: 'github',
    application: nameIn(event, 'org') ?? nameIn(event, 'business'),
    method: signIn.method,
    mfa: signIn.mfa,
    reason: signIn.outcome === 'failure' ? firstText(event, 'reason', 'data.reason') : undefined,
    session: firstWord(event, 'session_id', 'data.session_id'),
  };
}

function sentence(event: unknown, code: string, actor: string, outcome: string | undefined): string {
  const user = firstText(event, 'user', 'data.user');
  const parts = [
    user === undefined || user === actor ? undefined : `user ${user}`,
    nameIn(event, 'repo') && `repository ${nameIn(event, 'repo')}`,
    nameIn(event, 'team') && `team ${nameIn(event, 'team')}`,
    nameIn(event, 'org') && `organisation ${nameIn(event, 'org')}`,
  ].filter((part) => part !== undefined);
  const where = parts.length === 0 ? '' : `, ${parts.join(', ')}`;
  return `${actor}: ${code}${where}${outcome === undefined ? '' : `: ${outcome}`}.`;
}
