/** The rows of an output: `config_items`, `accounts`, and the `scans` row that says what was looked at and when. */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant, type UtcMicros } from '../../../shared/time.ts';
import type { ReadContext, RowSink } from '../format.ts';
import type { Fact } from './kind.ts';

export interface Span {
  readonly byte: number;
  readonly length: number;
}

/** The time of a record, and the system, where the record has them itself. */
export interface OwnFacts {
  readonly captured?: UtcMicros | undefined;
  readonly system?: string | undefined;
}

/** Identities beyond this many are not compared with each other. */
const MOST_IDENTITIES = 200_000;
/** No column is filled with more than this of a hostile name. */
const LONGEST_NAME = 1000;

export const HOST_FACTS = 'host-facts';

export class FactRows {
  readonly #seen = new Map<string, number>();
  #rows = 0;
  #rejected = 0;
  /** Records that were rejected for want of a time, and rows that have none. */
  #undated = 0;
  #undatedRows = 0;
  #comments = 0;
  #unnamed = 0;
  #byHand = 0;
  #firstReason = '';
  #heading: { readonly span: Span; readonly kind: string } | undefined;
  #isScanned = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  /** A record, with all that it says. */
  record(span: Span, kind: string, facts: readonly Fact[], { captured, system }: OwnFacts = {}): void {
    const record = this.sink.record(span.byte, span.length);
    const time = captured ?? this.context.takenAt;
    if (time === undefined) this.#undatedRows++;
    else if (captured === undefined) this.#byHand++;
    if (facts.some((each) => (each.system ?? system ?? this.context.system) === undefined)) this.#unnamed++;
    this.#rows++;
    this.#scan(kind, record, time, facts[0]?.system ?? system);
    for (const each of facts) this.#item(record, kind, each, { captured: time, system });
  }

  /** A record that nothing is read from. */
  reject(span: Span, reason: string, raw: Uint8Array): void {
    this.#rejected++;
    this.#firstReason ||= reason;
    this.sink.record(span.byte, span.length);
    this.sink.reject(reason, raw);
  }

  /** A record that has no time of its own where it could have one, and none was given. */
  rejectUndated(span: Span, raw: Uint8Array): void {
    this.#undated++;
    this.reject(span, 'The record has no time, and it was not said when it was made (--taken-at TIME).', raw);
  }

  comment(): void {
    this.#comments++;
  }

  /** A line that only names columns. It is the record of an output that lists nothing. */
  heading(span: Span, kind: string): void {
    this.#heading ??= { span: { byte: span.byte, length: span.length }, kind };
  }

  /** Says what was taken for granted. Gives a problem where nothing can be dated or read. */
  finish(): Problem | undefined {
    if (this.#rows === 0 && this.#rejected === 0 && this.#heading) this.#nothingListed(this.#heading);
    // Rows without a time are not kept; records that could have one of their own are rejected one by one.
    if (this.#undatedRows > 0 || (this.#rows === 0 && this.#undated > 0)) return this.#undatable();
    if (this.#rows === 0 && this.#rejected > 0) return this.#unreadable();
    const { takenAt } = this.context;
    if (this.#byHand > 0 && takenAt !== undefined)
      this.sink.assume(
        `The output does not say when it was printed: its records are dated ${formatInstant(takenAt)}, as given for the file.`,
      );
    if (this.#unnamed > 0)
      this.sink.assume('The output does not name the system that it is of, and none was given: name it with --system.');
    if (this.#comments > 0)
      this.sink.assume(`Comments say nothing to the system and are no records: ${this.#comments}.`);
    return undefined;
  }

  #item(record: number, kind: string, { type, id, name, system, fields, account }: Fact, own: OwnFacts): void {
    const of = system ?? own.system ?? this.context.system;
    const row = {
      captured: own.captured,
      provider: 'linux',
      system: of === undefined ? undefined : named(of),
      resource_type: type,
      resource_id: this.#identity(`${kind}: ${named(id)}`, of),
      resource_name: named(name ?? id),
      configuration: JSON.stringify(fields),
    };
    this.sink.row('config_items', row, record);
    if (account)
      this.sink.row('accounts', { ...account, provider: 'linux', system: row.system, as_of: own.captured }, record);
  }

  /** Once a file and system: it was looked at, whatever was found. */
  #scan(kind: string, record: number, time: UtcMicros | undefined, system = this.context.system): void {
    if (this.#isScanned) return;
    this.#isScanned = true;
    const targets = system === undefined ? [] : [named(system)];
    const scan = { scan_id: kind, tool: HOST_FACTS, started: time, finished: time, completed: true };
    this.sink.row('scans', { ...scan, scope: kind, targets }, record);
    const reason = 'output of a command on it, or a file of it';
    this.sink.row('scan_targets', { scan_id: kind, time, system: targets[0], state: 'up', reason }, record);
  }

  #nothingListed({ span, kind }: { readonly span: Span; readonly kind: string }): void {
    const time = this.context.takenAt;
    const record = this.sink.record(span.byte, span.length);
    this.#rows++;
    if (time === undefined) this.#undatedRows++;
    else this.#byHand++;
    if (this.context.system === undefined) this.#unnamed++;
    this.#scan(kind, record, time);
    this.sink.assume(`The output of ${kind} has a heading and lists nothing.`);
  }

  /** The same text twice in one output is two resources. */
  #identity(id: string, system = ''): string {
    const key = `${system}\n${id}`;
    const times = (this.#seen.get(key) ?? 0) + 1;
    if (this.#seen.size < MOST_IDENTITIES) this.#seen.set(key, times);
    return times === 1 ? id : `${id} #${times}`;
  }

  #undatable(): Problem {
    return {
      code: 'bad_request',
      message: `The file says nothing about when it was printed: ${this.#undated + this.#undatedRows} of its records have no time.`,
      where: { file: this.context.name },
      remedy: 'Say when it was taken with --taken-at TIME.',
    };
  }

  #unreadable(): Problem {
    return {
      code: 'damaged_file',
      message: `None of ${this.#rejected} records is readable. Record 1: ${this.#firstReason}`,
      where: { file: this.context.name },
      remedy: 'Save the output of the command again as text in UTF-8, one command a file.',
    };
  }
}

const named = (text: string): string =>
  (text.length > LONGEST_NAME ? text.slice(0, LONGEST_NAME) : text).toWellFormed();
