import { signInMethod } from '../event-records/sign-in-method.ts';
import { at, firstText } from '../event-records/values.ts';

// Factors of Okta's list that prove no more than the first one did.
const firstFactors = new Set(['PASSWORD_AS_FACTOR', 'PASSWORD', 'IDP', 'FEDERATED']);

/**
 * Whether a sign-in used a second factor. True: it is the verification of one (`auth_via_mfa` with another factor than
 * the password), or it names a second method. Otherwise the event does not say: Okta writes one event for each step,
 * and `authenticationStep`, which would tell them apart, is documented as always 0. Never false.
 */
export function secondFactor(event: unknown, eventType: string): boolean | undefined {
  if (eventType === 'user.authentication.auth_via_mfa') {
    const factor = factorOf(event);
    return factor !== undefined && firstFactors.has(factor.toUpperCase()) ? undefined : true;
  }
  if (firstText(event, 'debugContext.debugData.authMethodSecondType') !== undefined) return true;
  const step = at(event, 'authenticationContext.authenticationStep');
  return typeof step === 'number' && step > 0 ? true : undefined;
}

/** How the actor proved who it is: the factor, the credential, or the way of the sign-in; lower case. */
export function methodOf(event: unknown, eventType: string): string | undefined {
  const way = /^user\.authentication\.auth_via_(.+)$/.exec(eventType)?.[1];
  const named = factorOf(event) ?? firstText(event, 'authenticationContext.credentialType');
  return signInMethod(named ?? (way === 'mfa' ? undefined : way));
}

function factorOf(event: unknown): string | undefined {
  return firstText(event, 'debugContext.debugData.factor');
}
