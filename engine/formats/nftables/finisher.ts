/** What the readers of text and of JSON have in common: dating, what was lost, and how a file ends. */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant } from '../../../shared/time.ts';
import { MOST_RULES, NO_TIME, nothingRead, tooManyRules, undatable } from '../firewall/undated.ts';
import { Items } from '../firewall/rows.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { RuleSetStore } from './table-store.ts';

export type RuleSetReader = SourceReader;

export class Finisher {
  readonly store = new RuleSetStore();
  #undated = 0;
  #lost: string | undefined;
  readonly #metainfo: { readonly record: number; readonly value: unknown }[] = [];

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  /** Nothing in a listing says when it was made. True: the record was rejected for it. */
  rejectUndated(raw: Uint8Array): boolean {
    if (this.context.takenAt !== undefined) return false;
    this.#undated++;
    this.sink.reject(NO_TIME, raw.slice());
    return true;
  }

  /** Something was not read that may have been of any table, also of one that comes later. */
  lost(because: string): void {
    this.#lost ??= because;
  }

  cutOff(): void {
    this.#lost ??= 'The file ends before the rule set does.';
    this.sink.assume('The file ends before the rule set does: what came after its end is unknown.');
  }

  metainfo(record: number, value: unknown): void {
    this.#metainfo.push({ record, value });
  }

  unreadable(message: string): Problem {
    return { code: 'damaged_file', message, where: { file: this.context.name }, remedy: 'Convert it to UTF-8.' };
  }

  finish(): Problem | undefined {
    const { takenAt, name } = this.context;
    if (this.#undated > 0) return undatable(name, this.#undated);
    if (this.store.rules > MOST_RULES) return tooManyRules(name);
    if (takenAt === undefined || (this.store.isEmpty && this.#metainfo.length === 0))
      return nothingRead(name, 'rule set');
    this.sink.assume(
      `A listing of nft does not say when it was made; it is dated ${formatInstant(takenAt)}, as given for the file.`,
    );
    if (this.#lost !== undefined) this.store.markUnread(this.#lost);
    this.sink.assume('The listing is taken for the whole rule set: what it does not list, nothing filters.');
    if (this.store.isEmpty) this.sink.assume('The rule set has no table: nothing is filtered.');
    const items = new Items(this.sink, this.context);
    for (const { record, value } of this.#metainfo)
      items.add(record, takenAt, 'firewall', 'nftables/metainfo', 'metainfo', {
        kind: 'metainfo',
        ...(value as object),
      });
    this.store.addRows(takenAt, this.sink, this.context);
    return undefined;
  }
}
