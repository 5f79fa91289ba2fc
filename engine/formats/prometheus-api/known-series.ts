/**
 * The series of a file, so that none gets a time twice. A file of several answers may go on with a series: a query asked
 * once a minute, or a long range asked in parts. It does where its times lie before or after all that the series has.
 */
import { createHash } from 'node:crypto';
import { formatInstant } from '../../../shared/time.ts';
import { compareText, type Label } from '../prometheus-tsdb/labels.ts';
import type { ApiSeries } from './series.ts';

/** A time and its value, `undefined` for a histogram. */
interface End {
  readonly millis: number;
  readonly value: number | undefined;
}

interface Extent {
  /** The record that came first. */
  readonly record: number;
  readonly first: End;
  readonly last: End;
}

export interface Admitted {
  readonly goesOn: boolean;
  /** Its first or last sample is the one that the series has already. */
  readonly shared: 'first' | 'last' | undefined;
}

export class KnownSeries {
  /** By a hash of the labels, which is shorter than they are. */
  readonly #extents = new Map<string, Extent>();

  /** Whether a series can be taken as record `record`, or the sentence that says why not. */
  admit(series: ApiSeries, record: number): Admitted | string {
    const key = keyOf(series.labels);
    const known = this.#extents.get(key);
    const given = extentOf(series, record);
    if (known === undefined) {
      this.#extents.set(key, given);
      return { goesOn: false, shared: undefined };
    }
    const isLater = given.first.millis > known.last.millis;
    const isEarlier = given.last.millis < known.first.millis;
    const shared = isLater || isEarlier ? undefined : sharedEnd(known, given);
    if (!isLater && !isEarlier && shared === undefined) return overlap(known, given);
    const later = isLater || shared === 'first';
    this.#extents.set(key, { ...known, ...(later ? { last: given.last } : { first: given.first }) });
    return { goesOn: true, shared };
  }
}

// Ranges asked one after the other have a time in common: both ends of a range belong to it.
function sharedEnd(known: Extent, given: Extent): Admitted['shared'] {
  if (given.first.millis === given.last.millis) return undefined;
  if (isSame(given.first, known.last)) return 'first';
  return isSame(given.last, known.first) ? 'last' : undefined;
}

function isSame(a: End, b: End): boolean {
  return a.millis === b.millis && a.value !== undefined && Object.is(a.value, b.value);
}

function extentOf({ samples: { floats, histograms } }: ApiSeries, record: number): Extent {
  const at = (i: number): readonly End[] => [
    ...(floats.times.length > 0 ? [{ millis: floats.times.at(i)!, value: floats.values.at(i)! }] : []),
    ...(histograms.times.length > 0 ? [{ millis: histograms.times.at(i)!, value: undefined }] : []),
  ];
  const byTime = (a: End, b: End): number => a.millis - b.millis;
  return { record, first: [...at(0)].sort(byTime)[0]!, last: [...at(-1)].sort(byTime).at(-1)! };
}

function overlap(known: Extent, given: Extent): string {
  const range = ({ first, last }: Extent): string => `from ${textOf(first)} to ${textOf(last)}`;
  return `The series of record ${known.record} has values ${range(known)} already; these are ${range(given)}.`;
}

function textOf({ millis }: End): string {
  return formatInstant(BigInt(millis) * 1000n);
}

// A label without a value is no label.
function keyOf(labels: readonly Label[]): string {
  const sorted = labels.filter(([, value]) => value !== '').sort(([a], [b]) => compareText(a, b));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64');
}
