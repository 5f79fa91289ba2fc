/** What a rule of nft means: its expressions, from left to right, as cases of the model. */
import type { Action, Condition, Rule, RuleCase } from '../firewall/model.ts';
import type { Range } from '../firewall/range-sets.ts';
import { actionOf } from '../iptables/targets.ts';
import { fieldOf, tcpFlags, type Field } from './fields.ts';
import type { Expression } from './rule-text.ts';
import type { Value } from './values.ts';

/** Elements of a named set or map; nothing for one that is not known, or that packets change. */
export type FindSet = (name: string) => readonly Value[] | undefined;

export type Meaning = Pick<Rule, 'cases' | 'limit' | 'packets' | 'bytes' | 'notrack'>;

/** Conditions that all hold, and what is not evaluated. */
interface Matched {
  readonly conditions: readonly Condition[];
  readonly unknown: readonly string[];
}

const MOST_CASES = 20_000;

export function meaningOf(expressions: readonly Expression[], findSet: FindSet): Meaning {
  return new RuleMeaning(findSet).of(expressions);
}

class RuleMeaning {
  #matched: readonly Matched[] = [{ conditions: [], unknown: [] }];
  readonly #cases: RuleCase[] = [];
  #limit: string | undefined;
  #packets: string | undefined;
  #bytes: string | undefined;
  #notrack: true | undefined;
  #isDecided = false;

  constructor(private readonly findSet: FindSet) {}

  of(expressions: readonly Expression[]): Meaning {
    for (const expression of expressions) {
      const [name = '', value] = Object.entries(expression)[0] ?? [];
      if (!this.#isDecided) this.#expression(name, value);
    }
    if (!this.#isDecided && this.#cases.length === 0) this.#decide({ kind: 'continue' }, '');
    return {
      cases: this.#cases,
      limit: this.#limit,
      packets: this.#packets,
      bytes: this.#bytes,
      notrack: this.#notrack,
    };
  }

  #expression(name: string, value: Value): void {
    const member = (key: string): Value => at(value, key);
    if (name === 'match') return this.#match(member('op'), member('left'), member('right'));
    if (name === 'vmap') return this.#verdictMap(member('key'), member('data'));
    if (name === 'counter') return this.#counter(value);
    if (name === 'limit') return this.#limited(value);
    if (name === 'notrack') this.#notrack = true;
    else if (name === 'xt') this.#extension(text(member('type')), text(member('name')));
    else if (name === 'set') this.#alsoUnknown(`${text(member('op'))} ${text(member('set'))}`);
    else if (UNSURE.has(name)) this.#alsoUnknown(`${name} ${shown(value)}`);
    else {
      const action = statementAction(name, value);
      if (action) this.#decide(action, name);
    }
  }

  #decide(action: Action, word: string): void {
    this.#isDecided = true;
    for (const { conditions, unknown } of this.#matched) this.#cases.push({ conditions, unknown, action, word });
  }

  #alsoUnknown(because: string): void {
    this.#matched = this.#matched.map(({ conditions, unknown }) => ({ conditions, unknown: [...unknown, because] }));
  }

