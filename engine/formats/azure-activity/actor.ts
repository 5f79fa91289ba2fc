/** Who made an Azure request: the caller, or what the token's claims say of them. */
import { memberOf } from '../cloudtrail/members.ts';
import { readJsonRecord } from '../framing/json-members.ts';
import { at, firstText } from '../event-records/values.ts';

const CLAIM = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';

// Names a person can read before identifiers.
const claimNames = [
  ...[`${CLAIM}upn`, `${CLAIM}name`, 'upn', 'unique_name', 'preferred_username', `${CLAIM}emailaddress`, 'name'],
  ...['appid', 'http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid', `${CLAIM}nameidentifier`],
];

/** The actor as the record names it; `undefined` where nobody is named, as for what Azure does by itself. */
export function actorOf(record: unknown): string | undefined {
  const caller = firstText(record, 'caller', 'properties.caller');
  if (caller !== undefined) return caller;
  const claims = claimsOf(record);
  const names = claimNames.map((name) => memberOf(claims, name));
  const found = names.find((name): name is string => typeof name === 'string' && name !== '');
  return found?.toWellFormed() ?? requester(record) ?? firstText(record, 'identity');
}

/** Address in the claims, where the request itself has none. */
export function claimedAddress(record: unknown): string | undefined {
  return firstText(claimsOf(record), 'ipaddr');
}

function claimsOf(record: unknown): unknown {
  const claims = at(record, 'claims') ?? at(record, 'identity.claims');
  // A Log Analytics workspace gives the claims as text, PowerShell with "Content" around them.
  if (typeof claims === 'string') return claims.startsWith('{') ? readJsonRecord(claims)?.value : undefined;
  return at(claims, 'Content') ?? claims;
}

/** Logs of a resource (storage, key vault) put who asked in other places. */
function requester(record: unknown): string | undefined {
  return firstText(record, 'identity.requester.upn', 'identity.requester.appId', 'identity.requester.objectId');
}
