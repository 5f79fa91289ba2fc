/** The controls of a file as one scan: kube-bench writes no time and no host, so both are said for the file. */
import { BoundedList } from '../check-results/bounded-list.ts';
import { assumeTakenAt, type AddRows, type JsonResults } from '../check-results/json-results.ts';
import { scanId } from '../check-results/scan-id.ts';
import type { ReadContext, RowSink } from '../format.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';
import { emptySections, readControls, type Controls } from './controls.ts';

/** `kube-bench --json`: a list of controls, before 0.4; since then the member Controls beside the totals. */
export const kubeBenchFiles: JsonRecordOptions = { lists: ['Controls', 'controls'], firstKeys: ['id'] };

export class KubeBenchResults implements JsonResults {
  readonly files = kubeBenchFiles;
  readonly noun = 'controls of kube-bench';
  readonly nouns = 'Results of kube-bench';
  readonly #names = new BoundedList(1_000);
  readonly #benchmarks = new BoundedList(100);
  readonly #skipped = new BoundedList(10_000);
  #first: number | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  read({ value }: JsonRecord): AddRows | string | undefined {
    const controls = readControls(value);
    if (typeof controls === 'string') return controls;
    return this.context.takenAt === undefined
      ? undefined
      : (record) => this.#add(record, controls, emptySections(value));
  }

  #add(record: number, controls: Controls, empty: readonly string[]): void {
    this.#first ??= record;
    const { takenAt, system } = this.context;
    this.#names.add(controls.name);
    this.#benchmarks.add(controls.benchmark);
    for (const rule of controls.skipped) this.#skipped.add(rule);
    const place = { scan_id: this.#scanId, time: takenAt, system };
    this.sink.row('scan_targets', {
      ...place,
      resource: system === undefined ? controls.name : undefined,
      state: 'up',
    });
    for (const check of controls.checks) this.sink.row('config_checks', { ...place, ...check });
    this.#say(controls, empty);
  }

  #say({ name, contradictions }: Controls, empty: readonly string[]): void {
    if (contradictions.length > 0)
      this.sink.assume(`The totals of ${name} are not those of its results: ${contradictions.join('; ')}.`);
    if (empty.length > 0) this.sink.assume(`Sections of ${name} without any result: ${empty.slice(0, 50).join(', ')}.`);
  }

  get #scanId(): string {
    return scanId('kube-bench', this.context.takenAt, [this.context.system]);
  }

  finish(complete: boolean): void {
    const { takenAt, system } = this.context;
    this.sink.row(
      'scans',
      {
        scan_id: this.#scanId,
        tool: 'kube-bench',
        started: takenAt,
        finished: complete ? takenAt : undefined,
        completed: complete,
        scope: this.#names.texts.join('; '),
        targets: system === undefined ? [] : [system],
        excluded: this.#skipped.filled,
        profile: this.#benchmarks.filled?.join('; '),
      },
      this.#first,
    );
    assumeTakenAt(this.sink, takenAt!);
    if (system === undefined)
      this.sink.assume('Results of kube-bench name no host, and none was given for the file (--system).');
  }
}
