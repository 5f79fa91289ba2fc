/** Reads `nft list ruleset`, with `-a` and without: tables, chains, sets and rules are records. nft(8). */
import type { Problem } from '../../../shared/problem.ts';
import { quoted, textLines, type TextLine, type TextLineHandler } from '../firewall/text-lines.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { Finisher, type RuleSetReader } from './finisher.ts';
import { joinedPlace, rawBytes, type Place } from './pieces.ts';
import { readRuleText } from './rule-text.ts';
import { readSetBlock } from './set-block.ts';
import { partsOf, StatementJoiner, type Statement, type StatementHandler } from './statements.ts';
import { readHook, readPriority, type ReadChain, type RuleSetStore, type StoredTable } from './table-store.ts';

/** A chain whose type may still come, in the line after its name. */
interface OpenChain {
  readonly name: string;
  readonly place: Place;
  /** Once it is declared. */
  chain: ReadChain | undefined;
}

interface OpenSet {
  readonly kind: string;
  readonly name: string;
  readonly lines: string[];
  place: Place;
}

export class NftTextReader implements RuleSetReader, TextLineHandler, StatementHandler {
  readonly #lines = textLines(this);
  readonly #joiner = new StatementJoiner(this);
  readonly #end: Finisher;
  readonly #store: RuleSetStore;
  #table: StoredTable | undefined;
  #chain: OpenChain | undefined;
  #set: OpenSet | undefined;
  /** Blocks that were rejected and are open. */
  #skipped = 0;
  #last = 0;

  constructor(
    private readonly sink: RowSink,
    context: ReadContext,
  ) {
    this.#end = new Finisher(sink, context);
    this.#store = this.#end.store;
  }

  push(piece: Uint8Array): void {
    this.#lines.push(piece);
  }

  textLine({ text, ...place }: TextLine): void {
    this.#joiner.line(text, place);
  }

  badLine({ byte, length, bytes }: Omit<TextLine, 'text'>, reason: string): void {
    this.notStatement({ byte, length, raw: [bytes.slice()] }, reason);
  }

