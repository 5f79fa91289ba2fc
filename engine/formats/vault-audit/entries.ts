/** What one entry of the audit device says, as rows. Pure: an entry in, values out. */
import type { EventContext, EventFormat, EventRows, SignIn } from '../event-records/event-format.ts';
import { signInMethod } from '../event-records/sign-in-method.ts';
import { Spelling } from '../event-records/spelling.ts';
import { at, firstEndpoint, firstText, shown } from '../event-records/values.ts';
import { authUseOf, mountNameOf, mountTypeOf, type AuthUse } from './paths.ts';

export const auditEntries: EventFormat = {
  noun: 'an entry of a Vault audit device',
  files: {
    lists: ['entries', 'events', 'Records', 'records', 'value', 'logs', 'items', 'results'],
    firstKeys: ['time', 'type', 'auth', 'request', 'error', '@timestamp'],
  },
  // Names are read as they are: data of a request may hold any name.
  spelling: new Spelling([]),
  isEvent,
  signs: 'type request or response, and a request with an id or a path',
  telling: ['type', 'request', 'operation', 'path'],
  inColumns: new Set(['time']),
  table: { columns: {} },
  rows: rowsOf,
};

function isEvent(value: unknown): boolean {
  const type = firstText(value, 'type');
  const isEntry = type === 'request' || type === 'response';
  return isEntry && firstText(value, 'request.id', 'request.path') !== undefined && isObject(at(value, 'request'));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rowsOf(entry: unknown, { times, system }: EventContext): EventRows | string {
  const type = firstText(entry, 'type');
  if (type !== 'request' && type !== 'response')
    return type === undefined ? 'The record has no type.' : `type ${shown(type)} is neither request nor response.`;
  if (!isEvent(entry)) return 'The record has no request with an id or a path.';
  const written = at(entry, 'time');
  if (written === undefined || written === null || written === '') return 'The record has no time.';
  const time = times.read(written, 'time');
  if (typeof time === 'string') return time;
  const use = authUseOf(entry);
  const source = firstEndpoint(firstText(entry, 'request.remote_address'));
  const outcome = type === 'response' ? outcomeOf(entry, use) : undefined;
  const parties = { actor: actorOf(entry, use), target: targetOf(entry) };
  const spine = {
    ...{ time, system, stream: 'vault', class: classOf(entry, use) },
    ...{ activity: type === 'request' ? 'request' : activityOf(entry, use) },
    ...{ code: firstText(entry, 'request.operation'), ...parties, src_ip: source?.address },
    ...{ src_port: portOf(entry) ?? source?.port, outcome, message: sentence(entry, { ...parties, outcome }) },
  };
  return { spine, signIn: type === 'response' ? signInOf(entry, use) : undefined };
}

function portOf(entry: unknown): number | undefined {
  const port = at(entry, 'request.remote_port');
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

const changing = new Set(['create', 'update', 'patch', 'delete']);

function classOf(entry: unknown, use: AuthUse | undefined): string {
  if (use?.kind === 'logon' || use?.kind === 'token') return 'authentication';
  const path = firstText(entry, 'request.path') ?? '';
  if (!changing.has(firstText(entry, 'request.operation') ?? '')) return 'api_activity';
  if (/^sys\/audit(?:\/|$)/.test(path)) return 'event_log_activity';
  if (use?.kind === 'accounts' || path.startsWith('identity/')) return 'account_change';
  if (/^sys\/(?:leases|tools|wrapping|capabilities|internal|metrics|pprof)\b/.test(path)) return 'api_activity';
  return path.startsWith('sys/') ? 'configuration_change' : 'api_activity';
}

function activityOf(entry: unknown, use: AuthUse | undefined): string {
  if (use?.kind === 'logon') return 'logon';
  if (use?.kind === 'token') return use.activity;
  const operation = firstText(entry, 'request.operation');
  const path = firstText(entry, 'request.path') ?? '';
  if (/^sys\/audit\//.test(path) && (operation === 'update' || operation === 'create')) return 'enable';
  if (/^sys\/audit\//.test(path) && operation === 'delete') return 'disable';
  return operation === undefined ? 'other' : operation === 'patch' ? 'update' : operation;
}

/**
 * A response with an error failed. A log-in without an error succeeded if a token was given (or was wrapped); without
 * one it waits for a second factor, or the browser has not come back yet.
 */
function outcomeOf(entry: unknown, use: AuthUse | undefined): 'success' | 'failure' | undefined {
  if (firstText(entry, 'error') !== undefined || at(entry, 'auth.policy_results.allowed') === false) return 'failure';
  if (use?.kind !== 'logon') return 'success';
  const given = firstText(entry, 'response.auth.accessor', 'response.auth.client_token', 'response.wrap_info.token');
  return given === undefined ? undefined : 'success';
}

/**
 * Display name of the token; for a log-in, of the one that it gave. One that failed has none: the account in its path
 * is written as Vault would, with the mount before it.
 */
function actorOf(entry: unknown, use: AuthUse | undefined): string | undefined {
  if (use?.kind !== 'logon') return firstText(entry, 'auth.display_name', 'auth.entity_id');
  const known = firstText(entry, 'response.auth.display_name', 'auth.display_name', 'response.auth.entity_id');
  const mount = mountNameOf(entry)?.replaceAll('/', '-');
  return known ?? (use.name === undefined || mount === undefined ? mount : `${mount}-${use.name}`.toWellFormed());
}

/** Path with the namespace before it, as it would be called from the root namespace. */
function targetOf(entry: unknown): string | undefined {
  const path = firstText(entry, 'request.path');
  return path === undefined ? undefined : `${firstText(entry, 'request.namespace.path') ?? ''}${path}`;
}

/** Log-ins, and tokens that one makes of another. A token that is looked up, renewed or revoked begins no session. */
function signInOf(entry: unknown, use: AuthUse | undefined): SignIn | undefined {
  const begins = use?.kind === 'logon' || (use?.kind === 'token' && use.activity === 'token_issue');
  if (!begins) return undefined;
  const error = errorOf(entry);
  return {
    provider: 'vault',
    application: mountNameOf(entry),
    method: methodOf(entry),
    mfa: secondFactor(entry),
    reason: error,
    session: firstText(entry, 'response.auth.accessor', 'response.wrap_info.wrapped_accessor'),
  };
}

/** The type of the mount; where the entry does not say it, the name of the mount, which is the same unless changed. */
function methodOf(entry: unknown): string | undefined {
  if (/mfa\/validate$/.test(firstText(entry, 'request.path') ?? '')) return 'mfa';
  return signInMethod(mountTypeOf(entry) ?? mountNameOf(entry));
}

/** Vault says it only by the request: one that validates a second factor, or that brings it in a header, also in vain. */
function secondFactor(entry: unknown): boolean | undefined {
  if (/mfa\/validate$/.test(firstText(entry, 'request.path') ?? '')) return true;
  const headers = at(entry, 'request.headers');
  if (typeof headers !== 'object' || headers === null) return undefined;
  return Object.keys(headers).some((name) => name.toLowerCase() === 'x-vault-mfa') ? true : undefined;
}

/** The error in one line: Vault writes lists of errors over several. */
function errorOf(entry: unknown): string | undefined {
  const error = firstText(entry, 'error');
  const text = error
    ?.replace(/^\d+ errors? occurred:\s*\* /, '')
    .replace(/\s+/g, ' ')
    .trim();
  return text === undefined || text === '' ? error : text;
}

interface Told {
  readonly actor: string | undefined;
  readonly target: string | undefined;
  readonly outcome: string | undefined;
}

function sentence(entry: unknown, { actor, target, outcome }: Told): string {
  const operation = firstText(entry, 'request.operation') ?? 'a call';
  const from = firstText(entry, 'request.remote_address');
  const where = from === undefined ? '' : ` from ${from}`;
  const error = errorOf(entry);
  const ending = [outcome, error === undefined ? undefined : `(${error})`].filter((part) => part !== undefined);
  const asked = firstText(entry, 'type') === 'request' ? 'asked for' : 'was answered';
  const what = `${actor ?? 'Someone not named'} ${asked} ${operation} of ${target ?? 'a path not named'}${where}`;
  return `${what}${ending.length === 0 ? '' : `: ${ending.join(' ')}`}.`;
}
