/** What an action of GitHub's audit log means: `org.add_member` is a change of who has access. */

export interface Meaning {
  readonly class: string;
  readonly activity: string;
  /** It is a sign-in, of which `authentications` has a row. */
  readonly signIn?: SignInMeaning;
}

export interface SignInMeaning {
  readonly method?: string;
  readonly mfa?: boolean;
  readonly outcome?: 'success' | 'failure';
}

// Sign-ins to GitHub itself. A response of an identity provider does not say how it was judged.
const signIns: Readonly<Record<string, SignInMeaning>> = {
  'user.login': { outcome: 'success' },
  'user.failed_login': { outcome: 'failure' },
  'user.two_factor_challenge_success': { mfa: true, outcome: 'success' },
  'user.two_factor_challenge_failure': { mfa: true, outcome: 'failure' },
  'user.sign_in_from_unrecognized_device': { outcome: 'success' },
  'user.sign_in_from_unrecognized_device_and_location': { outcome: 'success' },
  'org.sso_response': { method: 'saml' },
  'business.sso_response': { method: 'saml' },
  'business_sso.response': { method: 'saml' },
  'org.saml_authentication': { method: 'saml' },
};

type Rule = readonly [pattern: RegExp, class_: string, activity?: string];

// The first pattern that fits decides. Without an activity, the first word of the operation gives it.
const rules: readonly Rule[] = [
  [/^user\.(?:logout|sign_out)$/, 'authentication', 'logoff'],
  [/^user\.(?:two_factor_requested|two_factor_challenge|device_verification|correct_password)/, 'authentication'],
  [
    /^(?:repository_vulnerability_alert|dependabot_alert|secret_scanning_alert|code_scanning_alert)\./,
    'detection_finding',
  ],
  [/^secret_scanning_push_protection\.bypass/, 'detection_finding'],
  [/^git\.(?:clone|fetch)$/, 'api_activity', 'read'],
  [/^git\.push$/, 'api_activity', 'update'],
  [/\.(?:download_zip|.*_download|.*export.*|register_self_hosted_runner)$/, 'api_activity'],
  [
    /^(?:api|pull_request|pull_request_review|issue|issue_comment|checks|workflows|packages|project|gist)\b/,
    'api_activity',
  ],
  [/^(?:pull_request_\w+|issue_\w+|discussion\w*|commit_comment|marketplace_\w+|copilot\.\w*usage)\./, 'api_activity'],
  [
    /\.(?:\w+_)?(?:members?|admin|owner|collaborator|billing_manager|security_manager|outside_collaborator|guest_collaborator)(?:_(?:added|removed|role|roles|invitation)\w*)?$/,
    'account_change',
  ],
  [
    /^(?:org|business|enterprise)\.(?:invite|cancel_invitation|accept\w*invit|block_user|unblock_user|\w*_admin_invitation|transform)/,
    'account_change',
  ],
  [
    /^(?:team|team_\w+|user|user_\w+|account|role|organization_role|external_identity\w*|external_group\w*)\./,
    'account_change',
  ],
  [
    /^(?:public_key|personal_access_token|oauth_access|oauth_authorization|org_credential_authorization)\./,
    'account_change',
  ],
  [
    /^(?:two_factor_authentication|two_factor|passkey|security_key|profile_picture|trusted_device|codespaces_trusted\w*)\./,
    'account_change',
  ],
  [
    /^(?:organization_(?:moderators|role_assignment)|enterprise_team|enterprise_role\w*|business_(?:member|team)\w*)\./,
    'account_change',
  ],
];

/** GitHub's words for what was done, where another one is usual. */
const words: Readonly<Record<string, string>> = {
  destroy: 'delete',
  modify: 'update',
  enabled: 'enable',
  disabled: 'disable',
};

/** The meaning of an action. What is no use and no change of access changes how things are set up. */
export function meaningOf(action: string): Meaning {
  const signIn = Object.hasOwn(signIns, action) ? signIns[action] : undefined;
  if (signIn !== undefined) return { class: 'authentication', activity: 'logon', signIn };
  const rule = rules.find(([pattern]) => pattern.test(action));
  return { class: rule?.[1] ?? 'configuration_change', activity: rule?.[2] ?? operationOf(action) };
}

/** `create` of `hook.create`, `add` of `org.add_member`; `policy_override` and the like stay whole. */
function operationOf(action: string): string {
  const operation = action.slice(action.lastIndexOf('.') + 1);
  const word =
    /^(?:create|add|remove|update|delete|destroy|enable|disable|invite|transfer)(?=_)/.exec(operation)?.[0] ??
    operation;
  return (Object.hasOwn(words, word) ? words[word] : undefined) ?? word;
}
