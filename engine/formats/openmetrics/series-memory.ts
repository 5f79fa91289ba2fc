/** The series of one file: what is known of each while the file is read. */
import { compareText, type Label } from '../prometheus-tsdb/labels.ts';
import { readSeries } from './label-set.ts';
import type { SampleRole } from './sample-role.ts';
import type { Unreadable } from './scan.ts';

/** Texts whose series are remembered. Several texts may be one series. */
const MOST_TEXTS = 200_000;

/** The last sample that was kept of a series. */
export interface LastSample {
  readonly micros: bigint;
  readonly value: number;
  readonly record: number;
  readonly hasOwnTime: boolean;
}

export interface Series {
  readonly name: string;
  /** Its identity in the case; `undefined` until a sample of it was kept. */
  id: bigint | undefined;
  last: LastSample | undefined;
  /** What it is in its metric family. */
  role: SampleRole | undefined;
}

/** A series as one text writes it. */
export interface Spelling {
  readonly kind: 'spelling';
  readonly series: Series;
  readonly isTidy: boolean;
}

export class SeriesMemory {
  readonly #byText = new Map<string, Spelling>();
  readonly #byLabels = new Map<string, Series>();
  #lastText = '';
  #last: Spelling | undefined;
  #labelsText = '';
  #labels: readonly Label[] = [];

  /** The series with this name and these labels, in whatever order and with whatever empty labels they are written. */
  find(text: string): Spelling | Unreadable {
    if (text === this.#lastText && this.#last) return this.#last;
    const spelling = this.#byText.get(text) ?? this.#read(text);
    if (spelling.kind === 'unreadable') return spelling;
    this.#lastText = text;
    this.#last = spelling;
    return spelling;
  }

  /**
   * The labels in the order of their names, `__name__` among them, without empty ones. They are read again and not
   * kept with the series: they are seldom needed, and a file may have millions of series.
   */
  labelsOf(text: string): readonly Label[] {
    if (text === this.#labelsText) return this.#labels;
    const read = readSeries(text);
    return read.kind === 'series' ? inOrder(read.labels) : [];
  }

  #read(text: string): Spelling | Unreadable {
    const read = readSeries(text);
    if (read.kind === 'unreadable') return read;
    this.#labels = inOrder(read.labels);
    this.#labelsText = text;
    const spelling: Spelling = { kind: 'spelling', series: this.#seriesOf(read.name), isTidy: read.isTidy };
    if (this.#byText.size >= MOST_TEXTS) this.#byText.clear();
    this.#byText.set(text, spelling);
    return spelling;
  }

  /** The series with the labels at hand. */
  #seriesOf(name: string): Series {
    const key = JSON.stringify(this.#labels);
    let series = this.#byLabels.get(key);
    if (!series) this.#byLabels.set(key, (series = { name, id: undefined, last: undefined, role: undefined }));
    return series;
  }
}

function inOrder(labels: readonly Label[]): readonly Label[] {
  return labels.filter(([, value]) => value !== '').sort(([a], [b]) => compareText(a, b));
}
