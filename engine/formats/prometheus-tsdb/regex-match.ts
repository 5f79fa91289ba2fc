/**
 * Runs a regular expression over a whole text, in time that grows with the text only: all ways through the expression
 * are followed at once, as RE2 does. JavaScript's own expressions would go back and forth, for ever on hostile text.
 */
import { RegexRefused, type Ranges, type RegexNode } from './regex-syntax.ts';

type Step =
  | { readonly kind: 'character'; readonly ranges: Ranges; next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'start' | 'end'; next: number }
  | { readonly kind: 'match' };

const MOST_STEPS = 20_000;

/** Says whether the expression matches all of a text. Throws `RegexRefused` when it would become too large. */
export function compileRegex(node: RegexNode): (text: string) => boolean {
  const steps: Step[] = [];
  const entry = new Compiler(steps).compile(node);
  const marks = new Uint32Array(steps.length);
  const run = { steps, marks, round: 0, stack: [] as number[] };
  return (text) => matches(run, entry, text);
}

/** Puts the steps of an expression one behind the other, last ones first, so that each knows what follows. */
class Compiler {
  #visits = 0;

  constructor(private readonly steps: Step[]) {}

  compile(node: RegexNode): number {
    return this.#node(node, this.#add({ kind: 'match' }));
  }

  #add(step: Step): number {
    if (this.steps.length >= MOST_STEPS)
      throw new RegexRefused(`The regular expression takes over ${MOST_STEPS} steps.`);
    return this.steps.push(step) - 1;
  }

  #node(node: RegexNode, next: number): number {
    // Repetitions of repetitions of nothing add no step, but take as long.
    if (++this.#visits > 10 * MOST_STEPS) throw new RegexRefused('The regular expression has too many repetitions.');
    switch (node.kind) {
      case 'empty':
        return next;
      case 'character':
        return this.#add({ kind: 'character', ranges: node.ranges, next });
      case 'start':
      case 'end':
        return this.#add({ kind: node.kind, next });
      case 'sequence':
        return node.parts.reduceRight((after, part) => this.#node(part, after), next);
      case 'choice':
        return node.parts
          .map((part) => this.#node(part, next))
          .reduceRight((other, first) => this.#add({ kind: 'split', next: first, other }));
      case 'repeat':
        return this.#repeat(node, next);
    }
  }

  #repeat({ part, least, most }: Extract<RegexNode, { kind: 'repeat' }>, next: number): number {
    let entry = next;
    if (most === Infinity) {
      const split: Step = { kind: 'split', next: 0, other: next };
      entry = this.#add(split);
      split.next = this.#node(part, entry);
    } else
      for (let i = least; i < most; i++)
        entry = this.#add({ kind: 'split', next: this.#node(part, entry), other: next });
    for (let i = 0; i < least; i++) entry = this.#node(part, entry);
    return entry;
  }
}

interface Run {
  readonly steps: readonly Step[];
  /** In which round each step was last reached. */
  readonly marks: Uint32Array;
  round: number;
  readonly stack: number[];
}

function matches(run: Run, entry: number, text: string): boolean {
  let at = 0;
  let now = reach(run, [entry], at, text.length);
  while (at < text.length && now.length > 0) {
    const code = text.codePointAt(at)!;
    at += code > 0xffff ? 2 : 1;
    const next: number[] = [];
    for (const step of now) {
      const each = run.steps[step]!;
      if (each.kind === 'character' && each.ranges.some(([low, high]) => code >= low && code <= high))
        next.push(each.next);
    }
    now = reach(run, next, at, text.length);
  }
  return at === text.length && now.some((step) => run.steps[step]!.kind === 'match');
}

// All steps that wait for a character, or are the end, when these are entered.
function reach(run: Run, entries: readonly number[], at: number, length: number): number[] {
  const { steps, marks, stack } = run;
  if (++run.round === 0xffffffff) {
    marks.fill(0);
    run.round = 1;
  }
  const waiting: number[] = [];
  stack.push(...entries);
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    if (marks[index] === run.round) continue;
    marks[index] = run.round;
    const step = steps[index]!;
    if (step.kind === 'split') stack.push(step.other, step.next);
    else if (step.kind === 'start' || step.kind === 'end') {
      if (at === (step.kind === 'start' ? 0 : length)) stack.push(step.next);
    } else waiting.push(index);
  }
  return waiting;
}
