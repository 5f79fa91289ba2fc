/** The results of one file as a scan: all of them are checks of the same run. */
import type { Problem } from '../../../shared/problem.ts';
import type { EvidenceRow } from '../../core/tables.ts';
import type { ReadContext, RowSink } from '../format.ts';

/** A rule on a resource; scan, time and system are added here. */
export type Check = Pick<
  EvidenceRow<'config_checks'>,
  'resource' | 'benchmark' | 'rule_id' | 'title' | 'status' | 'status_text' | 'severity' | 'detail'
>;

/** The checks of one record. There is at least one: a record without any result says so in one. */
export interface RecordChecks {
  readonly tool: 'conftest' | 'opa eval' | 'opa test';
  readonly checks: readonly Check[];
}

/** Names of what was looked at that a scan's row lists. */
const MOST_TARGETS = 10_000;

/** Adds the checks of a source. A file has the output of one tool; where it has that of both, each is a scan. */
export class CheckScan {
  readonly #scans = new Map<string, { readonly record: number; readonly targets: Set<string> }>();

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  get any(): boolean {
    return this.#scans.size > 0;
  }

  add({ tool, checks }: RecordChecks, record: number): void {
    const scan = this.#scans.get(tool) ?? { record, targets: new Set<string>() };
    this.#scans.set(tool, scan);
    const { takenAt, system } = this.context;
    for (const check of checks) {
      if (check.resource && scan.targets.size < MOST_TARGETS) scan.targets.add(check.resource);
      this.sink.row('config_checks', { scan_id: tool, time: takenAt, system, ...check });
    }
  }

  /** Adds the rows of the scans, which cite their first record. `complete`: the document was not cut off. */
  finish(complete: boolean): void {
    const { takenAt } = this.context;
    for (const [tool, { record, targets }] of this.#scans) {
      const finished = complete ? takenAt : undefined;
      const row = { scan_id: tool, tool, started: takenAt, finished, completed: complete, targets: [...targets] };
      this.sink.row('scans', row, record);
    }
  }
}

/** Why a file of results is refused for which nobody said when it was made. */
export function undatable(results: number, file: string): Problem {
  return {
    code: 'bad_request',
    message: `Results of opa eval, opa test and conftest have no time; the file has ${results} of them, and none was given for it.`,
    where: { file },
    remedy: 'Say when the file was made, with --taken-at.',
  };
}
