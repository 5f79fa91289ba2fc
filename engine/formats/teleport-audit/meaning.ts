/** What the types of Teleport's events mean: the first pattern that matches counts. */

export interface Meaning {
  readonly class: string;
  readonly activity: string;
  /** It is somebody signing in, or trying to. */
  readonly signIn?: true;
}

const patterns: readonly (readonly [RegExp, Meaning])[] = [
  [/^(?:user\.login|auth|bot\.join|instance\.join)$/, { class: 'authentication', activity: 'logon', signIn: true }],
  [/^cert\.create$/, { class: 'authentication', activity: 'cert_issue' }],
  [/^session\.(?:start|join)$|\.session\.start$/, { class: 'authentication', activity: 'session_open' }],
  [/^session\.(?:end|leave)$|\.session\.end$/, { class: 'authentication', activity: 'session_close' }],
  [/^session\.rejected$/, { class: 'authentication', activity: 'session_refused' }],
  [/^(?:session\.command|exec|subsystem)$/, { class: 'process_activity', activity: 'launch' }],
  [/^session\.network$|^port(?:\.|$)/, { class: 'network_activity', activity: 'open' }],
  [/^(?:session\.disk|scp|sftp)(?:\.|$)/, { class: 'file_activity', activity: 'open' }],
  [
    /^session\.(?:upload|recording\.access|data)|^(?:audit|events?)\./,
    { class: 'event_log_activity', activity: 'other' },
  ],
  [/^db\.session\./, { class: 'datastore_activity', activity: 'query' }],
  [/^(?:kube\.request|app\.session\.|x11-forward|client\.)/, { class: 'api_activity', activity: 'request' }],
  [/^access_request\.review$/, { class: 'account_change', activity: 'review' }],
];

/** Kinds of objects whose changes are changes of accounts and rights. */
const ACCOUNTS =
  /^(?:user|role|lock|access_request|access_list|reset_password_token|recovery_code|recovery_token|mfa|bot|privilege_token|group)(?:[._]|$)/;
const CHANGES: ReadonlyMap<string, string> = new Map([
  ...['create', 'created', 'add', 'added', 'generated'].map((verb) => [verb, 'create'] as const),
  ...['update', 'updated', 'password_change', 'upsert', 'used'].map((verb) => [verb, 'update'] as const),
  ...['delete', 'deleted', 'removed', 'expire'].map((verb) => [verb, 'delete'] as const),
]);

/** The meaning of an event type: `role.created`, `session.command`, ... */
export function meaningOf(type: string): Meaning {
  const known = patterns.find(([pattern]) => pattern.test(type))?.[1];
  if (known !== undefined) return known;
  const activity = CHANGES.get(type.slice(type.lastIndexOf('.') + 1));
  if (ACCOUNTS.test(type)) return { class: 'account_change', activity: activity ?? 'other' };
  return activity === undefined
    ? { class: 'api_activity', activity: 'other' }
    : { class: 'configuration_change', activity };
}