  #match(op: Value, left: Value, right: Value): void {
    const alternatives = this.#alternatives(op, left, right);
    if (!alternatives || alternatives.length * this.#matched.length > MOST_CASES) {
      // What the field implies holds even where its value is not known.
      const implied = (fieldOf(left) ?? fieldOf(at(left, '&', 0)))?.implies ?? [];
      this.#both([implied]);
      return this.#alsoUnknown(`${shown(left)} ${text(op)} ${shown(right)}`);
    }
    this.#both(alternatives);
  }

  #both(alternatives: readonly (readonly Condition[])[]): void {
    this.#matched = this.#matched.flatMap(({ conditions, unknown }) =>
      alternatives.map((more) => ({ conditions: [...conditions, ...more], unknown })),
    );
  }

  /** Any of these must hold. Nothing where it is not known. */
  #alternatives(op: Value, left: Value, right: Value): readonly (readonly Condition[])[] | undefined {
    const flags = tcpFlags(op, left, right);
    if (flags) return [flags];
    const values = this.#values(right);
    const concat = at(left, 'concat');
    if (Array.isArray(concat)) {
      if (!isEqual(op) || !values) return undefined;
      return allOf(values.map((value) => concatConditions(concat, at(unwrapped(value), 'concat'))));
    }
    const field = fieldOf(left);
    if (!field || !values) return undefined;
    const isNegated = op === '!=' || op === '!';
    // Several states after an exclamation mark are compared as one value, which no packet has.
    if (isNegated && Array.isArray(right) && right.length > 1) return undefined;
    if (COMPARISONS.has(text(op))) return compared(field, text(op), right);
    if (!isEqual(op) && !isNegated) return undefined;
    const condition = conditionOf(field, values, isNegated);
    return condition && [[...field.implies, condition]];
  }

  /** The values of a right side, one by one: those of a set, of a named set, of a list of bits. */
  #values(right: Value): readonly Value[] | undefined {
    if (typeof right === 'string' && right.startsWith('@')) return this.findSet(right.slice(1));
    const set = at(right, 'set');
    if (Array.isArray(set)) return set as readonly Value[];
    if (typeof set === 'string' && set.startsWith('@')) return this.findSet(set.slice(1));
    const bits = at(right, '|');
    if (Array.isArray(bits)) return bits as readonly Value[];
    return Array.isArray(right) ? (right as readonly Value[]) : [right];
  }

  #verdictMap(key: Value, data: Value): void {
    const pairs = this.#values(data);
    this.#isDecided = true;
    if (!pairs || pairs.length * this.#matched.length > MOST_CASES) {
      this.#isDecided = false;
      return this.#decide({ kind: 'unknown', because: `what the map ${shown(data)} says is not known` }, 'vmap');
    }
    const before = this.#matched;
    const rest: [Value, Value][] = [];
    for (const pair of pairs) {
      const [from, to] = Array.isArray(pair) ? (pair as readonly Value[]) : [];
      if (unwrapped(from) === '*') rest.push([from, to]);
      else this.#mapCase(before, { op: '==', key, from }, to);
    }
    // What no other element has.
    for (const [, to] of rest) this.#mapCase(before, undefined, to);
  }

  #mapCase(before: readonly Matched[], match: { op: string; key: Value; from: Value } | undefined, to: Value): void {
    this.#matched = before;
    if (match) this.#match(match.op, match.key, { set: [match.from] });
    const [word = '', target] = typeof to === 'object' && to !== null ? (Object.entries(to)[0] ?? []) : [text(to)];
    this.#decide(
      statementAction(word, target) ?? { kind: 'unknown', because: `the verdict ${shown(to)} is not known` },
      word,
    );
    this.#matched = before;
  }

  #counter(value: Value): void {
    const [packets, bytes] = [at(value, 'packets'), at(value, 'bytes')];
    if (packets === undefined || bytes === undefined) return;
    this.#packets = text(packets);
    this.#bytes = text(bytes);
  }

  #limited(value: Value): void {
    const [rate, per, unit] = ['rate', 'per', 'rate_unit'].map((key) => at(value, key));
    const over = at(value, 'inv') === true ? 'over ' : '';
    const of = unit === undefined || unit === 'packets' ? '' : ` ${text(unit)}`;
    this.#limit = rate === undefined ? text(value) : `${over}${text(rate)}${of}/${text(per)}`;
    this.#alsoUnknown(`limit ${this.#limit}`);
  }

  /** What iptables-nft made: nft knows of it no more than its name. */
  #extension(type: string, name: string): void {
    if (type === 'target') {
      const action = actionOf(name, [], () => false);
      const isSure = name !== 'REDIRECT' && action.kind !== 'jump';
      return this.#decideExtension(
        isSure ? action : { kind: 'unknown', because: `what the target ${name} does is not shown` },
        name,
      );
    }
    if (name !== 'comment') this.#alsoUnknown(`xt ${type} ${name}`);
  }

  #decideExtension(action: Action, name: string): void {
    if (action.kind !== 'continue') this.#decide(action, name);
  }
}

