/**
 * What a chain does with packets: all packets of some boxes are sent through it at once, through jumps, gotos and
 * returns. What is not evaluated may or may not match: such packets go both ways. A packet that is among those that were
 * accepted and among those that were dropped is undecided.
 */
import type { Action, Chain, Rule, RuleCase, Table } from './model.ts';
import type { Box, Limits, PacketSpace } from './packets.ts';

export type Verdict = 'accept' | 'drop';

/** A rule, or a policy, that ended some packets. In the order in which it happens. */
export interface WalkEvent {
  readonly chain: Chain;
  /** Nothing for the policy. */
  readonly rule?: Rule | undefined;
  readonly ruleCase?: RuleCase | undefined;
  readonly verdict: Verdict;
  readonly boxes: readonly Box[];
  /** Why the packets may not be ended here, or not so; a part of a sentence. */
  readonly unsure?: string | undefined;
  /** For packets that are sent on to this host: at which port. */
  readonly redirectedTo?: number | undefined;
}

/** Chains that call chains deeper than any tool allows are a circle, or made to be. */
const DEEPEST = 64;

export class ChainWalk {
  readonly events: WalkEvent[] = [];
  readonly #limits = new Map<RuleCase, Limits>();

  constructor(
    private readonly table: Table,
    private readonly space: PacketSpace,
  ) {}

  /** Sends packets through a base chain. What it accepts, and what it drops, is in `events`. */
  base(chain: Chain, boxes: readonly Box[]): void {
    const left = this.#through(chain, boxes, { depth: 0, unsure: undefined });
    if (left.length === 0) return;
    const end = { chain, boxes: this.space.merged(left) };
    if (chain.policy !== 'drop') this.events.push({ ...end, verdict: 'accept', unsure: unknownPolicy(chain) });
    if (chain.policy !== 'accept') this.events.push({ ...end, verdict: 'drop', unsure: unknownPolicy(chain) });
  }

  /** Gives the packets that come back out of the chain. */
  #through(chain: Chain, boxes: readonly Box[], from: CalledFrom): readonly Box[] {
    let current = boxes;
    const returned: Box[] = [];
    for (const rule of chain.rules)
      for (const ruleCase of rule.cases) {
        if (current.length === 0) break;
        current = this.#apply({ chain, rule, ruleCase }, current, { ...from, returned });
      }
    return returned.length === 0 ? current : [...current, ...returned];
  }

  #apply(at: Place, current: readonly Box[], from: Passing): readonly Box[] {
    const { action, unknown } = at.ruleCase;
    if (action.kind === 'continue') return current;
    const { inside, outside } = this.#divide(current, at.ruleCase);
    if (inside.length === 0) return current;
    const mayNotMatch = unknown.length > 0;
    const unsure = mayNotMatch ? `it may or may not match (${unknown.join('; ')})` : from.unsure;
    // A packet that may or may not match goes on as well.
    const rest = mayNotMatch ? current : outside;
    if (action.kind === 'return') {
      from.returned.push(...inside);
      return rest;
    }
    if (!('chain' in action)) return this.#end(at, inside, { action, unsure, rest, current });
    const target = this.table.chains.get(action.chain);
    const because = this.#cannotCall(action.chain, target, from.depth);
    if (because !== undefined || !target) return this.#doubt(at, inside, { because: because ?? '', current });
    const back = this.#through(target, inside, { depth: from.depth + 1, unsure });
    if (action.kind === 'goto') {
      from.returned.push(...back);
      return rest;
    }
    // Nothing was taken: the packets need not be told apart.
    if (mayNotMatch || back === inside) return current;
    return this.space.tidy([...outside, ...back]);
  }

  #divide(current: readonly Box[], ruleCase: RuleCase) {
    const known = this.#limits.get(ruleCase);
    const limits = known ?? this.space.limitsOf(ruleCase);
    if (!known) this.#limits.set(ruleCase, limits);
    const inside: Box[] = [];
    const outside: Box[] = [];
    for (const box of current) {
      const parts = this.space.split(box, limits);
      if (parts.inside) inside.push(parts.inside);
      outside.push(...parts.outside);
    }
    return { inside, outside: this.space.tidy(outside) };
  }

  #end(at: Place, inside: readonly Box[], { action, unsure, rest, current }: Ending): readonly Box[] {
    const event = { ...at, boxes: inside, unsure };
    switch (action.kind) {
      case 'unknown':
        return this.#doubt(at, inside, { because: action.because, current });
      case 'redirect':
        this.events.push({ ...event, verdict: 'accept', redirectedTo: action.port ?? -1 });
        return rest;
      case 'translate':
        this.events.push({ ...event, verdict: 'accept' });
        // Where the destination is another host, the packet may never come here.
        if (action.destination)
          this.events.push({ ...event, verdict: 'drop', unsure: 'it sends the packet to another address' });
        return rest;
      case 'accept':
      case 'drop':
        this.events.push({ ...event, verdict: action.kind });
        return rest;
    }
  }

  /** What happens to these packets is not known: accepted, dropped, or neither. */
  #doubt(at: Place, boxes: readonly Box[], { because, current }: { because: string; current: readonly Box[] }) {
    for (const verdict of ['accept', 'drop'] as const) this.events.push({ ...at, boxes, verdict, unsure: because });
    return current;
  }

  #cannotCall(name: string, target: Chain | undefined, depth: number): string | undefined {
    if (!target) return `the chain ${name} that it calls is not in the file`;
    return depth >= DEEPEST ? `chains call each other more than ${DEEPEST} deep` : undefined;
  }
}

interface Place {
  readonly chain: Chain;
  readonly rule: Rule;
  readonly ruleCase: RuleCase;
}

interface CalledFrom {
  readonly depth: number;
  readonly unsure: string | undefined;
}

interface Passing extends CalledFrom {
  readonly returned: Box[];
}

interface Ending {
  readonly action: Exclude<Action, { kind: 'jump' | 'goto' | 'return' | 'continue' }>;
  readonly unsure: string | undefined;
  readonly rest: readonly Box[];
  readonly current: readonly Box[];
}

function unknownPolicy(chain: Chain): string | undefined {
  return chain.policy === 'unknown' || chain.policy === undefined ? 'the file does not say its policy' : undefined;
}
