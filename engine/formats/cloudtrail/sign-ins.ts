/** Which CloudTrail events are sign-ins, of people and of machines, and what they say of them. */
import type { EvidenceRow } from '../../core/tables.ts';
import { flagAt, memberOf, textAt } from './members.ts';

interface Kind {
  readonly method?: string;
  /** What was signed in to; undefined: the role that the request names. */
  readonly application?: string;
}

const CONSOLE = 'AWS Management Console';
const PORTAL = 'AWS access portal';

const kinds: Readonly<Record<string, Kind>> = {
  'signin.amazonaws.com ConsoleLogin': { application: CONSOLE },
  'signin.amazonaws.com SwitchRole': { application: CONSOLE },
  'signin.amazonaws.com GetSigninToken': { application: CONSOLE, method: 'token' },
  'signin.amazonaws.com CredentialVerification': { application: PORTAL },
  'signin.amazonaws.com UserAuthentication': { application: PORTAL },
  'sso.amazonaws.com Authenticate': { application: PORTAL },
  'sso.amazonaws.com Federate': { application: CONSOLE },
  'sts.amazonaws.com AssumeRoleWithSAML': { method: 'saml' },
  'sts.amazonaws.com AssumeRoleWithWebIdentity': { method: 'oidc' },
  'sts.amazonaws.com AssumeRoot': {},
  'sts.amazonaws.com GetSessionToken': {},
  'sts.amazonaws.com GetFederationToken': {},
  'rolesanywhere.amazonaws.com CreateSession': { method: 'certificate' },
};

/** By name and source. */
const kindsByName = new Map<string, Map<string, Kind>>();
for (const [place, kind] of Object.entries(kinds)) {
  const [source, name] = place.split(' ') as [string, string];
  kindsByName.set(name, (kindsByName.get(name) ?? new Map<string, Kind>()).set(source, kind));
}

function kindOf(source = 'signin.amazonaws.com', name: string): Kind | undefined {
  return kindsByName.get(name)?.get(source);
}

/** Names of the events that can be sign-ins; which are is told by who wrote them. */
export const signInNames: ReadonlySet<string> = new Set(kindsByName.keys());

/**
 * The row of `authentications` of an event whose row of `events` is `spine`; `undefined` where it is no sign-in.
 * AssumeRole is none: it changes the role of somebody who has signed in, and services do it all the time.
 */
export function signInRow(event: unknown, spine: EvidenceRow<'events'>): EvidenceRow<'authentications'> | undefined {
  const name = textAt(event, 'eventName') ?? '';
  const kind = kindOf(textAt(event, 'eventSource'), name);
  if (kind === undefined) return undefined;
  const { time, system, stream, actor, src_ip } = spine;
  const outcome = spine.outcome ?? saidOf(textAt(event, 'serviceEventDetails', name));
  return {
    ...{ time, system, stream, actor, src_ip, outcome, provider: 'aws' },
    application: kind.application ?? textAt(event, 'requestParameters', 'roleArn'),
    method: methodOf(event, kind),
    mfa: secondFactor(event, name),
    reason: outcome === 'failure' ? (textAt(event, 'errorMessage') ?? textAt(event, 'errorCode')) : undefined,
    session: sessionOf(event),
  };
}

function saidOf(word: string | undefined): string | undefined {
  const said = word?.toLowerCase();
  return said === 'success' || said === 'failure' ? said : undefined;
}

function methodOf(event: unknown, kind: Kind): string | undefined {
  const credential = textAt(event, 'additionalEventData', 'CredentialType')?.toLowerCase();
  return credential ?? (isFederated(event) && kind.method === undefined ? 'saml' : kind.method);
}

/** The session that began: its key, or the workflow that joins the steps of a sign-in to the access portal. */
function sessionOf(event: unknown): string | undefined {
  const key = textAt(event, 'responseElements', 'credentials', 'accessKeyId');
  return key ?? textAt(event, 'additionalEventData', 'AuthWorkflowID');
}

/** A second factor of IAM Identity Center. RESYNC_TOTP and EXTERNAL_IDP tell of none that AWS checked. */
const SECOND = /(?:^|,)\s*(?:TOTP|WEBAUTHN|EMAIL_OTP|MFA)\s*(?:,|$)/i;

/**
 * Whether a second factor was used, as far as the event says. `MFAUsed` is No for everybody who comes from an identity
 * provider, whatever that one asked for: there it is NULL.
 */
function secondFactor(event: unknown, name: string): boolean | undefined {
  const credential = textAt(event, 'additionalEventData', 'CredentialType');
  if (credential !== undefined && SECOND.test(credential)) return true;
  if (name === 'UserAuthentication' && credential?.toUpperCase() === 'PASSWORD') return false;
  if (name === 'GetSessionToken' && textAt(event, 'requestParameters', 'serialNumber') !== undefined) return true;
  const attributes = memberOf(event, 'userIdentity', 'sessionContext', 'attributes');
  const used = flagAt(event, 'additionalEventData', 'MFAUsed') ?? flagAt(attributes, 'mfaAuthenticated');
  return used === false && comesFromElsewhere(event) ? undefined : used;
}

function isFederated(event: unknown): boolean {
  return textAt(event, 'additionalEventData', 'SamlProviderArn') !== undefined;
}

const elsewhere = new Set(['AssumedRole', 'FederatedUser', 'SAMLUser', 'WebIdentityUser', 'IdentityCenterUser']);

function comesFromElsewhere(event: unknown): boolean {
  return isFederated(event) || elsewhere.has(textAt(event, 'userIdentity', 'type') ?? '');
}
