/** Words for the ways to sign in that products call differently; all others stay as the record has them. */
const same: Readonly<Record<string, string>> = {
  userpass: 'password',
  pwd: 'password',
  password_as_factor: 'password',
  cert: 'certificate',
  x509certificate: 'certificate',
  'x.509 certificate': 'certificate',
  saml20: 'saml',
  'saml2.0': 'saml',
  saml2: 'saml',
  inbound_saml: 'saml',
  openidconnect: 'oidc',
};

/** The word that `authentications` has for a method, lower case: `userpass` of Vault is a `password`, as elsewhere. */
export function signInMethod(word: string | undefined): string | undefined {
  const lower = word?.toLowerCase();
  return lower !== undefined && Object.hasOwn(same, lower) ? same[lower] : lower;
}
