/** What the policy of a report says: its name, what it was asked to look at, and what was left out. */
import { KeptText } from './text.ts';

const MAX_EXCLUDED = 10_000;

/** Preferences that are read by their name; of `plugin_set` only how many plugins it names. */
const preferencesRead = new Set(['TARGET', 'port_range', 'report_task_id', 'scan_start_timestamp']);

/** Takes the elements of `<Policy>` in their order. */
export class Policy {
  #name: string | undefined;
  readonly #preferences = new Map<string, string>();
  readonly #excluded: string[] = [];
  #plugins = 0;
  #text: KeptText | undefined;
  #counting = false;
  /** Text stands after the last semicolon of the list of plugins. */
  #pluginUnderWay = false;
  #preference = '';
  #family = '';

  open(name: string): void {
    this.#counting = name === 'value' && this.#preference === 'plugin_set';
    this.#text = this.#counting ? undefined : new KeptText();
  }

  text(text: string): void {
    this.#text?.add(text);
    if (!this.#counting) return;
    const parts = text.split(';');
    this.#plugins += parts
      .slice(0, -1)
      .filter((part, i) => part.trim() !== '' || (i === 0 && this.#pluginUnderWay)).length;
    this.#pluginUnderWay = parts.at(-1)!.trim() !== '' || (parts.length === 1 && this.#pluginUnderWay);
  }

  close(name: string): void {
    const text = this.#text?.text ?? '';
    this.#text = undefined;
    if (this.#counting && this.#pluginUnderWay) this.#plugins++;
    this.#counting = this.#pluginUnderWay = false;
    if (name === 'policyName' && text !== '') this.#name ??= text;
    else if (name === 'name') this.#preference = text;
    else if (name === 'value') this.#keep(this.#preference, text);
    else if (name === 'FamilyName') this.#family = text;
    else if (name === 'Status' && text === 'disabled' && this.#family !== '') this.#leftOut(`plugins: ${this.#family}`);
    else if (/exclude/i.test(name)) this.#keep(name, text);
    if (name === 'preference') this.#preference = '';
    if (name === 'FamilyItem') this.#family = '';
  }

  #keep(name: string, value: string): void {
    if (value === '') return;
    if (preferencesRead.has(name)) this.#preferences.set(name, value);
    else if (/exclu(?:de|sion)/i.test(name) && !/^(?:no|false)$/i.test(value)) this.#leftOut(`${name}: ${value}`);
  }

  #leftOut(what: string): void {
    if (this.#excluded.length < MAX_EXCLUDED) this.#excluded.push(what);
  }

  get name(): string | undefined {
    return this.#name;
  }

  get excluded(): readonly string[] | undefined {
    return this.#excluded.length === 0 ? undefined : this.#excluded;
  }

  /** Identity of the run, where the report has it. */
  get task(): string | undefined {
    return this.#preferences.get('report_task_id');
  }

  /** What was asked for: addresses, names, ranges. */
  get targets(): readonly string[] {
    const written = this.#preferences.get('TARGET') ?? '';
    return written.split(/[,\s]+/).filter((target) => target !== '');
  }

  /** `tcp 1-65535; plugins 98234`: ports as scanners of ports state them, and how many plugins. */
  get scope(): string | undefined {
    const ports = this.#preferences.get('port_range');
    const parts = ports === undefined ? [] : portScope(ports);
    if (this.#plugins > 0) parts.push(`plugins ${this.#plugins}`);
    return parts.length === 0 ? undefined : parts.join('; ');
  }
}

/** `T:1-1024,U:53`, `1-65535`, `default`, `all`: by protocol. */
function portScope(written: string): string[] {
  if (written === 'all') return ['tcp 1-65535'];
  const ranges: Record<'tcp' | 'udp', string[]> = { tcp: [], udp: [] };
  let protocol: 'tcp' | 'udp' = 'tcp';
  for (const part of written.split(',')) {
    const [, letter, range = ''] = /^\s*(?:([TU]):)?\s*(.*?)\s*$/i.exec(part) ?? [];
    if (letter !== undefined) protocol = letter.toLowerCase() === 'u' ? 'udp' : 'tcp';
    if (range !== '') ranges[protocol].push(range.replace(/;/g, ' '));
  }
  return (['tcp', 'udp'] as const).flatMap((each) =>
    ranges[each].length === 0 ? [] : [`${each} ${ranges[each].join(',')}`],
  );
}
