import { knownStreams } from '../../core/known-streams.ts';
import type { RowSink } from '../format.ts';

// An inventory has thousands of systems at most; what a hostile one has more is not remembered.
const MOST_SYSTEMS = 100_000;
const MOST_NAMES = 20;

/** What the rows of an inventory say they need, so that a need nobody can meet, and no need at all, is told. */
export class NeedsSeen {
  readonly #needing = new Set<string>();
  readonly #systems = new Set<string>();
  readonly #unknown = new Set<string>();

  /** Takes one row. Needs are compared as coverage does: without case and the white space around them. */
  add(system: string, needs: readonly string[]): void {
    if (this.#systems.size < MOST_SYSTEMS) this.#systems.add(system);
    if (needs.length > 0 && this.#needing.size < MOST_SYSTEMS) this.#needing.add(system);
    for (const need of needs) {
      const isKnown = knownStreams.includes(need.trim().toLowerCase());
      if (!isKnown && this.#unknown.size <= MOST_NAMES) this.#unknown.add(printable(need));
    }
  }

  /** States what was taken for granted, after the last row. */
  state(sink: Pick<RowSink, 'assume'>): void {
    const names = [...this.#unknown];
    for (const name of names.slice(0, MOST_NAMES))
      sink.assume(`needs names ${JSON.stringify(name)}, which no format gives: only a mapping could.`);
    if (names.length > MOST_NAMES) sink.assume('needs has further names that no format gives.');
    const free = [...this.#systems].filter((system) => !this.#needing.has(system)).length;
    if (free === 1) sink.assume('1 system needs no evidence: no control will miss it.');
    if (free > 1) sink.assume(`${free} systems need no evidence: no control will miss them.`);
  }
}

/** Short enough for a message. */
function printable(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…`.toWellFormed() : text;
}
