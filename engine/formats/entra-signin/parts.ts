/**
 * A record of an Entra log, whichever way it came: the object of Microsoft Graph, alone or as `properties` of what Azure
 * Monitor exports, or flat as a Log Analytics workspace gives it.
 */
import { readJsonRecord } from '../framing/json-members.ts';
import { memberOf } from '../cloudtrail/members.ts';
import { at, firstText, firstWord, type Path } from '../event-records/values.ts';

export const signInCategories: readonly string[] = [
  ...['SignInLogs', 'NonInteractiveUserSignInLogs', 'ServicePrincipalSignInLogs', 'ManagedIdentitySignInLogs'],
  ...['ADFSSignInLogs', 'MicrosoftServicePrincipalSignInLogs'],
];

const otherCategories: readonly string[] = [
  ...['AuditLogs', 'ProvisioningLogs', 'RiskyUsers', 'UserRiskEvents', 'RiskyServicePrincipals'],
  ...['ServicePrincipalRiskEvents', 'MicrosoftGraphActivityLogs', 'GraphNotificationsActivityLogs', 'B2CRequestLogs'],
  ...['NetworkAccessTrafficLogs', 'NetworkAccessAlerts', 'RemoteNetworkHealthLogs', 'EnrichedOffice365AuditLogs'],
  ...['NetworkAccessConnectionEvents', 'CustomSecurityAttributeAuditLogs'],
];

const categories: ReadonlyMap<string, string> = new Map(
  [...signInCategories, ...otherCategories].map((name) => [name.toLowerCase(), name]),
);

/** Tables of a Log Analytics workspace, by the category that fills them. */
const tables: Readonly<Record<string, string>> = {
  SigninLogs: 'SignInLogs',
  AADNonInteractiveUserSignInLogs: 'NonInteractiveUserSignInLogs',
  AADServicePrincipalSignInLogs: 'ServicePrincipalSignInLogs',
  AADManagedIdentitySignInLogs: 'ManagedIdentitySignInLogs',
};

/** What the record says in Entra's own words: `properties` first, then the record around it. */
export class EntraRecord {
  readonly properties: unknown;
  /** SignInLogs, AuditLogs, ...; `undefined` where neither the record nor its members say. */
  readonly category: string | undefined;

  constructor(readonly whole: unknown) {
    const properties = memberOf(whole, 'properties');
    this.properties = asObject(properties) ?? whole;
    this.category = this.#findCategory();
  }

  text(...paths: readonly Path[]): string | undefined {
    return firstText(this.properties, ...paths) ?? firstText(this.whole, ...paths);
  }

  word(...paths: readonly Path[]): string | undefined {
    return firstWord(this.properties, ...paths) ?? firstWord(this.whole, ...paths);
  }

  /** A member that is an object or a list; some exports write it as text. */
  part(name: string): unknown {
    const found = at(this.properties, name) ?? at(this.whole, name);
    return asObject(found);
  }

  #findCategory(): string | undefined {
    const named = firstText(this.whole, 'category');
    const known = named === undefined ? undefined : categories.get(named.toLowerCase());
    if (known !== undefined) return known;
    const table = firstText(this.whole, 'Type', 'type') ?? '';
    if (Object.hasOwn(tables, table)) return tables[table];
    if (table === 'AuditLogs' || this.looksLikeAudit) return 'AuditLogs';
    return this.looksLikeSignIn ? this.#signInCategory() : undefined;
  }

  get isSignIn(): boolean {
    return signInCategories.includes(this.category ?? '');
  }

  get looksLikeAudit(): boolean {
    const named = this.text('activityDisplayName') !== undefined;
    return named && (this.part('targetResources') ?? this.part('initiatedBy')) !== undefined;
  }

  get looksLikeSignIn(): boolean {
    const who = this.text(
      'userPrincipalName',
      'userId',
      'servicePrincipalId',
      'servicePrincipalName',
      'userDisplayName',
    );
    const how = ['conditionalAccessStatus', 'authenticationRequirement', 'isInteractive', 'clientAppUsed', 'appId'];
    return who !== undefined && this.text('createdDateTime') !== undefined && this.word(...how) !== undefined;
  }

  #signInCategory(): string {
    const kinds = at(this.properties, 'signInEventTypes');
    const kind = Array.isArray(kinds) && typeof kinds[0] === 'string' ? kinds[0] : '';
    const byKind = Object.hasOwn(eventTypes, kind) ? eventTypes[kind] : undefined;
    const silent = at(this.properties, 'isInteractive') === false;
    return byKind ?? (silent && this.text('userPrincipalName') ? 'NonInteractiveUserSignInLogs' : 'SignInLogs');
  }
}

/** signInEventTypes of Microsoft Graph, by the category of the same sign-ins. */
const eventTypes: Readonly<Record<string, string>> = {
  interactiveUser: 'SignInLogs',
  nonInteractiveUser: 'NonInteractiveUserSignInLogs',
  servicePrincipal: 'ServicePrincipalSignInLogs',
  managedIdentity: 'ManagedIdentitySignInLogs',
};

function asObject(value: unknown): object | undefined {
  if (typeof value === 'object' && value !== null) return value;
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined;
  const read = value.trimStart().startsWith('[') ? listIn(value) : readJsonRecord(value)?.value;
  return typeof read === 'object' && read !== null ? read : undefined;
}

/** A list is put into an object, because the elements of a list alone would be records of their own. */
function listIn(text: string): unknown {
  return memberOf(readJsonRecord(`{"list":${text}}`)?.value, 'list');
}
