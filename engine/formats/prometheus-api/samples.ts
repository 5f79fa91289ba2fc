/** The samples of one series: gathered and checked one by one; what is wrong with the first wrong one is kept. */
import type { TextHistogram } from '../metrics/metric-rows.ts';
import { describe, isFinerThanMillis, isObject, millisOf, numberOf } from './values.ts';

export interface Points<T> {
  /** Milliseconds since 1970, rising. */
  readonly times: number[];
  readonly values: T[];
}

export class Samples {
  readonly floats: Points<number> = { times: [], values: [] };
  readonly histograms: Points<TextHistogram> = { times: [], values: [] };
  /** A time was finer than a millisecond and has been rounded. */
  isRounded = false;
  #wrong: string | undefined;
  #name = '';
  #index = -1;

  /** Adds the sample of a member, or each of its list. `kind` is what the samples are. */
  add(kind: 'float' | 'histogram', name: string, value: unknown): void {
    this.#name = name;
    this.#index = -1;
    this.#sample(kind, value);
  }

  addEach(kind: 'float' | 'histogram', name: string, list: unknown): void {
    this.#name = name;
    if (!Array.isArray(list)) return this.#fail(`${name} is ${describe(list)}, not a list.`);
    for (let i = 0; i < list.length && this.#wrong === undefined; i++) {
      this.#index = i;
      this.#sample(kind, list[i]);
    }
  }

  /** The sentence that says why these are no samples of a series; `undefined` when they are. */
  wrong(): string | undefined {
    if (this.#wrong !== undefined) return this.#wrong;
    if (this.floats.times.length + this.histograms.times.length === 0) return 'The series has no value.';
    if (this.histograms.times.length === 0) return undefined;
    const floatTimes = new Set(this.floats.times);
    const both = this.histograms.times.find((time) => floatTimes.has(time));
    return both === undefined ? undefined : `The series has a value and a histogram at ${both / 1000}.`;
  }

  #sample(kind: 'float' | 'histogram', element: unknown): void {
    if (!Array.isArray(element))
      return this.#fail(`${this.#where()} is ${describe(element)}, not a list of time and value.`);
    if (element.length !== 2)
      return this.#fail(`${this.#where()} has ${element.length} elements, not a time and a value.`);
    const [time, value] = element as [unknown, unknown];
    if (kind === 'float') this.#point(this.floats, time, this.#number('value', value));
    else this.#point(this.histograms, time, this.#histogram(value));
  }

  #point<T>(points: Points<T>, time: unknown, value: T | undefined): void {
    if (value === undefined) return;
    const millis = millisOf(time);
    if (typeof millis === 'string') return this.#fail(`${this.#where()} has the time ${millis}.`);
    const last = points.times.at(-1);
    if (last !== undefined && millis <= last)
      return this.#fail(
        `${this.#where()} has the time ${millis / 1000}, which is not after the one before, ${last / 1000}.`,
      );
    this.isRounded ||= isFinerThanMillis(time, millis);
    points.times.push(millis);
    points.values.push(value);
  }

  #number(name: string, text: unknown): number | undefined {
    const number = numberOf(text);
    if (number === undefined)
      this.#fail(`${this.#where()} has the ${name} ${describe(text)}, not a text that is a number of Prometheus.`);
    return number;
  }

  // {"count":"3","sum":"4.5","buckets":[[bounds,"lower","upper","count"],...]}; without buckets all of them are empty.
  #histogram(value: unknown): TextHistogram | undefined {
    if (!isObject(value)) {
      this.#fail(`${this.#where()} has the histogram ${describe(value)}, not an object.`);
      return undefined;
    }
    const count = this.#number('count', value['count']);
    const sum = this.#number('sum', value['sum']);
    const buckets = value['buckets'] ?? [];
    const wrong = Array.isArray(buckets) ? buckets.findIndex((bucket) => !isBucket(bucket)) : 0;
    if (wrong >= 0)
      this.#fail(`${this.#where()} has buckets whose number ${wrong + 1} is not bounds, lower, upper and count.`);
    if (count === undefined || sum === undefined || wrong >= 0) return undefined;
    // The API gives every histogram in the form of one whose counts are floating point numbers.
    return { counts: 'float', count, sum, buckets };
  }

  #where(): string {
    return this.#index < 0 ? this.#name : `${this.#name}[${this.#index}]`;
  }

  #fail(sentence: string): void {
    this.#wrong ??= sentence;
  }
}

function isBucket(bucket: unknown): boolean {
  if (!Array.isArray(bucket) || bucket.length !== 4) return false;
  const [bounds, ...numbers] = bucket as unknown[];
  return [0, 1, 2, 3].includes(bounds as number) && numbers.every((number) => numberOf(number) !== undefined);
}
