import { signInMethod } from '../event-records/sign-in-method.ts';
import { firstText } from '../event-records/values.ts';
import type { EntraRecord } from './parts.ts';

const MULTI = /multi.?factor|^mfa\b/i;
/** What Entra writes when a second factor was given now, or stands in the token from before. */
const SATISFIED = /^MFA (?:requirement satisfied|successfully completed|completed)/i;

/**
 * Whether a sign-in used a second factor, as far as the record says.
 *
 * True: a step of `authenticationDetails` is one of multi-factor authentication, or `status.additionalDetails` or
 * `mfaDetail` tell of one, or the sign-in succeeded and its requirement was multiFactorAuthentication. A second factor
 * that an earlier sign-in gave (a claim in the token) counts. False: the requirement was singleFactorAuthentication and
 * nothing tells of more. NULL: the record says neither, as for service principals, or the sign-in failed before.
 */
export function secondFactor(record: EntraRecord, outcome: string | undefined): boolean | undefined {
  if (tellsOfOne(record)) return true;
  const requirement = record.text('authenticationRequirement') ?? '';
  if (MULTI.test(requirement)) return outcome === 'success' ? true : undefined;
  return /^single.?factor/i.test(requirement) ? false : undefined;
}

function tellsOfOne(record: EntraRecord): boolean {
  if (stepsOf(record).some(isSecond)) return true;
  const details = firstText(record.part('status'), 'additionalDetails');
  if (details !== undefined && SATISFIED.test(details)) return true;
  return firstText(record.part('mfaDetail'), 'authMethod') !== undefined;
}

function isSecond(step: object): boolean {
  const result = firstText(step, 'authenticationStepResultDetail') ?? '';
  return SATISFIED.test(result) || MULTI.test(firstText(step, 'authenticationStepRequirement') ?? '');
}

function stepsOf(record: EntraRecord): readonly object[] {
  const steps = record.part('authenticationDetails');
  return Array.isArray(steps) ? steps.filter((step): step is object => typeof step === 'object' && step !== null) : [];
}

/** The methods of its steps, lower case; else the second factor, the protocol, the kind of credential. */
export function methodOf(record: EntraRecord): string | undefined {
  const methods = stepsOf(record).map((step) => firstText(step, 'authenticationMethod'));
  const second = firstText(record.part('mfaDetail'), 'authMethod');
  const distinct = new Set([...methods, second].filter((method) => method !== undefined).map(signInMethod));
  if (distinct.size > 0) return [...distinct].join(', ');
  const others = [record.text('authenticationProtocol'), record.text('clientCredentialType')];
  return signInMethod(others.find((text) => text !== undefined && text.toLowerCase() !== 'none'));
}
