/** The files that an integrity check found added, removed or changed, until its report has said all of them. */
import type { EvidenceRow } from '../../core/tables.ts';

/** What an attribute was and is; `undefined` where the report does not say, which also is what a side has that is not there. */
export interface AttributeChange {
  readonly old: string | undefined;
  readonly new: string | undefined;
}

/** Attributes by name; `null` for one that changed without the report saying from what to what. */
export type Attributes = ReadonlyMap<string, AttributeChange | null>;

export type ChangeKind = 'added' | 'removed' | 'changed';

export interface FoundChange {
  /** The record that names the file first; the row cites it. */
  readonly record: number;
  readonly path: string;
  readonly change: ChangeKind;
  readonly kind?: string | undefined;
  readonly severity?: string | undefined;
  /** Where a report may name the same file twice: the rule that watches it. */
  readonly rule?: string | undefined;
  readonly attributes?: Attributes | undefined;
}

/** Reports name their files before they say what changed in them; more than these are not kept until then. */
const MOST_HELD = 200_000;

export class FoundChanges {
  readonly #held = new Map<string, FoundChange>();
  #counts = { added: 0, removed: 0, changed: 0 };
  /** Changes that were given to `give` at once, because too many were held. */
  beyond = 0;

  /** `canGive` says whether a row can be given before the report has ended: what all rows share is known. */
  constructor(
    private readonly give: (change: FoundChange) => void,
    private readonly canGive: () => boolean,
  ) {}

  get counts(): Readonly<Record<ChangeKind, number>> {
    return this.#counts;
  }

  /** Adds a change. False: the report has named it before, and what it says more was put to that. */
  add(change: FoundChange): boolean {
    const key = JSON.stringify([change.rule ?? null, change.change, change.path]);
    const known = this.#held.get(key);
    if (known) {
      this.#held.set(key, together(known, change));
      return false;
    }
    this.#counts[change.change]++;
    if (this.#held.size < MOST_HELD || !this.canGive()) this.#held.set(key, change);
    else {
      this.beyond++;
      this.give(change);
    }
    return true;
  }

  /** The change of a file that was named before, by any rule. */
  named(path: string): FoundChange | undefined {
    for (const change of ['changed', 'added', 'removed'] as const) {
      const known = this.#held.get(JSON.stringify([null, change, path]));
      if (known) return known;
    }
    return undefined;
  }

  /** Gives all changes in the order in which the report named them, and forgets them. */
  giveAll(): void {
    for (const change of this.#held.values()) this.give(change);
    this.#held.clear();
    this.#counts = { added: 0, removed: 0, changed: 0 };
    this.beyond = 0;
  }
}

function together(known: FoundChange, more: FoundChange): FoundChange {
  return {
    ...known,
    kind: known.kind ?? more.kind,
    severity: known.severity ?? more.severity,
    attributes: new Map([...(known.attributes ?? []), ...(more.attributes ?? [])]),
  };
}

/** The columns of a change that come from itself. */
export function changeColumns(
  change: FoundChange,
): Pick<EvidenceRow<'file_changes'>, 'path' | 'kind' | 'change' | 'attributes' | 'severity'> {
  const { path, kind, severity, attributes } = change;
  return { path, kind, change: change.change, attributes: attributesJson(attributes), severity };
}

/** `{"size":{"old":"1","new":"2"},"inode":null}`; `undefined` where there are none. */
export function attributesJson(attributes: Attributes | undefined): string | undefined {
  if (attributes === undefined || attributes.size === 0) return undefined;
  const entries = [...attributes].map(([name, change]) => [
    name,
    change && { old: change.old ?? null, new: change.new ?? null },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}
