/** Whose export a list of accounts is, by the names in its header. */
import type { HeaderNames } from '../framing/table-words.ts';

export type Provider = 'aws' | 'okta' | 'entra' | 'google';

// Names (in lower case, without signs) that only this provider's exports have together.
const signatures: readonly (readonly [provider: Provider, names: readonly string[]])[] = [
  ['aws', ['user', 'arn', 'usercreationtime', 'mfaactive']],
  ['entra', ['userprincipalname', 'accountenabled']],
  ['entra', ['userprincipalname', 'createddatetime']],
  ['google', ['emailaddressrequired', 'statusreadonly']],
  ['google', ['emailaddressrequired', 'lastsigninreadonly']],
  ['google', ['primaryemail', 'isenrolledin2sv']],
  ['google', ['primaryemail', 'suspended']],
  ['okta', ['status', 'statuschanged', 'activated']],
  ['okta', ['profilelogin', 'status']],
];

/** The provider whose export has such a header; `undefined` for a list that is nobody's. */
export function providerOf(header: HeaderNames): Provider | undefined {
  return signatures.find(([, names]) => header.has(...names))?.[0];
}