/** Statements that a packet may or may not pass: they end the rule for some. */
const UNSURE = new Set(['quota', 'ct count', 'meter', 'osf']);
const COMPARISONS = new Set(['<', '>', '<=', '>=']);

function statementAction(name: string, value: Value): Action | undefined {
  switch (name) {
    case 'accept':
    case 'drop':
    case 'return':
      return { kind: name };
    case 'reject':
      return { kind: 'drop' };
    case 'jump':
    case 'goto':
      return { kind: name, chain: text(at(value, 'target')) };
    case 'masquerade':
    case 'snat':
      return { kind: 'translate', destination: false };
    case 'dnat':
      return { kind: 'translate', destination: true };
    case 'redirect':
      return redirectAction(value);
    case 'continue':
      return { kind: 'continue' };
    case 'queue':
    case 'tproxy':
    case 'synproxy':
    case 'fwd':
      return { kind: 'unknown', because: `what ${name} does is decided elsewhere` };
    default:
      return undefined;
  }
}

/** Without a port the destination keeps its own. */
function redirectAction(value: Value): Action {
  const port = at(value, 'port');
  if (typeof port === 'number') return { kind: 'redirect', port };
  const isPlain = value === null || value === '' || (port === undefined && typeof value === 'object');
  return isPlain ? { kind: 'redirect', port: undefined } : { kind: 'translate', destination: true };
}

const isEqual = (op: Value): boolean => op === '==' || op === 'in';

/** The value of an element with options: `{"elem": {"val": ..., "timeout": 3600}}`. */
function unwrapped(value: Value): Value {
  return at(value, 'elem', 'val') ?? value;
}

function conditionOf({ dimension, read }: Field, values: readonly Value[], negated: boolean): Condition | undefined {
  const found = values.map((value) => read(unwrapped(value)));
  if (found.includes(undefined)) return undefined;
  if (dimension === 'in_interface' || dimension === 'out_interface') {
    const names = found.filter((each) => typeof each === 'string');
    return names.length === found.length ? { dimension, names, negated } : undefined;
  }
  const ranges = found.flatMap((each) => (typeof each === 'string' || each === undefined ? [] : each));
  return { dimension, ranges, negated };
}

/** `tcp dport > 1023`. */
function compared(field: Field, op: string, right: Value): readonly (readonly Condition[])[] | undefined {
  const { dimension } = field;
  if (
    dimension === 'in_interface' ||
    dimension === 'out_interface' ||
    dimension === 'source' ||
    dimension === 'destination'
  )
    return undefined;
  const read = field.read(right);
  const value = Array.isArray(read) ? (read as readonly Range[])[0]?.[0] : undefined;
  if (value === undefined) return undefined;
  const top = 65535n;
  const range: Readonly<Record<string, Range>> = {
    '<': [0n, value - 1n],
    '<=': [0n, value],
    '>': [value + 1n, top],
    '>=': [value, top],
  };
  const ranges = [range[op]!].filter(([from, to]) => from <= to);
  return [[...field.implies, { dimension, ranges, negated: false }]];
}

function concatConditions(left: readonly Value[], right: Value): readonly Condition[] | undefined {
  if (!Array.isArray(right) || right.length !== left.length) return undefined;
  const parts = left.map((each, index): readonly Condition[] | undefined => {
    const field = fieldOf(each);
    const condition = field && conditionOf(field, [(right as readonly Value[])[index]], false);
    return condition && [...field.implies, condition];
  });
  return allOf(parts)?.flat();
}

/** All of a list, or nothing where one is missing. */
function allOf<T>(parts: readonly (T | undefined)[]): readonly T[] | undefined {
  const found = parts.filter((part) => part !== undefined);
  return found.length === parts.length ? found : undefined;
}

/** A member of a member of a JSON value; undefined where there is none. */
export function at(value: Value, ...names: readonly (string | number)[]): Value {
  let inner = value;
  for (const name of names) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) return undefined;
    inner = (inner as Readonly<Record<string | number, Value>>)[name];
  }
  return inner;
}

export function text(value: Value): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A value for people: short, as JSON where it is no plain word. */
function shown(value: Value): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value).slice(0, 200);
  return (JSON.stringify(value) ?? '').slice(0, 200);
}
