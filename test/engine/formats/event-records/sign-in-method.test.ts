import { expect, test } from 'vitest';
import { signInMethod } from '../../../../engine/formats/event-records/sign-in-method.ts';

test.each([
  ['userpass', 'password'],
  ['PASSWORD_AS_FACTOR', 'password'],
  ['Password', 'password'],
  ['cert', 'certificate'],
  ['X.509 Certificate', 'certificate'],
  ['saml20', 'saml'],
  ['inbound_SAML', 'saml'],
  ['local', 'local'],
  ['Microsoft Authenticator', 'microsoft authenticator'],
  ['constructor', 'constructor'],
  [undefined, undefined],
])('%j is %j', (written, word) => {
  expect(signInMethod(written)).toBe(word);
});
