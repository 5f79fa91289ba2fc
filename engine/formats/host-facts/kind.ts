/** What a kind of output is: how its lines are known, and what each of them says. See docs/formats/host-facts.md. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import type { Sign } from '../clocks/signs.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** One thing that an output says of a host: a row of `config_items`, and of `accounts` where it is an account. */
export interface Fact {
  /** `resource_type`: host, socket, block_device, ... */
  readonly type: string;
  /** Identity among the facts of the same output; what it is of is put before it, and a number where it comes again. */
  readonly id: string;
  readonly name?: string | undefined;
  /** The host, where the output names it. */
  readonly system?: string | undefined;
  /** Members of the output under their own names. */
  readonly fields: Fields;
  readonly account?: EvidenceRow<'accounts'>;
}

/** What a line is. A heading or a rule between columns is no record; a comment is none, and is counted. */
export type LineReading =
  | { readonly kind: 'facts'; readonly facts: readonly Fact[]; readonly hidesText?: boolean }
  | { readonly kind: 'heading' }
  | { readonly kind: 'comment' }
  | { readonly kind: 'rejected'; readonly reason: string };

export const heading: LineReading = { kind: 'heading' };
export const comment: LineReading = { kind: 'comment' };
export const fact = (...facts: readonly Fact[]): LineReading => ({ kind: 'facts', facts });
export const rejected = (reason: string): LineReading => ({ kind: 'rejected', reason });

/** What all kinds know about the file besides its lines. */
export interface KindContext {
  /** The first lines of the file. */
  readonly head: readonly string[];
  /** When the output was printed; undefined where nobody said, and the file is refused then. */
  readonly captured: UtcMicros | undefined;
  /** Something taken for granted for the whole file: a sentence. */
  assume(statement: string): void;
}

/** Spaces and tabs beside each other that no output has: what looks for columns would take long in them. */
const TOO_WIDE = /[ \t]{500}/;

/** Why a line is none of an output, before anything is looked for in it; undefined where it may be one. */
export function oddShape(line: string, longest: number): string | undefined {
  if (line.length > longest) return `The line has ${line.length} characters; the output has no line over ${longest}.`;
  return TOO_WIDE.test(line) ? 'The line has 500 spaces or more in a row; no output is that wide.' : undefined;
}

interface AnyKind {
  readonly id: string;
  /** Ends "12 of the first 12 lines are ...": "as ss prints them". */
  readonly as: string;
  /** Whether a line could be of it; `sure` could hardly be anything else. */
  signOf(line: string): Sign;
}

/** An output in which each line is a record. */
export interface LineKind extends AnyKind {
  readonly framing: 'lines';
  /** Its lines can be long: command lines, lists of members. */
  readonly hasLongLines?: true;
  open(context: KindContext): (line: string) => LineReading;
  /** A line that goes on in the next one, as a backslash at its end says. */
  readonly goesOn?: (line: string) => boolean;
  /** Its lines hold what is never kept (hashes of passwords): the bytes of a rejected line are not shown. */
  readonly isSecret?: true;
}

/** An output of several lines that is one record: a report. */
export interface ReportKind extends AnyKind {
  readonly framing: 'report';
  /** A line with which another report begins, given the lines of the one before it. */
  readonly begins?: (line: string, before: readonly string[]) => boolean;
  /** What the report says; a text is the reason why it is rejected. */
  read(lines: readonly string[], context: KindContext): readonly Fact[] | string;
}

export type TextKind = LineKind | ReportKind;

/** Words of a line. */
export const wordsOf = (line: string): readonly string[] => line.trim().split(/\s+/);

/** `text` without one pair of quotes around it. */
export function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

/** A whole number of up to 15 digits; anything else stays as it is written. */
export function numberOrText(text: string): number | string {
  return /^-?(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
