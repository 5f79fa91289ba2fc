/** Reads iptables-save, `iptables -S` and `iptables -L`. What is a record stands in docs/formats/iptables.md. */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant } from '../../../shared/time.ts';
import { quoted, textLines, type TextLine, type TextLineHandler } from '../firewall/text-lines.ts';
import { MOST_RULES, NO_TIME, nothingRead, tooManyRules, undatable } from '../firewall/undated.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { tableByChains } from './builtin-chains.ts';
import { readColumns, readListedRule, type ListingColumns } from './listing-line.ts';
import { readRuleLine, type RuleLine } from './rule-line.ts';
import { readHeading, type SaveHeading } from './save-time.ts';
import { addTables, OpenTable } from './tables.ts';

/** `-S`, `-L`: the table is not named. */
const UNNAMED = '';

export class IptablesReader implements SourceReader, TextLineHandler {
  readonly #lines = textLines(this);
  readonly #tables: OpenTable[] = [];
  #heading: SaveHeading | undefined;
  #table: OpenTable | undefined;
  #listed: { chain: string; columns: ListingColumns | undefined } | undefined;
  #records = 0;
  #undated = 0;
  #rules = 0;
  #dated = { itself: 0, takenAt: 0 };
  #sawV6 = false;
  #sawV4 = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    this.#lines.push(piece);
  }

  textLine(line: TextLine): void {
    const text = line.text.trimStart();
    if (text.startsWith('#')) return this.#comment(text);
    if (/^\[\d+:\d+\] -A |^-A |^--append /.test(text)) return this.#rule(line, text);
    const table = /^\*([A-Za-z0-9_-]{1,31})$/.exec(text);
    if (table) return this.#openTable(line, table[1]!);
    const declared = /^:(\S{1,40}) (ACCEPT|DROP|QUEUE|-)(?: \[(\d{1,20}):(\d{1,20})\])?$/.exec(text);
    if (declared)
      return this.#declare(line, {
        name: declared[1]!,
        policy: declared[2]!,
        packets: declared[3],
        bytes: declared[4],
      });
    const listed = /^-(P|N) (\S{1,40})(?: (ACCEPT|DROP|QUEUE))?(?: -c (\d{1,20}) (\d{1,20}))?$/.exec(text);
    if (listed && (listed[1] === 'P') === (listed[3] !== undefined))
      return this.#declare(line, { name: listed[2]!, policy: listed[3] ?? '-', packets: listed[4], bytes: listed[5] });
    if (text === 'COMMIT') return this.#commit(line);
    const chain = CHAIN_HEADING.exec(text);
    if (chain) return this.#openListed(line, chain);
    if (this.#listed) return this.#listedLine(line);
    this.#stray(line, `The line ${quoted(text)} is nothing that iptables-save, iptables -S or iptables -L print.`);
  }

  badLine(line: Omit<TextLine, 'text'>, reason: string): void {
    this.#stray(line, reason);
  }

  finish(): Problem | undefined {
    this.#lines.finish();
    const { name } = this.context;
    if (this.#rules > MOST_RULES) return tooManyRules(name);
    if (this.#tables.length === 0)
      return this.#undated > 0 ? undatable(name, this.#undated) : nothingRead(name, 'rule set');
    if (this.#table && this.#table.name !== UNNAMED && !this.#table.isComplete) this.#cutOff(this.#table);
    this.#say();
    const family = this.#sawV6 && !this.#sawV4 ? 'ip6' : 'ip';
    const tables = this.#tables.map((table) => {
      if (table.name !== UNNAMED) return table.build();
      const built = table.build(this.#unnamedTable(table));
      return { ...built, family };
    });
    addTables(tables, this.sink, this.context, this.#heading?.version);
    return undefined;
  }

  #cutOff(table: OpenTable): void {
    table.unread = 'The table ends without its COMMIT: its end is missing.';
    this.sink.assume(`The table ${table.name} ends without its COMMIT: what came after its end is unknown.`);
  }

  #say(): void {
    const { takenAt, zone } = this.context;
    if (this.#dated.itself > 0)
      this.sink.assume(`The times in the comments of iptables-save have no zone: they are read in ${zone}.`);
    if (this.#dated.takenAt > 0 && takenAt !== undefined)
      this.sink.assume(
        `Tables without a time of their own: ${this.#dated.takenAt}; they are dated ${formatInstant(takenAt)}, as given for the file.`,
      );
  }

  #unnamedTable(table: OpenTable): string {
    const found = tableByChains([...table.chains.values()].filter(({ policy }) => policy).map(({ name }) => name));
    this.sink.assume(`The listing does not say its table: by its chains it is ${found}.`);
    if (!this.#sawV4 && !this.#sawV6)
      this.sink.assume('The listing does not say whether it is of IPv4 or IPv6: it is taken for IPv4.');
    return found;
  }

  #comment(text: string): void {
    const heading = readHeading(text, this.context.zone);
    if (heading) this.#heading = heading;
    const incompatible = /^# Table [`'"]?([^`'" ]{1,40})[`'"]? is incompatible/.exec(text);
    if (incompatible)
      this.sink.assume(
        `The table ${incompatible[1]} is not in the file: iptables-save calls it incompatible. nft list ruleset has it.`,
      );
    if (/^# Warning: ip6?tables-legacy tables present/.test(text))
      this.sink.assume(
        'There are tables of iptables-legacy too, says iptables-save; they are not in this part of the file.',
      );
  }

  /** When the table was listed; its records are rejected where nothing says. */
  #captured(): bigint | undefined {
    return this.#heading?.time ?? this.context.takenAt;
  }

  #openTable(line: TextLine, name: string): void {
    if (this.#table && !this.#table.isComplete && this.#table.name !== UNNAMED) this.#cutOff(this.#table);
    this.#listed = undefined;
    this.#begin(line, name);
  }

  #begin(line: TextLine, name: string): OpenTable | undefined {
    const captured = this.#captured();
    const record = this.#record(line);
    this.#table = undefined;
    if (captured === undefined) {
      this.#undated++;
      this.sink.reject(NO_TIME, line.bytes.slice());
      return undefined;
    }
    if (this.#heading?.time !== undefined) this.#dated.itself++;
    else this.#dated.takenAt++;
    this.#table = new OpenTable(record, this.#heading?.family ?? 'ip', name, captured, this.#heading?.version);
    this.#tables.push(this.#table);
    return this.#table;
  }

  #record({ byte, length }: Omit<TextLine, 'text'>): number {
    this.#records++;
    return this.sink.record(byte, length);
  }

  /** The table that a line belongs to; the first line of a listing begins it. Nothing: the line is rejected. */
  #tableOf(line: TextLine, begins: boolean): { table: OpenTable; record: number } | undefined {
    if (this.#table && !this.#table.isComplete) return { table: this.#table, record: this.#record(line) };
    if (begins) {
      const table = this.#begin(line, UNNAMED);
      return table && { table, record: table.record };
    }
    this.#undatedOrStray(line);
    return undefined;
  }

  #undatedOrStray(line: Omit<TextLine, 'text'>): void {
    this.#record(line);
    const isUndated = this.#captured() === undefined;
    if (isUndated) this.#undated++;
    this.sink.reject(isUndated ? NO_TIME : 'The line stands outside of a table.', line.bytes.slice());
  }

  #declare(
    line: TextLine,
    {
      name,
      policy,
      packets,
      bytes,
    }: { name: string; policy: string; packets: string | undefined; bytes: string | undefined },
  ): void {
    const isSave = line.text.trimStart().startsWith(':');
    // A chain that comes again is of the next listing.
    if (this.#table?.name === UNNAMED && policy !== '-' && this.#table.chains.get(name)?.policy)
      this.#table = undefined;
    const at = this.#tableOf(line, !isSave);
    if (!at) return;
    if (at.table.chains.get(name)?.policy !== undefined)
      return this.sink.reject(`The chain ${quoted(name)} is declared a second time.`, line.bytes.slice());
    const chain = at.table.chain(name, at.record);
    chain.policy = policy === 'ACCEPT' ? 'accept' : policy === 'DROP' ? 'drop' : policy === '-' ? undefined : 'unknown';
    chain.packets = packets;
    chain.bytes = bytes;
  }

  #rule(line: TextLine, text: string): void {
    const at = this.#tableOf(line, true);
    if (!at) return;
    const rule = readRuleLine(text);
    if (typeof rule === 'string')
      return this.#rejectRule(line, rule, { ...at, chain: /-A (\S{1,40})/.exec(text)?.[1] });
    this.#keep(rule, at);
  }

  #keep(line: RuleLine, { table, record }: { table: OpenTable; record: number }): void {
    if (++this.#rules > MOST_RULES) {
      this.sink.reject('The rule set has too many rules.', new Uint8Array());
      return;
    }
    this.#noticeFamily(line.text);
    table.chain(line.chain, record).lines.push({ record, line });
  }

  #noticeFamily(text: string): void {
    if (/(?:^|[ !])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f.]*(?:\/\d+)?(?: |$)|ipv6-icmp|icmp6-|icmpv6/i.test(text))
      this.#sawV6 = true;
    if (/(?:^|[ !])\d+\.\d+\.\d+\.\d+(?:[/ ]|$)|(?:-p | )icmp |icmp-(?:port|host|net|admin|proto)/.test(text))
      this.#sawV4 = true;
  }

  #rejectRule(
    line: Omit<TextLine, 'text'>,
    reason: string,
    { table, record, chain }: { table: OpenTable; record: number; chain: string | undefined },
  ): void {
    this.sink.reject(reason, line.bytes.slice());
    const known = chain === undefined ? undefined : table.chains.get(chain);
    if (known) known.lines.push({ record, line: undefined });
    else table.unread = 'A line of the table could not be read.';
  }

  #commit(line: TextLine): void {
    if (this.#table && this.#table.name !== UNNAMED) this.#table.isComplete = true;
    else this.#undatedOrStray(line);
  }

  // Chain INPUT (policy ACCEPT 0 packets, 0 bytes)     Chain LOGDROP (1 references)
  #openListed(line: TextLine, [, name = '', policy, packets, bytes]: RegExpExecArray): void {
    const isBuiltIn = policy !== undefined;
    const repeated = this.#table?.chains.has(name) === true;
    if (this.#table?.name !== UNNAMED || repeated) this.#table = undefined;
    const at = this.#tableOf(line, true);
    this.#listed = { chain: name, columns: undefined };
    if (!at) return;
    const chain = at.table.chain(name, at.record);
    chain.policy = !isBuiltIn ? undefined : policy === 'ACCEPT' ? 'accept' : policy === 'DROP' ? 'drop' : 'unknown';
    chain.packets = packets;
    chain.bytes = bytes;
  }

  #listedLine(line: TextLine): void {
    const columns = readColumns(line.text);
    if (columns) {
      this.#listed!.columns = columns;
      return;
    }
    const table = this.#table;
    if (!table) return this.#undatedOrStray(line);
    const record = this.#record(line);
    const { chain, columns: known } = this.#listed!;
    const rule = known ? readListedRule(chain, line.text, known) : 'The chain has no line that names its columns.';
    if (typeof rule === 'string') return this.#rejectRule(line, rule, { table, record, chain });
    if (!known!.hasInterfaces)
      this.sink.assume(
        'The listing was made without -v: it does not show interfaces, so each of its rules may or may not match.',
      );
    this.#keep(rule, { table, record });
  }

  /** A line that is no line of a rule set: whatever it was, its table is not whole. */
  #stray(line: Omit<TextLine, 'text'>, reason: string): void {
    this.#record(line);
    this.sink.reject(reason, line.bytes.slice());
    if (this.#table && !this.#table.isComplete) this.#table.unread = 'A line of the table could not be read.';
    else if (this.#tables.length > 0 && this.#captured() !== undefined)
      this.#tables.at(-1)!.unread ??= 'A line beside the table could not be read.';
  }
}

const CHAIN_HEADING =
  /^Chain (\S{1,40}) \((?:policy (ACCEPT|DROP|QUEUE)(?: (\d+[KMGTPE]?) packets, (\d+[KMGTPE]?) bytes)?|\d+ references)\)$/;
