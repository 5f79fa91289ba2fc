/**
 * Keeps secrets out of the database. Terraform marks what is sensitive beside the values; what it does not mark (older
 * versions, raw state) is told by its name.
 */

export const MASK = '(masked)';
const MOST_DEPTH = 100;
/** Shorter texts ("yes", "admin") stand in many places by themselves. */
const SHORTEST_SECRET = 6;
const MOST_SECRETS = 200;

/** The whole last part of a name; `http_tokens` and `password_length` are no secrets. */
const SECRET_NAME =
  /(?:^|[_.-])(?:password|passwd|passphrase|secret|token|private_key|private_key_pem|private_key_openssh|secret_key|access_key|api_key|apikey|auth_token|client_secret|connection_string|credentials|user_data|user_data_base64|custom_data|sas_token|kube_config|kube_config_raw|secret_string|secret_binary|ses_smtp_password_v4)$/i;

export interface Masked {
  readonly value: unknown;
  readonly count: number;
  /** A whole number that a 64-bit float cannot hold. */
  readonly rounded: boolean;
}

/**
 * Texts that `marks` mark, of a value and of what stands beside it: the same text may stand in other members, which
 * Terraform does not mark (an input that a resource repeats as its output, a connection string).
 */
export function secretsIn(...values: readonly (readonly [value: unknown, marks: unknown])[]): ReadonlySet<string> {
  const secrets = new Set<string>();
  for (const [value, marks] of values) gather({ value, isMarked: false, marks, depth: 0 }, secrets);
  return secrets;
}

interface Marked {
  readonly value: unknown;
  readonly isMarked: boolean;
  readonly marks: unknown;
  readonly depth: number;
}

function gather({ value, isMarked, marks, depth }: Marked, secrets: Set<string>): void {
  const marked = isMarked || marks === true;
  if (typeof value === 'string' && marked && value.length >= SHORTEST_SECRET && secrets.size < MOST_SECRETS)
    secrets.add(value);
  if (typeof value !== 'object' || value === null || depth >= MOST_DEPTH || (!marked && !isObject(marks))) return;
  for (const [name, member] of Object.entries(value))
    gather({ value: member, isMarked: marked, marks: markAt(marks, name, value), depth: depth + 1 }, secrets);
}

/** A copy of a value in which what `marks` mark with true, what a name says is secret, and `secrets` are masked. */
export function masked(
  value: unknown,
  marks: unknown,
  secrets: ReadonlySet<string> = secretsIn([value, marks]),
): Masked {
  const walk = new Walk([...secrets]);
  const copy = walk.copy(value, marks, 0);
  return { value: copy, count: walk.count, rounded: walk.rounded };
}

class Walk {
  count = 0;
  rounded = false;

  constructor(private readonly secrets: readonly string[]) {}

  copy(value: unknown, marks: unknown, depth: number): unknown {
    if (marks === true) return this.#mask(value);
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) this.rounded = true;
    if (typeof value === 'string')
      return this.secrets.some((secret) => value.includes(secret)) ? this.#mask(value) : value.toWellFormed();
    if (typeof value !== 'object' || value === null) return value;
    // Nothing that is configured comes near this depth; what does may hide anything.
    if (depth >= MOST_DEPTH) return this.#mask(value);
    if (Array.isArray(value)) return value.map((each, at) => this.copy(each, markAt(marks, at, value), depth + 1));
    const entries = Object.entries(value).map(([name, member]) => [
      name.toWellFormed(),
      SECRET_NAME.test(name) && isSecretLike(member)
        ? this.#mask(member)
        : this.copy(member, markAt(marks, name, value), depth + 1),
    ]);
    return Object.fromEntries(entries) as unknown;
  }

  #mask(value: unknown): unknown {
    if (value === null || value === undefined) return value ?? null;
    this.count++;
    return MASK;
  }
}

function isSecretLike(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || (Array.isArray(value) && value.length > 0) || isObject(value);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/**
 * The marks of a member. A raw state has a value of any type as `{"value":...,"type":...}`, and its marks pass over that.
 */
function markAt(marks: unknown, name: string | number, of: object): unknown {
  if (typeof marks !== 'object' || marks === null) return undefined;
  if (Object.hasOwn(marks, name)) return (marks as Record<string | number, unknown>)[name];
  const isWrapped = name === 'value' && 'type' in of && Object.keys(of).length === 2;
  return isWrapped ? marks : undefined;
}

/**
 * The marks of a raw state, which are lists of steps: `[[{"type":"get_attr","value":"password"}]]`, in state of newer
 * versions as in older ones; as an object that `masked` takes.
 */
export function marksOfPaths(paths: unknown): unknown {
  const root: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (!Array.isArray(paths)) return undefined;
  for (const path of paths) if (Array.isArray(path)) if (addMark(root, path) === 'all') return true;
  return root;
}

function addMark(root: Record<string, unknown>, path: readonly unknown[]): 'all' | undefined {
  if (path.length === 0) return 'all';
  let node = root;
  for (const [at, step] of path.entries()) {
    const name = stepName(step);
    // A step that is not understood marks everything below the one before.
    if (name === undefined) return at === 0 ? 'all' : undefined;
    if (node[name] === true) return undefined;
    if (at === path.length - 1) node[name] = true;
    else
      node = node[name] =
        (node[name] as Record<string, unknown> | undefined) ?? (Object.create(null) as Record<string, unknown>);
  }
  return undefined;
}

function stepName(step: unknown): string | undefined {
  const value = typeof step === 'object' && step !== null ? (step as Record<string, unknown>)['value'] : step;
  const inner = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['value'] : value;
  return typeof inner === 'string' || typeof inner === 'number' ? String(inner) : undefined;
}
