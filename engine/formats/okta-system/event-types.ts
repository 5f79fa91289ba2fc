/** What an Okta event type means: `user.lifecycle.create` is the creation of an account. */

export interface Meaning {
  readonly class: string;
  readonly activity: string;
  /** It is a sign-in, of which `authentications` has a row. */
  readonly signIn?: true;
}

type Rule = readonly [pattern: RegExp, class_: string, activity?: string];

// The first pattern that fits decides. Without an activity, the last words of the type give it.
const signIns: readonly RegExp[] = [
  /^user\.session\.(?:start|access_admin_app)$/,
  /^user\.session\.impersonation\.initiate$/,
  /^user\.authentication\.(?:auth(?:$|_|enticate)|sso$|verify$)/,
];

const rules: readonly Rule[] = [
  [/^user\.session\.(?:end|clear|expire)$|^user\.session\.impersonation\.end$/, 'authentication', 'logoff'],
  [/^user\.authentication\.(?:slo|universal_logout)/, 'authentication', 'logoff'],
  [/^user\.session\.impersonation\./, 'account_change'],
  [/^user\.(?:session|authentication)\./, 'authentication'],
  [/^user\.mfa\.(?:attempt_bypass|okta_verify)/, 'authentication'],
  [/^policy\.(?:evaluate_sign_on|auth_reevaluate)/, 'authentication', 'authorize'],
  [/^user\.account\.(?:report_suspicious_activity_by_enduser|access_super_user_app)$/, 'detection_finding'],
  [/^user\.risk\.|^security\.(?:threat|attack|request|breached_credential|session\.detect)/, 'detection_finding'],
  [/^app\.(?:oauth2\..*detect_reuse|oauth2\..*reuse|token\.reuse)/, 'detection_finding', 'reuse'],
  [/^app(?:lication)?\..*(?:unauth_app_access_attempt)$/, 'authentication', 'authorize'],
  [/\.show_password$|^user\.credential\.(?:read|show)/, 'api_activity', 'read'],
  [/^user\.(?:lifecycle|account|mfa|credential|identity_verification|import|behavior)\./, 'account_change'],
  [/^group\.(?:user_membership|privilege|lifecycle|profile)\./, 'account_change'],
  [/^(?:application|app)\.(?:user_membership|provision|user_management|access_request)\b/, 'account_change'],
  [/^group\.application_assignment\./, 'account_change'],
  [/^iam\.resourceset\.bindings?\./, 'account_change'],
  [/^system\.api_token\.|^system\.import\.user|^system\.import\.group/, 'account_change'],
  [/^app\.oauth2\..*(?:token|authorize|interact|consent)/, 'api_activity'],
  [
    /^(?:application|app)\.(?:lifecycle|policy|sign_on|cert|configuration|app_instance|keys?|oauth2\.)/,
    'configuration_change',
  ],
  [
    /^(?:policy|zone|iam|event_hook|inline_hook|log_stream|entity_risk_policy|continuous_access)\b/,
    'configuration_change',
  ],
  [/^(?:security\.(?:authenticator|authz|events|trusted_origin|device)|network_zone|org)\b/, 'configuration_change'],
  [
    /^system\.(?:idp|log_stream|mfa|org|feature|brand|custom_|csr|agent\.(?:ad|ldap)\.(?:config|upgrade))/,
    'configuration_change',
  ],
  [/^(?:oauth2|master_application|resource_server|certification|user_type|user_schema)\b/, 'configuration_change'],
  [/^device\./, 'configuration_change'],
];

/** Okta's words for what was done, where another one is usual. */
const words: Readonly<Record<string, string>> = {
  activate: 'enable',
  reactivate: 'enable',
  unsuspend: 'enable',
  deactivate: 'disable',
  suspend: 'disable',
  modify: 'update',
  update_password: 'password_change',
  reset_password: 'password_reset',
  expire_password: 'password_reset',
  reset_all: 'mfa_reset',
};

/** The meaning of an event type; `api_activity` for one that is not known. */
export function meaningOf(eventType: string): Meaning {
  if (signIns.some((pattern) => pattern.test(eventType)))
    return { class: 'authentication', activity: 'logon', signIn: true };
  const rule = rules.find(([pattern]) => pattern.test(eventType));
  return { class: rule?.[1] ?? 'api_activity', activity: rule?.[2] ?? lastWord(eventType) };
}

function lastWord(eventType: string): string {
  const word = eventType.slice(eventType.lastIndexOf('.') + 1);
  return (Object.hasOwn(words, word) ? words[word] : undefined) ?? word;
}
