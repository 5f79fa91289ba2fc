/**
 * Sets of packets as boxes: a set of values for each dimension. The rest of a box after a condition is again a few boxes,
 * one for each dimension of the condition, in the order of the dimensions.
 */
import { dimensions, type Condition, type Dimension, type RuleCase } from './model.ts';
import { ALL_V4, ALL_V6 } from './addresses.ts';
import { EMPTY, RangeSets, type Range, type SetId } from './range-sets.ts';

/** One set a dimension, in their order. */
export type Box = readonly SetId[];
/** Conditions as sets: dimension and what it may be. */
export type Limits = readonly (readonly [number, SetId])[];

const MOST_BOXES = 20_000;
const MERGE_FROM = 12;

/** The kinds of interface names that a rule set tells apart: each name, each beginning, none, any other. */
class InterfaceNames {
  readonly #exact: readonly string[];
  readonly #beginnings: readonly string[];

  constructor(names: readonly string[]) {
    this.#exact = ['lo', ...new Set(names.filter((name) => name !== 'lo' && !name.endsWith('*')))];
    this.#beginnings = [...new Set(names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)))].sort(
      (a, b) => b.length - a.length,
    );
  }

  // Numbers: 0 no interface, 1 lo, then exact names, then beginnings (the longest first), then any other.
  get other(): number {
    return this.#exact.length + this.#beginnings.length + 1;
  }

  rangesOf(name: string): readonly Range[] {
    const numbers: number[] = [];
    if (!name.endsWith('*')) numbers.push(this.#exact.indexOf(name) + 1);
    else {
      const beginning = name.slice(0, -1);
      this.#exact.forEach((each, i) => each.startsWith(beginning) && numbers.push(i + 1));
      this.#beginnings.forEach((each, i) => each.startsWith(beginning) && numbers.push(this.#exact.length + i + 1));
      if (beginning === '') numbers.push(this.other);
    }
    return numbers.map((number) => [BigInt(number), BigInt(number)] as const);
  }

  nameOf(number: number): string {
    if (number <= this.#exact.length) return this.#exact[number - 1] ?? '';
    const beginning = this.#beginnings[number - 1 - this.#exact.length];
    return beginning === undefined ? 'any other' : `other ${beginning}*`;
  }
}

const lastValue: Readonly<Record<Exclude<Dimension, 'source' | 'destination'>, bigint>> = {
  protocol: 255n,
  destination_port: 65535n,
  in_interface: 0n,
  state: 4n,
  source_port: 65535n,
  out_interface: 0n,
  tcp_flags: 255n,
  icmp_type: 255n,
  icmpv6_type: 255n,
  fragment: 1n,
  destination_type: 11n,
  source_type: 11n,
  packet_type: 3n,
  reverse_path: 1n,
};

/** All packets that a rule set can tell apart, and the sets of them. */
export class PacketSpace {
  readonly sets: RangeSets;
  readonly #interfaces: InterfaceNames;
  #mergeFrom = MERGE_FROM;

  /** `interfaces`: every name that a rule has. `mostWork`: see RangeSets. */
  constructor(interfaces: readonly string[], mostWork: number) {
    this.sets = new RangeSets(mostWork);
    this.#interfaces = new InterfaceNames(interfaces);
  }

  /** Packets of a family, limited in some dimensions. */
  box(family: 4 | 6, limits: Partial<Record<Dimension, readonly Range[]>>): Box {
    const addresses = family === 4 ? ALL_V4 : ALL_V6;
    return dimensions.map((dimension) => this.sets.of(limits[dimension] ?? [this.#whole(dimension, addresses)]));
  }

  #whole(dimension: Dimension, addresses: Range): Range {
    if (dimension === 'source' || dimension === 'destination') return addresses;
    if (dimension === 'in_interface' || dimension === 'out_interface') return [0n, BigInt(this.#interfaces.other)];
    return [0n, lastValue[dimension]];
  }

  /** Numbers of interfaces by their names: `''` is none; `*` any that there is. */
  interfaceRanges(names: readonly string[]): readonly Range[] {
    return names.flatMap((name) => (name === '' ? [[0n, 0n] as const] : this.#interfaces.rangesOf(name)));
  }

  /** Every interface but lo. */
  get notLoopback(): Range {
    return [2n, BigInt(this.#interfaces.other)];
  }

  interfaceNames(set: SetId): readonly string[] {
    return this.sets.ranges(set).flatMap(([from, to]) => {
      const names: string[] = [];
      for (let number = from; number <= to; number++) names.push(this.#interfaces.nameOf(Number(number)));
      return names;
    });
  }

  /** The conditions of a case as sets, one a dimension; several about the same are one. */
  limitsOf({ conditions }: Pick<RuleCase, 'conditions'>): Limits {
    const found = new Map<number, SetId>();
    for (const condition of conditions) {
      const at = dimensions.indexOf(condition.dimension);
      const set = this.#setOf(condition);
      const before = found.get(at);
      found.set(at, before === undefined ? set : this.sets.intersect(before, set));
    }
    return [...found].sort(([a], [b]) => a - b);
  }

  #setOf(condition: Condition): SetId {
    const ranges = 'names' in condition ? this.interfaceRanges(condition.names) : condition.ranges;
    const set = this.sets.of(ranges);
    return condition.negated ? this.sets.minus(this.#all(condition.dimension), set) : set;
  }

  #all(dimension: Dimension): SetId {
    const whole = this.#whole(dimension, [ALL_V4[0], ALL_V6[1]]);
    return this.sets.of([whole]);
  }

  /** The part of a box within limits, and the boxes of the rest. */
  split(box: Box, limits: Limits): { readonly inside: Box | undefined; readonly outside: readonly Box[] } {
    this.sets.spend(1);
    for (const [at, set] of limits)
      if (this.sets.intersect(box[at]!, set) === EMPTY) return { inside: undefined, outside: [box] };
    this.sets.spend(limits.length);
    const inside = [...box];
    for (const [at, set] of limits) inside[at] = this.sets.intersect(box[at]!, set);
    const outside: Box[] = [];
    const rest = [...box];
    for (const [at, set] of limits) {
      const left = this.sets.minus(box[at]!, set);
      if (left !== EMPTY) outside.push(rest.with(at, left));
      rest[at] = inside[at]!;
    }
    return { inside, outside };
  }

  intersect(a: Box, b: Box): Box | undefined {
    return this.split(a, asLimits(b)).inside;
  }

  minus(boxes: readonly Box[], taken: readonly Box[]): readonly Box[] {
    let left = boxes;
    for (const each of taken) left = left.flatMap((box) => this.split(box, asLimits(each)).outside);
    return left;
  }

  /** The same packets in fewer boxes: boxes that differ in one dimension are made one. */
  merged(boxes: readonly Box[]): readonly Box[] {
    if (boxes.length < 2) return boxes;
    let merged = boxes;
    for (let at = dimensions.length - 1; at >= 0; at--) merged = this.#mergedAlong(merged, at);
    this.sets.spend(merged.length > MOST_BOXES ? Number.MAX_SAFE_INTEGER : boxes.length * dimensions.length);
    return merged;
  }

  /** Merges only where there are many more boxes than merging left last time. */
  tidy(boxes: readonly Box[]): readonly Box[] {
    if (boxes.length < this.#mergeFrom) return boxes;
    const merged = this.merged(boxes);
    this.#mergeFrom = Math.max(MERGE_FROM, merged.length * 2);
    return merged;
  }

  #mergedAlong(boxes: readonly Box[], at: number): readonly Box[] {
    const byRest = new Map<string, Box>();
    for (const box of boxes) {
      const key = box.with(at, EMPTY).join(' ');
      const same = byRest.get(key);
      byRest.set(key, same ? same.with(at, this.sets.union(same[at]!, box[at]!)) : box);
    }
    return [...byRest.values()];
  }
}

function asLimits(box: Box): Limits {
  return box.map((set, at) => [at, set] as const);
}
