/** What one audit event of Teleport says, as rows. Pure: an event in, values out. */
import type { EventContext, EventFormat, EventRows, SignIn } from '../event-records/event-format.ts';
import { signInMethod } from '../event-records/sign-in-method.ts';
import { Spelling } from '../event-records/spelling.ts';
import { at, firstEndpoint, firstText } from '../event-records/values.ts';
import { meaningOf, type Meaning } from './meaning.ts';

/** T1000I, TLK00I: T, the kind, and a letter, I, W or E for how grave it is (S for the end of a forwarded port). */
const CODE = /^T[A-Z0-9]{2,12}([IWES])$/;
/** Kinds that are newer do without the T: IG001I, DC001I, SHU001I. */
const SHORT_CODE = /^[A-Z]{2,6}\d{3}([IWES])$/;

export const teleportEvents: EventFormat = {
  noun: 'a Teleport audit event',
  files: {
    lists: ['events', 'items', 'Records', 'records', 'value', 'logs', 'results'],
    firstKeys: ['ei', 'event', 'code', 'uid', 'time', 'addr.local', 'addr.remote', 'cluster_name'],
  },
  // Names are read as they are: several have dots in them.
  spelling: new Spelling([]),
  isEvent,
  signs: 'event, and a code of Teleport (T1000I)',
  telling: ['event', 'code', 'uid', 'cluster_name'],
  inColumns: new Set(['time', 'event']),
  table: { columns: {} },
  rows: rowsOf,
};

function isEvent(value: unknown): boolean {
  const code = firstText(value, 'code') ?? '';
  if (firstText(value, 'event') === undefined) return false;
  return CODE.test(code) || (SHORT_CODE.test(code) && firstText(value, 'uid') !== undefined);
}

function rowsOf(event: unknown, { times, system }: EventContext): EventRows | string {
  const code = firstText(event, 'event');
  if (code === undefined) return 'The record has no event.';
  if (!isEvent(event)) return 'The record has no code of Teleport, like T1000I.';
  const written = at(event, 'time');
  if (written === undefined || written === null || written === '') return 'The record has no time.';
  const time = times.read(written, 'time');
  if (typeof time === 'string') return time;
  const meaning = meaningOf(code);
  const parties = { actor: firstText(event, 'user', 'bot_name'), target: targetOf(event, meaning) };
  const outcome = outcomeOf(event);
  const spine = {
    ...{ time, system: firstText(event, 'server_hostname', 'cluster_name') ?? system, stream: 'teleport' },
    ...{ class: meaning.class, activity: meaning.activity, code, ...parties, ...placesOf(event), outcome },
    ...{ severity: severityOf(event), sequence: indexOf(event), message: sentence(event, { ...parties, outcome }) },
  };
  return { spine, signIn: meaning.signIn ? signInOf(event, outcome) : undefined };
}

/** A member whose name has a dot in it. */
function dotted(event: unknown, name: string): string | undefined {
  const value: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, name) : undefined;
  return typeof value === 'string' ? value.toWellFormed() : undefined;
}

/** Who connected; of a connection made in a session, from where to where. */
function placesOf(event: unknown) {
  const source = firstEndpoint(dotted(event, 'addr.remote'), firstText(event, 'src_addr'));
  const destination = firstEndpoint(firstText(event, 'dst_addr'));
  const port = at(event, 'dst_port');
  const isPort = typeof port === 'number' && Number.isInteger(port) && port >= 0 && port < 65_536;
  return {
    ...{ src_ip: source?.address, src_port: source?.port, dst_ip: destination?.address },
    dst_port: isPort ? port : undefined,
  };
}

function targetOf(event: unknown, { signIn }: Meaning): string | undefined {
  if (signIn) return firstText(event, 'user', 'bot_name');
  const named = firstText(event, 'path', 'command', 'db_service', 'app_name', 'name', 'resource_name', 'target.user');
  const login = firstText(event, 'login');
  const host = firstText(event, 'server_hostname', 'server_id');
  return named ?? (login !== undefined && host !== undefined ? `${login}@${host}` : (host ?? login));
}

/** `success` where the event has it; else how a command ended. The letter of the code is how grave it is, no outcome. */
function outcomeOf(event: unknown): string | undefined {
  const success = at(event, 'success') ?? at(event, 'status.success');
  if (typeof success === 'boolean') return success ? 'success' : 'failure';
  const exit = [at(event, 'return_code'), at(event, 'exitCode'), at(event, 'exit_code')].find(
    (value) => value !== undefined && value !== null && value !== '',
  );
  if (exit !== undefined) return String(exit) === '0' ? 'success' : 'failure';
  return firstText(event, 'error', 'exitError') === undefined ? undefined : 'failure';
}

const severities: Readonly<Record<string, string>> = { I: 'info', W: 'warning', E: 'error' };

function severityOf(event: unknown): string | undefined {
  return severities[firstText(event, 'code')?.at(-1) ?? ''];
}

/** Number of the event within its session. */
function indexOf(event: unknown): number | undefined {
  const index = at(event, 'ei');
  return typeof index === 'number' && Number.isSafeInteger(index) ? index : undefined;
}

function signInOf(event: unknown, outcome: string | undefined): SignIn {
  const device = at(event, 'mfa_device');
  return {
    provider: 'teleport',
    application: firstText(event, 'cluster_name'),
    method: signInMethod(firstText(event, 'method')),
    mfa: typeof device === 'object' && device !== null ? true : undefined,
    reason: outcome === 'failure' ? firstText(event, 'error', 'message') : undefined,
    session: firstText(event, 'sid'),
  };
}

interface Told {
  readonly actor: string | undefined;
  readonly target: string | undefined;
  readonly outcome: string | undefined;
}

function sentence(event: unknown, { actor, target, outcome }: Told): string {
  const what = firstText(event, 'event') ?? '';
  const whom = target === undefined || target === actor ? '' : `, ${target}`;
  const error = firstText(event, 'error', 'exitError');
  const ending = [outcome, error === undefined ? undefined : `(${error})`].filter((part) => part !== undefined);
  return `${what} by ${actor ?? 'someone not named'}${whom}${ending.length === 0 ? '' : `: ${ending.join(' ')}`}.`;
}
