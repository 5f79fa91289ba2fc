const MOST_SEEN = 10_000;
const LONGEST_SEEN = 100;

/**
 * Member names as the format documents them. Tools hand events on with other letters: PowerShell writes `EventTimestamp`,
 * the Python SDK `event_timestamp`, some lakes `eventtimestamp`; all three stand for `eventTimestamp`.
 */
export class Spelling {
  readonly #documented: ReadonlySet<string>;
  readonly #byFolded: ReadonlyMap<string, string>;
  /** What was found for names seen before; a log has few, a hostile file many. */
  readonly #seen = new Map<string, boolean>();

  constructor(names: readonly string[]) {
    this.#documented = new Set(names);
    this.#byFolded = new Map(names.map((name) => [folded(name), name]));
  }

  /** The value with its members named as documented, also within; the value itself where its own already are. */
  correct(value: unknown): unknown {
    return isObject(value) && Object.keys(value).some((key) => this.#isOdd(key)) ? this.#rename(value) : value;
  }

  #isOdd(key: string): boolean {
    if (this.#documented.has(key)) return false;
    const seen = this.#seen.get(key);
    if (seen !== undefined) return seen;
    const odd = this.#byFolded.has(folded(key));
    if (this.#seen.size < MOST_SEEN && key.length < LONGEST_SEEN) this.#seen.set(key, odd);
    return odd;
  }

  #rename(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#rename(each));
    if (!isObject(value)) return value;
    const members = Object.entries(value).map(([key, each]): [string, unknown] => [key, this.#rename(each)]);
    const odd = members.filter(([key]) => this.#isOdd(key));
    // A member that is spelled as documented counts before one that is not.
    const renamed = odd.map(([key, each]): [string, unknown] => [this.#byFolded.get(folded(key))!, each]);
    return Object.fromEntries([...renamed, ...members.filter(([key]) => !this.#isOdd(key))]);
  }
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
