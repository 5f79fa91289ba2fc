/** What a record of Entra's audit log says, as rows; and what other logs of Entra say. */
import type { EventRows } from '../event-records/event-format.ts';
import { at, firstEndpoint, firstText, objectsAt } from '../event-records/values.ts';
import type { EntraRecord } from './parts.ts';
import type { Placed } from './placed.ts';
import { levelOf } from './sign-ins.ts';

/** Categories of audit records that are about accounts and what they may do; all others are about settings. */
const accountCategories = new Set(
  [
    ...['UserManagement', 'GroupManagement', 'RoleManagement', 'EntitlementManagement', 'AdministrativeUnit'],
    ...['ProvisioningManagement', 'Provisioning', 'IdentityProtection', 'AccessReviews', 'ExternalUserProfile'],
  ].map((name) => name.toLowerCase()),
);

/** Audit records of any category that give or take rights, or the means to sign in. */
const ABOUT_RIGHTS =
  /\b(?:member|owner|role|eligible|user|account|credential|password|app role assignment|delegated permission grant|consent|security info|authentication method(?!s policy))/i;

export function auditRows(record: EntraRecord, placed: Placed): EventRows {
  const activity = record.text('activityDisplayName') ?? record.text('operationName') ?? 'an activity not named';
  const by = at(record.properties, 'initiatedBy');
  const actor = actorOf(by) ?? firstText(record.whole, 'identity');
  const target = objectsAt(record.properties, 'targetResources')
    .map(nameOf)
    .find((name) => name !== undefined);
  const source = firstEndpoint(
    firstText(by, 'user.ipAddress'),
    record.text('ipAddress'),
    record.text('callerIpAddress'),
  );
  const outcome = outcomeOf(record);
  const spine = {
    ...placed,
    ...{ class: classOf(record, activity), activity: verbOf(record, activity), code: activity, actor, target },
    ...{ src_ip: source?.address, src_port: source?.port, outcome, severity: levelOf(record) },
    message: sentence(record, { activity, actor, target, outcome }),
  };
  return { spine };
}

function classOf(record: EntraRecord, activity: string): string {
  const category = firstText(record.properties, 'category') ?? firstText(record.whole, 'category') ?? '';
  if (category.toLowerCase() === 'authentication') return 'authentication';
  if (/polic(?:y|ies)\b/i.test(activity)) return 'configuration_change';
  if (accountCategories.has(category.toLowerCase())) return 'account_change';
  return ABOUT_RIGHTS.test(activity) ? 'account_change' : 'configuration_change';
}

const verbs: readonly (readonly [string, RegExp])[] = [
  ['create', /^(?:add(?:ed)?|create|invite|register|issue|request)\b/i],
  ['delete', /^(?:delete|remove|hard delete|unregister)\b/i],
  ['disable', /^(?:disable|block|suspend)\b/i],
  ['enable', /^(?:enable|restore|unblock|activate)\b/i],
  ['password_reset', /^reset\b/i],
  ['password_change', /^change (?:user )?password\b/i],
  ['update', /^(?:update|set|change)\b/i],
  ['consent', /^consent\b/i],
];

function verbOf(record: EntraRecord, activity: string): string {
  const found = verbs.find(([, pattern]) => pattern.test(activity))?.[0];
  return found ?? record.text('operationType')?.toLowerCase() ?? 'other';
}

function actorOf(by: unknown): string | undefined {
  const user = firstText(by, 'user.userPrincipalName', 'user.displayName', 'user.id');
  return user ?? firstText(by, 'app.displayName', 'app.servicePrincipalName', 'app.servicePrincipalId', 'app.appId');
}

function nameOf(target: object): string | undefined {
  return firstText(target, 'userPrincipalName', 'displayName', 'id');
}

function outcomeOf(record: EntraRecord): string | undefined {
  const result = record.text('result') ?? record.text('resultSignature') ?? record.text('resultType') ?? '';
  if (/^success/i.test(result)) return 'success';
  return /^(?:fail|timeout)/i.test(result) ? 'failure' : undefined;
}

interface Told {
  readonly activity: string;
  readonly actor: string | undefined;
  readonly target: string | undefined;
  readonly outcome: string | undefined;
}

function sentence(record: EntraRecord, { activity, actor, target, outcome }: Told): string {
  const whom = target === undefined ? '' : `, ${target}`;
  const reason = record.text('resultReason', 'resultDescription');
  const ending = outcome === undefined ? '' : `: ${outcome}${reason === undefined ? '' : ` (${reason})`}`;
  return `${activity} by ${actor ?? 'someone not named'}${whom}${ending}.`;
}

/** Classes of the logs that are neither sign-ins nor audits. */
const otherClasses: Readonly<Record<string, string>> = {
  ProvisioningLogs: 'account_change',
  RiskyUsers: 'detection_finding',
  UserRiskEvents: 'detection_finding',
  RiskyServicePrincipals: 'detection_finding',
  ServicePrincipalRiskEvents: 'detection_finding',
  NetworkAccessAlerts: 'detection_finding',
  NetworkAccessTrafficLogs: 'network_activity',
};

/** Rows of a record of another log of Entra: who, from where and what, where it says so under the usual names. */
export function otherRows(record: EntraRecord, placed: Placed): EventRows {
  const category = record.category ?? 'other';
  const actor = record.text(
    'userPrincipalName',
    'userDisplayName',
    'servicePrincipalDisplayName',
    'userId',
    'servicePrincipalId',
  );
  const source = firstEndpoint(record.text('ipAddress'), record.text('callerIpAddress'));
  const operation = record.text('operationName') ?? category;
  const spine = {
    ...placed,
    ...{ class: otherClasses[category] ?? 'api_activity', activity: 'other', code: category, actor },
    ...{ src_ip: source?.address, src_port: source?.port, severity: levelOf(record) },
    message: `${operation}${actor === undefined ? '' : ` of ${actor}`}.`,
  };
  return { spine };
}
