/** What a sign-in to Microsoft Entra says, as rows. */
import type { EventRows, SignIn } from '../event-records/event-format.ts';
import { firstEndpoint, firstText, firstWord } from '../event-records/values.ts';
import type { EntraRecord } from './parts.ts';
import { methodOf, secondFactor } from './second-factor.ts';
import type { Placed } from './placed.ts';

export function signInRows(record: EntraRecord, placed: Placed): EventRows {
  const outcome = outcomeOf(record);
  const actor = actorOf(record);
  const application = record.text('appDisplayName') ?? record.text('resourceDisplayName') ?? record.text('appId');
  const source = firstEndpoint(record.text('ipAddress'), record.text('callerIpAddress'));
  const reason = outcome === 'success' ? undefined : reasonOf(record);
  const spine = {
    ...placed,
    ...{
      class: 'authentication',
      activity: 'logon',
      code: record.category ?? 'SignInLogs',
      actor,
      target: application,
    },
    ...{ src_ip: source?.address, src_port: source?.port, outcome, severity: levelOf(record) },
    message: sentence(record, { actor, application, outcome, reason }),
  };
  const signIn: SignIn = {
    provider: 'entra',
    application,
    method: methodOf(record),
    mfa: secondFactor(record, outcome),
    reason,
    session: record.text('sessionId'),
  };
  return { spine, signIn };
}

/** `level` of Azure Monitor, where it is there; Microsoft Graph has none. */
export function levelOf(record: EntraRecord): string | undefined {
  return firstWord(record.whole, 'level', 'Level')?.toLowerCase();
}

function actorOf(record: EntraRecord): string | undefined {
  const user = record.text('userPrincipalName') ?? record.text('signInIdentifier') ?? record.text('userDisplayName');
  const machine = record.text('servicePrincipalName') ?? record.text('servicePrincipalId');
  return user ?? machine ?? record.text('userId') ?? firstText(record.whole, 'identity');
}

/** 0 is a success, every other code none: failures, and interrupts that asked for something more. */
function outcomeOf(record: EntraRecord): string | undefined {
  const code = codeOf(record);
  if (code !== undefined) return code === '0' ? 'success' : 'failure';
  const said = record.text('resultType') ?? record.text('resultSignature') ?? record.text('result') ?? '';
  if (/^succe/i.test(said)) return 'success';
  return /^(?:fail|interrupt)/i.test(said) ? 'failure' : undefined;
}

function codeOf(record: EntraRecord): string | undefined {
  const status = firstWord(record.part('status'), 'errorCode') ?? firstWord(record.whole, 'resultType');
  return status !== undefined && /^\d{1,9}$/.test(status.trim()) ? String(Number(status)) : undefined;
}

function reasonOf(record: EntraRecord): string | undefined {
  const status = record.part('status');
  const said = [
    firstText(status, 'failureReason'),
    record.text('resultDescription'),
    firstText(status, 'additionalDetails'),
  ];
  // Entra writes "Other." where it has no words for the code.
  const told = said.find((text) => text !== undefined && text !== 'Other.' && text !== 'None');
  const code = codeOf(record);
  return told ?? (code === undefined ? undefined : `error ${code}`);
}

interface Told {
  readonly actor: string | undefined;
  readonly application: string | undefined;
  readonly outcome: string | undefined;
  readonly reason: string | undefined;
}

function sentence(record: EntraRecord, { actor, application, outcome, reason }: Told): string {
  const isSilent = record.category === 'NonInteractiveUserSignInLogs';
  const silent = isSilent ? ' without being asked' : '';
  const where = application === undefined ? '' : ` to ${application}`;
  const from = record.text('ipAddress') ?? record.text('callerIpAddress');
  const code = codeOf(record);
  const why =
    reason === undefined ? '' : ` (${code === undefined || reason.endsWith(code) ? '' : `${code}: `}${reason})`;
  const ending = outcome === undefined ? '' : `: ${outcome}${outcome === 'failure' ? why : ''}`;
  return `${actor ?? 'Someone not named'} signed in${where}${silent}${from === undefined ? '' : ` from ${from}`}${ending}.`;
}
