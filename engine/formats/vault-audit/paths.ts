/** What a path of Vault's API is about. Mounts can have any name, so the mount is told by what the entry says of it. */
import { firstText } from '../event-records/values.ts';

/** What is done at a path of an auth method. `name` is the account that a log-in path names. */
export type AuthUse =
  | { readonly kind: 'logon'; readonly name?: string | undefined }
  | { readonly kind: 'token'; readonly activity: string }
  | { readonly kind: 'accounts' };

/** Where a log-in ends: the second request of the methods that send a browser away, and those of one request. */
const LOGON = /^(?:login(?:\/(.+))?|oidc\/callback|callback|oidc\/poll|token)$/;
/** Of the token method itself: `create/ROLE` and `create-orphan` too. */
const tokenUses: readonly (readonly [RegExp, string])[] = [
  [/^create(?:-orphan)?(?:\/.*)?$/, 'token_issue'],
  [/^renew(?:-self|-accessor)?(?:\/.*)?$/, 'token_renew'],
  [/^revoke(?:-self|-orphan|-accessor|-prefix)?(?:\/.*)?$/, 'token_revoke'],
  [/^lookup(?:-self|-accessor)?(?:\/.*)?$/, 'token_lookup'],
];

/** The use of an auth method that an entry is about; `undefined` for other parts of the API. */
export function authUseOf(entry: unknown): AuthUse | undefined {
  const path = firstText(entry, 'request.path') ?? '';
  if (/^sys\/(?:internal\/)?mfa\/validate$/.test(path)) return { kind: 'logon' };
  const rest = withinAuthMount(entry, path);
  if (rest === undefined) return undefined;
  if (mountTypeOf(entry) === 'token' || path.startsWith('auth/token/')) {
    const use = tokenUses.find(([pattern]) => pattern.test(rest));
    return use === undefined ? { kind: 'accounts' } : { kind: 'token', activity: use[1] };
  }
  const logon = LOGON.exec(rest);
  // Only SAML ends at `token`; elsewhere it may be an account's name.
  if (logon && (rest !== 'token' || mountTypeOf(entry) === 'saml')) return { kind: 'logon', name: logon[1] };
  return { kind: 'accounts' };
}

/** What follows the mount of an auth method. Entries from before Vault 1.9 do not name the mount. */
function withinAuthMount(entry: unknown, path: string): string | undefined {
  const mount = firstText(entry, 'request.mount_point');
  if (mount !== undefined && mount.startsWith('auth/') && path.startsWith(mount)) return path.slice(mount.length);
  return /^auth\/[^/]+\/(.+)$/.exec(path)?.[1];
}

/** `userpass`, `oidc`, `approle`, ...; entries that do not say it have it in the path, unless mounted elsewhere. */
export function mountTypeOf(entry: unknown): string | undefined {
  const stated = firstText(entry, 'request.mount_type', 'response.mount_type');
  return stated?.replace(/^ns_(?=token$|system$|identity$|cubbyhole$)/, '');
}

/** The name of the mount in the path: `auth/machines/login` gives `machines`. */
export function mountNameOf(entry: unknown): string | undefined {
  const mount = firstText(entry, 'request.mount_point');
  if (mount?.startsWith('auth/')) return mount.slice('auth/'.length).replace(/\/$/, '') || undefined;
  return /^auth\/([^/]+)\//.exec(firstText(entry, 'request.path') ?? '')?.[1];
}
