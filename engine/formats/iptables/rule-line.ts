/**
 * A rule as iptables-save and `iptables -S` write it:
 *
 *     [packets:bytes] -A CHAIN *( [!] option [value] ) [-c packets bytes] [-j TARGET options / -g CHAIN]
 *
 * The mark of a negation stands before the option; before iptables 1.4.3 it stood before the value.
 */
import type { Condition, Rule, RuleCase } from '../firewall/model.ts';
import { optionReader, readPorts, tcpFlagCondition } from './match-options.ts';
import { actionOf, isNotrack } from './targets.ts';
import { wordsOf } from './words.ts';

/** A rule line whose target is not judged yet: chains may stand after it. */
export interface RuleLine {
  readonly chain: string;
  readonly text: string;
  readonly packets: string | undefined;
  readonly bytes: string | undefined;
  /** Cases but for their action: several where ports are those of source or destination. */
  readonly conditions: readonly (readonly Condition[])[];
  readonly unknown: readonly string[];
  readonly limit: string | undefined;
  readonly comment: string | undefined;
  readonly target: string | undefined;
  readonly isGoto: boolean;
  readonly targetOptions: readonly string[];
}

const COUNTERS = /^\[(\d{1,20}):(\d{1,20})\] /;

/** Reads a line; a sentence says why it cannot be read. */
export function readRuleLine(line: string): RuleLine | string {
  const counted = COUNTERS.exec(line);
  const text = counted ? line.slice(counted[0].length) : line;
  const words = wordsOf(text);
  if (!words) return 'A quote in the rule is not closed.';
  const chain = words[1];
  if ((words[0] !== '-A' && words[0] !== '--append') || chain === undefined || chain.startsWith('-'))
    return 'The rule does not begin with -A and the name of a chain.';
  const reading = new OptionReading(words.slice(2));
  const trouble = reading.read();
  if (trouble !== undefined) return trouble;
  const { conditions, anyPort, unknown, limit, comment, target, isGoto, targetOptions, counters } = reading;
  return {
    chain,
    text: text.replace(/ -c \d+ \d+(?= |$)/, ''),
    packets: counted?.[1] ?? counters?.[0],
    bytes: counted?.[2] ?? counters?.[1],
    conditions: anyPort ? anyPort.map((port) => [...conditions, port]) : [conditions],
    unknown,
    limit,
    comment,
    target,
    isGoto,
    targetOptions,
  };
}

/** The rule, now that the chains of its table are known. */
export function ruleOf(line: RuleLine, record: number, isChain: (name: string) => boolean): Rule {
  const { target, targetOptions, isGoto, conditions, unknown } = line;
  const action =
    target === undefined
      ? ({ kind: 'continue' } as const)
      : isGoto
        ? ({ kind: 'goto', chain: target } as const)
        : actionOf(target, targetOptions, isChain);
  const cases = conditions.map((each): RuleCase => ({ conditions: each, unknown, action, word: target ?? '' }));
  const { text, limit, comment, packets, bytes } = line;
  const notrack = target !== undefined && isNotrack(target, targetOptions) ? true : undefined;
  return { record, text, cases, limit, comment, packets, bytes, notrack };
}

/** Options whose value says nothing about which packets match. */
const SILENT = new Set(['--comment', '--limit-burst']);
/** Options without a value. */
const FLAGS = new Set(['--syn', '-f', '--fragment']);
/** Options of rpfilter, which ask nothing by themselves. */
const RPFILTER = new Set(['--invert', '--loose', '--validmark', '--accept-local']);

class OptionReading {
  readonly conditions: Condition[] = [];
  readonly unknown: string[] = [];
  anyPort: readonly Condition[] | undefined;
  limit: string | undefined;
  comment: string | undefined;
  target: string | undefined;
  isGoto = false;
  targetOptions: readonly string[] = [];
  counters: readonly [string, string] | undefined;
  #at = 0;
  #module = '';

  constructor(private readonly words: readonly string[]) {}

