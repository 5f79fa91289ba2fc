/**
 * What the portal gives as CSV: sign-ins of users, of service principals and of managed identities, and audit records.
 * A row becomes the object that Microsoft Graph gives for the same record, so that both are read by the same rules.
 */
import type { Recognition } from '../format.ts';
import { CsvParser } from '../framing/csv.ts';
import { findPlaces, plainName, type Places } from '../framing/csv-table.ts';

export type DownloadKind = 'sign-ins' | 'audit';

/** Where in a Graph object a column belongs, and what headers call it, without spaces and signs. */
const signInColumns: Readonly<Record<string, readonly string[]>> = {
  createdDateTime: ['dateutc', 'date'],
  id: ['requestid'],
  correlationId: ['correlationid'],
  userId: ['userid'],
  userDisplayName: ['user'],
  userPrincipalName: ['username'],
  signInIdentifier: ['signinidentifier'],
  servicePrincipalId: ['serviceprincipalid', 'managedidentityserviceprincipalid'],
  servicePrincipalName: ['serviceprincipalname', 'managedidentityname'],
  authenticationProtocol: ['authenticationprotocol'],
  clientCredentialType: ['clientcredentialtype'],
  appDisplayName: ['application'],
  appId: ['applicationid'],
  resourceDisplayName: ['resource'],
  resourceTenantId: ['resourcetenantid'],
  homeTenantId: ['hometenantid'],
  ipAddress: ['ipaddress'],
  resultType: ['status'],
  'status.errorCode': ['signinerrorcode'],
  'status.failureReason': ['failurereason'],
  'status.additionalDetails': ['multifactorauthenticationresult', 'mfaresult'],
  'mfaDetail.authMethod': ['multifactorauthenticationauthmethod', 'mfaauthmethod'],
  authenticationRequirement: ['authenticationrequirement'],
  conditionalAccessStatus: ['conditionalaccess'],
  sessionId: ['sessionid'],
};

const auditColumns: Readonly<Record<string, readonly string[]>> = {
  activityDateTime: ['dateutc', 'date'],
  correlationId: ['correlationid'],
  loggedByService: ['service'],
  category: ['category'],
  activityDisplayName: ['activity'],
  result: ['result'],
  resultReason: ['resultreason'],
  'initiatedBy.user.userPrincipalName': ['actoruserprincipalname'],
  'initiatedBy.user.id': ['actorobjectid'],
  'initiatedBy.user.ipAddress': ['ipaddress'],
  'initiatedBy.app.displayName': ['actorserviceprincipalname', 'actordisplayname'],
  'initiatedBy.app.servicePrincipalId': ['actorserviceprincipalid'],
  'target1.type': ['target1type'],
  'target1.userPrincipalName': ['target1userprincipalname'],
  'target1.displayName': ['target1displayname'],
  'target1.id': ['target1objectid'],
};

/** Columns without which a file is no such download, of each of these groups one. */
const needed: Readonly<Record<DownloadKind, readonly (readonly string[])[]>> = {
  'sign-ins': [
    ['dateutc'],
    ['username', 'user', 'serviceprincipalid', 'serviceprincipalname', 'managedidentityname'],
    ['status', 'signinerrorcode'],
    ['requestid', 'correlationid', 'conditionalaccess'],
    ['resource', 'application'],
  ],
  audit: [
    ['dateutc', 'date'],
    ['activity'],
    ['actortype', 'actoruserprincipalname'],
    ['target1displayname', 'target1type'],
  ],
};

/** A header that was understood: what kind of download it is, and where its columns stand. */
export interface Download {
  readonly kind: DownloadKind;
  readonly places: Places;
}

/** The download that a header belongs to, if any. */
export function downloadOf(header: readonly string[]): Download | undefined {
  const names = new Set(header.map(plainName));
  const kinds: readonly DownloadKind[] = ['sign-ins', 'audit'];
  const kind = kinds.find((each) => needed[each].every((group) => group.some((name) => names.has(name))));
  if (kind === undefined) return undefined;
  return { kind, places: findPlaces(header, kind === 'audit' ? auditColumns : signInColumns) };
}

/** The Graph object of a row. A word that is no number in the column of the error code is none. */
export function graphObject({ kind, places }: Download, fields: readonly string[]): object {
  const object: Record<string, unknown> = {};
  for (const [path, columns] of places) {
    const text = columns.map((i) => fields[i]?.trim() ?? '').find((cell) => cell !== '');
    if (text !== undefined) put(object, path.split('.'), text);
  }
  const target = object['target1'];
  if (target !== undefined) object['targetResources'] = [target];
  // What Graph always has, and the portal leaves out when a row has nothing in it.
  if (kind === 'audit') object['targetResources'] ??= [];
  else object['conditionalAccessStatus'] ??= 'unknown';
  return object;
}

function put(object: Record<string, unknown>, path: readonly string[], text: string): void {
  let within = object;
  for (const name of path.slice(0, -1)) within = (within[name] ??= {}) as Record<string, unknown>;
  within[path.at(-1)!] = text;
}

/** Decides by the header alone. */
export function recogniseDownload(head: Uint8Array): Recognition {
  let header: readonly string[] = [];
  const parser = new CsvParser({
    header: (row) => {
      header = row.fields;
      return false;
    },
    row: () => undefined,
  });
  parser.push(head);
  parser.finish();
  const download = downloadOf(header);
  if (download === undefined) return { confidence: 0, reason: 'The header is none of a download of Microsoft Entra.' };
  const reason = `The header has ${download.places.size} columns of ${download.kind} as the Entra portal downloads them.`;
  return { confidence: 0.97, reason };
}
