import { assumeTakenAt, type AddRows, type JsonResults } from '../check-results/json-results.ts';
import { ScanTimes } from '../check-results/scan-times.ts';
import { at } from '../event-records/values.ts';
import type { ReadContext, RowSink } from '../format.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';
import { isGroupOrControl, readGroup, type Run } from './groups.ts';
import { RunScan } from './scans.ts';
import { isSnapshot, readSnapshot, type SnapshotRun } from './snapshot.ts';

/** A benchmark is one record, whatever is in it. */
const MOST_RECORD_BYTES = 64 * 1024 * 1024;

export const powerpipeFiles: JsonRecordOptions = {
  lists: ['groups', 'controls'],
  firstKeys: ['group_id', 'summary'],
  maxRecordBytes: MOST_RECORD_BYTES,
};

export function isRun(value: unknown): boolean {
  return isGroupOrControl(value) || (isSnapshot(value) && hasControls(value));
}

function hasControls(value: unknown): boolean {
  return Object.values(at(value, 'panels') as object).some((panel) =>
    ['control', 'benchmark', 'detection'].includes(String(at(panel, 'panel_type'))),
  );
}

export class PowerpipeRuns implements JsonResults {
  readonly files = powerpipeFiles;
  readonly noun = 'a group, control or snapshot of Powerpipe';
  readonly nouns = 'Results of Powerpipe and Steampipe as JSON';
  readonly #times: ScanTimes;
  /** The one of groups and controls; a snapshot has its own. */
  #scan: RunScan | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new ScanTimes(context.zone, (statement) => sink.assume(statement));
  }

  read({ value }: JsonRecord): AddRows | string | undefined {
    if (isSnapshot(value)) {
      const snapshot = readSnapshot(value, this.#times);
      return typeof snapshot === 'string' ? snapshot : (record) => this.#addSnapshot(snapshot, record);
    }
    const run = readGroup(value);
    if (typeof run === 'string') return run;
    const { takenAt } = this.context;
    return takenAt === undefined ? undefined : (record) => this.#addRun(run, takenAt, record);
  }

  #addSnapshot(snapshot: SnapshotRun, record: number): void {
    const scan = new RunScan(this.sink, this.context, snapshot.started, snapshot.profile);
    for (const result of snapshot.results) scan.add(result, record);
    scan.ran(snapshot.profile, snapshot.unfinished);
    scan.finish(snapshot.finished);
  }

  #addRun(run: Run, takenAt: bigint, record: number): void {
    this.#scan ??= new RunScan(this.sink, this.context, takenAt, run.profile);
    for (const result of run.results) this.#scan.add(result, record);
    this.#scan.ran(run.profile, run.unfinished);
  }

  finish(complete: boolean): void {
    const { takenAt } = this.context;
    if (!this.#scan || takenAt === undefined) return;
    this.#scan.finish(complete ? takenAt : undefined);
    assumeTakenAt(this.sink, takenAt);
  }
}