  finish(): Problem | undefined {
    this.#lines.finish();
    this.#joiner.finish();
    const isOpen = this.#table !== undefined || this.#chain !== undefined || this.#set !== undefined;
    if (this.#set)
      this.notStatement(this.#set.place, `The file is cut off inside the ${this.#set.kind} ${quoted(this.#set.name)}.`);
    if (this.#chain) this.#declared(this.#chain);
    if (isOpen) this.#end.cutOff();
    return this.#end.finish();
  }

  notStatement(place: Place, reason: string): void {
    const record = this.#record(place);
    this.sink.reject(reason, rawBytes(place));
    // In a chain it may have been a rule; elsewhere anything.
    if (this.#chain && !this.#set) this.#store.addRule(this.#declared(this.#chain), record, undefined);
    else this.#end.lost('A part of the rule set could not be read.');
  }

  statement(statement: Statement): void {
    const { kind, text } = statement;
    if (this.#skipped > 0) return this.#skip(statement);
    if (kind === 'close') return this.#close(statement);
    if (this.#set) return this.#inSet(this.#set, statement);
    if (kind === 'open') return this.#open(statement);
    if (this.#chain) return this.#inChain(this.#chain, statement);
    if (this.#table && (text.startsWith('flags ') || text.startsWith('comment '))) {
      if (/^flags .*\bdormant\b/.test(text)) this.#table.dormant = true;
      return;
    }
    const command = /^(?:add|flush|define|include|delete|insert|destroy|create|replace|redefine|undefine)\b/.exec(
      text,
    )?.[0];
    this.notStatement(
      statement,
      command === undefined
        ? `The line ${quoted(text)} is nothing that nft list ruleset prints.`
        : `The line is a command of nft (${command}): it says what should be, not what is.`,
    );
  }

  #record({ byte, length }: Place): number {
    this.#last = this.sink.record(byte, length);
    return this.#last;
  }

  #skip(statement: Statement): void {
    if (statement.kind === 'open') this.#skipped++;
    else if (statement.kind === 'close') this.#skipped--;
    if (statement.kind !== 'close') {
      this.#record(statement);
      this.sink.reject('The line stands in a block that could not be read.', rawBytes(statement));
    }
  }

  #close(statement: Statement): void {
    if (this.#set) return this.#closeSet(this.#set, statement);
    if (this.#chain) {
      this.#declared(this.#chain);
      this.#chain = undefined;
    } else if (this.#table) this.#table = undefined;
    else this.notStatement(statement, 'The closing brace closes nothing.');
  }

  #open(statement: Statement): void {
    const words = statement.text
      .replace(/\s*\{$/, '')
      .split(/\s+/)
      .map((word) => word.replaceAll('"', ''));
    if (words[0] === 'table') return this.#openTable(words, statement);
    if (!this.#table || this.#chain)
      return this.#refuseBlock(statement, `The block ${quoted(statement.text)} stands where none can be.`);
    if (words[0] === 'chain') return this.#openChain(words, statement);
    const kind = words.slice(0, -1).join(' ');
    this.#set = { kind, name: words.at(-1) ?? '', lines: [], place: statement };
  }

  #refuseBlock(statement: Statement, reason: string): void {
    this.notStatement(statement, reason);
    this.#skipped = 1;
  }

  // table inet filter {, and of old table filter { for ip
  #openTable(words: readonly string[], statement: Statement): void {
    if (this.#table) return this.#refuseBlock(statement, 'A table begins within a table.');
    const [family = '', name = ''] = words.length === 2 ? ['ip', words[1]] : words.slice(1);
    if (words.length > 3 || name === '') return this.#refuseBlock(statement, 'The table has no name.');
    const record = this.#record(statement);
    if (this.#end.rejectUndated(rawBytes(statement))) {
      this.#skipped = 1;
      return;
    }
    if (this.#store.find(family, name)) {
      this.sink.reject(`The table ${quoted(`${family} ${name}`)} comes a second time.`, rawBytes(statement));
      this.#end.lost('A table comes twice in the file.');
      this.#skipped = 1;
      return;
    }
    this.#table = this.#store.open(family, name, record);
  }

  #openChain(words: readonly string[], statement: Statement): void {
    const name = words[1] ?? '';
    if (words.length !== 2 || this.#table?.chains.has(name))
      return this.#refuseBlock(
        statement,
        `The chain ${quoted(name)} comes a second time, or its name is not one word.`,
      );
    this.#chain = { name, place: statement, chain: undefined };
  }

  #inChain(open: OpenChain, statement: Statement): void {
    if (!open.chain && statement.text.startsWith('type ')) return this.#declareBase(open, statement);
    if (/^comment "[^"]*"$/.test(statement.text) && !open.chain) return;
    const chain = this.#declared(open);
    for (const [index, part] of partsOf(statement.text).entries()) {
      if (/^policy (?:accept|drop)$/.test(part)) {
        // A policy on a line of its own: `nft` prints it beside the type, people do not.
        this.#table?.chains.set(open.name, Object.assign(chain, { policy: part.slice(7) }));
        continue;
      }
      this.#rule(chain, { ...statement, text: part }, index > 0);
    }
  }

  #rule(chain: ReadChain, statement: Statement, isSameLine: boolean): void {
    const { text, handle } = statement;
    const rule = readRuleText(text);
    // Rules on one line are one record, and are read or rejected together as far as that goes.
    const record = isSameLine ? this.#last : this.#record(statement);
    if (typeof rule === 'string') {
      if (!isSameLine) this.sink.reject(rule, rawBytes(statement));
      return this.#store.addRule(chain, record, undefined);
    }
    const uncounted = text.replaceAll(/\bcounter packets \d+ bytes \d+/g, 'counter').replaceAll(/ {2,}/g, ' ');
    this.#store.addRule(chain, record, { record, text: uncounted, ...rule, handle });
  }

  /** The chain as a record of its own; without a type it is one that others call. */
  #declared(open: OpenChain): ReadChain {
    if (open.chain) return open.chain;
    const record = this.#record(open.place);
    open.chain = { record, name: open.name, rules: [] };
    this.#table?.chains.set(open.name, open.chain);
    return open.chain;
  }

  // type filter hook input [device "eth0" | devices = { ... }] priority filter; policy drop;
  #declareBase(open: OpenChain, statement: Statement): void {
    const parts = partsOf(statement.text);
    const found = BASE.exec(parts[0] ?? '');
    const hook = readHook(found?.[2] ?? '');
    const priority = readPriority(found?.[4] ?? '');
    if (!found || !hook || priority === undefined) {
      this.#declared(open);
      this.notStatement(statement, 'The type of the chain is not as nft prints it: type, hook and priority.');
      return this.#end.lost(`The type of the chain ${open.name} could not be read.`);
    }
    const policy = /^policy (accept|drop)$/.exec(parts[1] ?? '')?.[1] as 'accept' | 'drop' | undefined;
    const record = this.#record(joinedPlace(open.place, statement));
    const devices =
      found[3] === undefined
        ? undefined
        : (found[3].match(/[^\s"{},=]+/g) ?? []).filter((word) => !/^devices?$/.test(word));
    open.chain = {
      record,
      name: open.name,
      type: found[1],
      hook,
      priority,
      devices,
      policy: policy ?? 'accept',
      rules: [],
    };
    this.#table?.chains.set(open.name, open.chain);
  }

  #inSet(open: OpenSet, statement: Statement): void {
    open.lines.push(...partsOf(statement.text));
    open.place = joinedPlace(open.place, statement);
  }

  #closeSet(open: OpenSet, statement: Statement): void {
    const place = joinedPlace(open.place, statement);
    this.#set = undefined;
    const record = this.#record(place);
    const description = readSetBlock(open.lines);
    if (typeof description === 'string') {
      // Rules that ask for it find no such set, and are undecided.
      this.sink.reject(description, rawBytes(place));
      return;
    }
    this.#table?.sets.push({ record, name: open.name, kind: open.kind as 'set', description });
  }
}

const BASE = /^type (filter|nat|route) hook (\w+)( devices?\b.*?)? priority ([a-z0-9 +-]+)$/;
