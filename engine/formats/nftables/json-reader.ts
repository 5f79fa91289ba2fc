/** Reads `nft -j list ruleset`: each element of its list is a record. libnftables-json(5). */
import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { JsonRecordScanner, type JsonRecord } from '../framing/json-records.ts';
import { at, text } from './meaning.ts';
import type { Expression } from './rule-text.ts';
import { Finisher, type RuleSetReader } from './finisher.ts';
import { readHook, type ReadChain, type RuleSetStore } from './table-store.ts';
import type { Value } from './values.ts';

/** Kinds of objects that hold no rules: what they count or configure decides nothing by itself. */
const OTHER_OBJECTS = new Set([
  'counter',
  'quota',
  'limit',
  'flowtable',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'synproxy',
  'tunnel',
]);

export class NftJsonReader implements RuleSetReader {
  readonly #scanner: JsonRecordScanner;
  readonly #end: Finisher;
  readonly #store: RuleSetStore;

  constructor(
    private readonly sink: RowSink,
    context: ReadContext,
  ) {
    this.#end = new Finisher(sink, context);
    this.#store = this.#end.store;
    this.#scanner = new JsonRecordScanner(
      { lists: ['nftables'], firstKeys: ['table', 'chain', 'rule', 'set', 'map', 'metainfo'] },
      {
        record: (record) => this.#take(record),
        damaged: (byte, bytes, reason) => {
          this.sink.record(byte, bytes.length);
          this.#lost(reason, bytes);
        },
      },
    );
  }

  push(piece: Uint8Array): void {
    this.#scanner.push(piece);
  }

  finish(): Problem | undefined {
    const ending = this.#scanner.finish();
    if (ending === 'utf-16') return this.#end.unreadable('The file is UTF-16 text, not UTF-8.');
    if (ending === 'cut-off') this.#end.cutOff();
    return this.#end.finish();
  }

  /** What it was is not known: it may have been a rule of any chain. */
  #lost(reason: string, bytes: Uint8Array): void {
    this.sink.reject(reason, bytes.slice());
    this.#end.lost('A record of the rule set could not be read.');
  }

  #take({ byte, bytes, value }: JsonRecord): void {
    const record = this.sink.record(byte, bytes.length);
    const found = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const [kind = '', inner] = found.find(([name]) => name !== 'add') ?? [];
    if (this.#end.rejectUndated(bytes)) return;
    const reason = this.#object(kind, inner, record);
    if (reason !== undefined) this.#lost(reason, bytes);
  }

  #object(kind: string, value: Value, record: number): string | undefined {
    const of = (name: string): string => text(at(value, name));
    if (kind === 'metainfo') {
      this.#store.version = of('version');
      this.#end.metainfo(record, value);
      return undefined;
    }
    if (kind === 'table') return this.#table(value, record);
    const table = this.#store.find(of('family'), of('table'));
    if (!table)
      return `The record is of a table, ${JSON.stringify(`${of('family')} ${of('table')}`.slice(0, 80))}, that does not come before it.`;
    if (of('name') === '' && kind !== 'rule' && kind !== 'element')
      return `The record of the kind ${JSON.stringify(kind.slice(0, 40))} has no name.`;
    if (kind === 'chain') return this.#chain(table.chains, value, record);
    if (kind === 'rule') return this.#rule(table.chains, value, record);
    if (kind !== 'set' && kind !== 'map' && !OTHER_OBJECTS.has(kind))
      return `The record is of the kind ${JSON.stringify(kind.slice(0, 40))}, which is not known.`;
    const description = typeof value === 'object' && value !== null ? { ...value } : {};
    table.sets.push({ record, name: of('name'), kind: kind as 'set', description: withoutPlace(description) });
    return undefined;
  }

  #table(value: Value, record: number): string | undefined {
    const [family, name] = [text(at(value, 'family')), text(at(value, 'name'))];
    if (family === '' || name === '') return 'The table has no family or no name.';
    if (this.#store.find(family, name)) return `The table ${JSON.stringify(`${family} ${name}`)} comes a second time.`;
    const table = this.#store.open(family, name, record);
    if ([at(value, 'flags')].flat().map(text).includes('dormant')) table.dormant = true;
    return undefined;
  }

  #chain(chains: Map<string, ReadChain>, value: Value, record: number): string | undefined {
    const of = (name: string): string => text(at(value, name));
    if (chains.has(of('name'))) return `The chain ${JSON.stringify(of('name').slice(0, 60))} comes a second time.`;
    const hook = at(value, 'hook');
    if (hook === undefined) {
      chains.set(of('name'), { record, name: of('name'), rules: [] });
      return undefined;
    }
    const known = readHook(text(hook));
    if (!known) return `The chain has the hook ${JSON.stringify(hook)}, which is not known.`;
    const priority = at(value, 'prio');
    const policy = of('policy');
    const dev = at(value, 'dev');
    chains.set(of('name'), {
      record,
      name: of('name'),
      type: of('type'),
      hook: known,
      priority: typeof priority === 'number' ? priority : undefined,
      // Without a word a base chain accepts.
      policy: policy === 'drop' || policy === 'accept' ? policy : policy === '' ? 'accept' : 'unknown',
      devices: dev === undefined ? undefined : [dev].flat().map(text),
      rules: [],
    });
    return undefined;
  }

  #rule(chains: Map<string, ReadChain>, value: Value, record: number): string | undefined {
    const chain = chains.get(text(at(value, 'chain')));
    if (!chain)
      return `The rule is of a chain, ${JSON.stringify(text(at(value, 'chain')).slice(0, 60))}, that does not come before it.`;
    const written = at(value, 'expr');
    if (!Array.isArray(written) || !written.every(isExpression)) return 'The rule has no list of expressions (expr).';
    const expressions = written as readonly Expression[];
    const handle = at(value, 'handle');
    const comment = at(value, 'comment');
    this.#store.addRule(chain, record, {
      record,
      text: JSON.stringify(expressions.map(uncounted)),
      expressions,
      comment: typeof comment === 'string' ? comment : undefined,
      handle: typeof handle === 'number' ? handle : undefined,
    });
    return undefined;
  }
}

function isExpression(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

/** Without the numbers of packets, which change by themselves. */
function uncounted(expression: Expression): Expression {
  return typeof at(expression, 'counter', 'packets') === 'number' ? { counter: null } : expression;
}

/** What the row says already. */
const OF_THE_PLACE = new Set(['family', 'table', 'name', 'handle']);

function withoutPlace(description: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(description).filter(([name]) => !OF_THE_PLACE.has(name)));
}
