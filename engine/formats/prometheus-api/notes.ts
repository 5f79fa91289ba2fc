/** What is taken for granted about the answers of one file, gathered while it is read and said once at its end. */
import { memberOf } from '../cloudtrail/members.ts';
import type { RowSink } from '../format.ts';
import type { ApiSeries } from './series.ts';
import { StepFinder, type Origin } from './steps.ts';
import { describe, quoted } from './values.ts';

/** Steps, warnings and states are told one by one; a file of many answers may have any number of them. */
const MOST_TOLD = 20;

const AGE = 'up to the look-back of the server old (5 minutes unless changed)';

export class AnswerNotes {
  #steps = new StepFinder();
  readonly #notes = new Set<string>();
  readonly #told = new Set<string>();
  #answers = 0;
  #empty = 0;
  #seriesOfAnswer = 0;
  #sharedSamples = 0;

  constructor(private readonly sink: RowSink) {}

  /** Answers that were read to their end. */
  get answers(): number {
    return this.#answers;
  }

  series({ labels, samples, isInstant }: ApiSeries, goesOn: boolean): void {
    if (samples.isRounded) this.#notes.add('Times are rounded to milliseconds.');
    if (goesOn && !labels.some(([name, value]) => name === '__name__' && value !== ''))
      this.#notes.add('Series without a name are the same where their labels are, in all answers of the file.');
    if (isInstant)
      return void this.#notes.add(`Values of an instant query stand at the time of the query: each was ${AGE} then.`);
    for (const { times } of [samples.floats, samples.histograms]) this.#steps.add(times);
  }

  /** An element of the result, whether it could be read or not. */
  element(): void {
    this.#seriesOfAnswer++;
  }

  sharedSample(): void {
    this.#sharedSamples++;
  }

  /** The end of an answer; `around` is what it says besides its result. */
  answer(around: unknown): void {
    this.#answers++;
    if (this.#seriesOfAnswer === 0) this.#empty++;
    this.#seriesOfAnswer = 0;
    this.#tellOrigin();
    const status = memberOf(around, 'status');
    if (status !== undefined && status !== 'success')
      this.#tellOne(
        `An answer has a status that is ${describe(status)}${errorOf(around)}: its result may lack something.`,
      );
    if (memberOf(around, 'isPartial') === true) this.#notes.add('An answer says of itself that it is partial.');
    for (const kind of ['warnings', 'infos']) this.#tellEach(kind.slice(0, -1), memberOf(around, kind));
  }

  /** Hands over all notes. */
  finish(): void {
    this.#tellOrigin();
    if (this.#empty > 0)
      this.#notes.add(`The result of ${this.#empty} of ${this.#answers} answers is empty: the query gave no series.`);
    if (this.#sharedSamples > 0)
      this.#notes.add(`Samples at the seam of two answers, the same in both, are taken once: ${this.#sharedSamples}.`);
    for (const statement of [...this.#notes, ...this.#told]) this.sink.assume(statement);
  }

  #tellOrigin(): void {
    const origin = this.#steps.origin();
    this.#steps = new StepFinder();
    const statement = sentence(origin);
    if (origin.kind === 'evaluated') this.#tellOne(statement);
    else if (statement !== '') this.#notes.add(statement);
  }

  #tellEach(kind: string, texts: unknown): void {
    if (!Array.isArray(texts)) return;
    for (const text of texts) if (typeof text === 'string') this.#tellOne(`An answer has the ${kind} ${quoted(text)}.`);
  }

  #tellOne(statement: string): void {
    if (this.#told.size < MOST_TOLD) this.#told.add(statement);
    else if (!this.#told.has(statement))
      this.#notes.add(
        `The answers have more than ${MOST_TOLD} different steps, states, warnings and infos: not all are told.`,
      );
  }
}

/** `, "bad_data", "..."`: type and words of the error as the answer says them. */
export function errorOf(answer: unknown): string {
  const parts = [memberOf(answer, 'errorType'), memberOf(answer, 'error')].filter((part) => typeof part === 'string');
  return parts.map((part) => `, ${quoted(part)}`).join('');
}

function sentence(origin: Origin): string {
  switch (origin.kind) {
    case 'nothing':
      return '';
    case 'evaluated':
      return (
        `Values stand at steps of ${origin.stepMs / 1000} s: they are taken as what a query gave at each step, ` +
        `each ${AGE}, so that shorter gaps do not show.`
      );
    case 'unclear':
      return (
        'The times do not show whether values were scraped then or evaluated at steps: ' +
        `evaluated ones are ${AGE}, and shorter gaps do not show in them.`
      );
    case 'scraped':
      return 'Times follow no common step: values are taken as the samples that were scraped, without stale markers.';
  }
}
