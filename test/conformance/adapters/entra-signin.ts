import { entraSignin } from '../../../engine/formats/entra-signin/entra-signin.ts';
import { eventLogAdapter, type Rule } from '../event-log.ts';
import { memberAt } from '../reading.ts';
import { spelled } from '../spelling.ts';

/** Of a record as Azure Monitor exports it: the record of Graph in it. */
const inner = (event: unknown, ...names: readonly string[]): unknown => {
  const properties = spelled(event, 'properties') ?? event;
  return names.map((name) => spelled(properties, name)).find((value) => value !== undefined && value !== '');
};
const outer = (event: unknown, name: string): unknown => spelled(event, name);

const isAudit = (event: unknown): boolean => inner(event, 'activityDisplayName') !== undefined;
const isSignIn = (event: unknown): boolean => /SignInLogs$/i.test(String(outer(event, 'category')));

function code(event: unknown): unknown {
  return isAudit(event) ? inner(event, 'activityDisplayName') : outer(event, 'category');
}

function initiator(event: unknown): unknown {
  const by = inner(event, 'initiatedBy');
  const user = memberAt(by, 'user', 'userPrincipalName') ?? memberAt(by, 'user', 'displayName');
  return user ?? memberAt(by, 'app', 'displayName');
}

const USER_NAMES = [
  'userPrincipalName',
  'signInIdentifier',
  'userDisplayName',
  'servicePrincipalName',
  'servicePrincipalId',
  'userId',
  'identity',
];

const rules: readonly Rule[] = [
  {
    field: 'tenantId',
    column: 'events.system',
    kind: 'text',
    theirs: (event) =>
      outer(event, 'tenantId') === undefined ? undefined : `entra:${String(outer(event, 'tenantId'))}`,
    ifSaid: true,
  },
  {
    field: 'code',
    column: 'events.code',
    kind: 'text',
    theirs: code,
  },
  {
    field: 'actor',
    column: 'events.actor',
    kind: 'text',
    theirs: (event) => (isAudit(event) ? initiator(event) : inner(event, ...USER_NAMES)),
  },
  {
    field: 'address',
    column: 'events.src_ip',
    kind: 'text',
    theirs: (event) =>
      inner(event, 'ipAddress') ??
      memberAt(inner(event, 'initiatedBy'), 'user', 'ipAddress') ??
      outer(event, 'callerIpAddress'),
  },
  { field: 'Level', column: 'events.severity', kind: 'text', theirs: (event) => outer(event, 'level') },
  { field: 'outcome', column: 'events.outcome', kind: 'text', theirs: (event) => outcome(event) },
  {
    field: 'application',
    column: 'authentications.application',
    kind: 'text',
    theirs: (event) => (isSignIn(event) ? inner(event, 'appDisplayName', 'resourceDisplayName', 'appId') : undefined),
  },
];

function outcome(event: unknown): unknown {
  if (isAudit(event)) return inner(event, 'result');
  if (!isSignIn(event)) return undefined;
  const code =
    memberAt(inner(event, 'status'), 'errorCode') ?? outer(event, 'resultType') ?? inner(event, 'resultType');
  if (code === undefined) return undefined;
  return Number(code) === 0 || String(code).toLowerCase() === 'success' ? 'success' : 'failure';
}

/** Entra's sign-in and audit logs: rule tests of Panther. */
export const entra = eventLogAdapter({
  folders: ['entra-signin'],
  format: entraSignin,
  time: (event) => inner(event, 'createdDateTime', 'activityDateTime') ?? outer(event, 'time'),
  code,
  rules,
  notInFields: () => false,
  others: {},
});