  /** Gives a sentence when the rule cannot be read. */
  read(): string | undefined {
    while (this.#at < this.words.length) {
      const negated = this.words[this.#at] === '!';
      if (negated) this.#at++;
      const name = this.words[this.#at++];
      if (name === undefined) return 'The rule ends after an exclamation mark.';
      if (!name.startsWith('-'))
        return `The rule has the word ${JSON.stringify(name.slice(0, 60))} where an option belongs.`;
      const trouble = this.#option(name, negated);
      if (trouble !== undefined) return trouble;
      if (this.target !== undefined) break;
    }
    return undefined;
  }

  #option(name: string, negated: boolean): string | undefined {
    if (name === '-j' || name === '--jump' || name === '-g' || name === '--goto') return this.#target(name);
    if (name === '-c' || name === '--set-counters') {
      this.counters = [this.words[this.#at++] ?? '', this.words[this.#at++] ?? ''];
      return undefined;
    }
    if (FLAGS.has(name)) {
      this.#flag(name, negated);
      return undefined;
    }
    const values = this.#values();
    if (values.length > 0 && name === '-m') return this.#useModule(values[0]!);
    const isNegated = negated || values[0] === '!';
    const meant = values[0] === '!' ? values.slice(1) : values;
    if (meant.length === 0 && optionReader(name)) return `The option ${name} has no value: the rule is cut off.`;
    this.#condition(name, meant, isNegated);
    return undefined;
  }

  #useModule(name: string): undefined {
    this.#module = name;
    // What a module asks stands in its options; these ask without any.
    if (name === 'socket' || name === 'unclean') this.unknown.push(`-m ${name}`);
    if (name === 'rpfilter') {
      const negated = this.words.includes('--invert');
      this.conditions.push({ dimension: 'reverse_path', ranges: [[0n, 0n]], negated });
    }
    return undefined;
  }

  #target(name: string): string | undefined {
    this.target = this.words[this.#at++];
    this.isGoto = name === '-g' || name === '--goto';
    this.targetOptions = this.words.slice(this.#at);
    return this.target === undefined ? `The option ${name} has no target: the rule is cut off.` : undefined;
  }

  /** The words up to the next option. `! -s` is the next option, `-s ! 10.0.0.1` a value. */
  #values(): readonly string[] {
    const from = this.#at;
    for (let first = true; this.#at < this.words.length; first = false) {
      const word = this.words[this.#at]!;
      const next = this.words[this.#at + 1] ?? '';
      if (word === '!' && (!first || next.startsWith('-'))) break;
      // A comment may begin with a dash; so may nothing else.
      if (word.startsWith('-') && word.length > 1 && !(first && this.words[from - 1] === '--comment')) break;
      this.#at++;
    }
    return this.words.slice(from, this.#at);
  }

  #flag(name: string, negated: boolean): void {
    const isSyn = name === '--syn';
    const found = isSyn
      ? tcpFlagCondition('SYN,RST,ACK,FIN', 'SYN', negated)
      : [{ dimension: 'fragment', ranges: [[1n, 1n]], negated } as const];
    this.conditions.push(...(found ?? []));
  }

  #condition(name: string, values: readonly string[], negated: boolean): void {
    const [value = ''] = values;
    if (name === '--comment') this.comment = values.join(' ');
    if (SILENT.has(name) || (this.#module === 'rpfilter' && RPFILTER.has(name))) return;
    if (name === '--limit' || name === '--hashlimit-upto') this.limit = value;
    const found = this.#conditionsOf(name, values, negated);
    if (found) this.conditions.push(...found);
    else this.unknown.push([...(negated ? ['!'] : []), name, ...values].join(' '));
  }

  #conditionsOf(name: string, values: readonly string[], negated: boolean): readonly Condition[] | undefined {
    const [value = ''] = values;
    if (name === '--tcp-flags') return tcpFlagCondition(value, values[1] ?? '', negated);
    if (name === '--ports' && this.#module === 'multiport') return this.#eitherPort(value, negated);
    // The option of another module may have the name of one that is known.
    if (name === '--limit-iface-in' || name === '--limit-iface-out') return undefined;
    if (values.length !== 1) return undefined;
    return optionReader(name)?.(value, negated);
  }

  /** `--ports`: those of the source or of the destination; negated: neither. */
  #eitherPort(value: string, negated: boolean): readonly Condition[] | undefined {
    const ranges = value.split(',').map(readPorts);
    if (ranges.includes(undefined) || this.anyPort) return undefined;
    const both = (['source_port', 'destination_port'] as const).map((dimension) => ({
      dimension,
      negated,
      ranges: ranges.flatMap((range) => (range ? [range] : [])),
    }));
    if (negated) return both;
    this.anyPort = both;
    return [];
  }
}
