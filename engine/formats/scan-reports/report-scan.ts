/** The rows of one scan, held until the report has said when it was made and of what. */
import type { UtcMicros } from '../../../shared/time.ts';
import type { ReadContext, RowSink } from '../format.ts';
import type { EvidenceRow } from '../../core/tables.ts';
import type { ReportRow, ReportTable, ScanFacts } from './kind.ts';

/** More rows than this come from no report; it bounds the memory. */
export const MAX_HELD_ROWS = 2_000_000;
const MAX_TARGETS = 10_000;

interface HeldRow {
  readonly held: ReportRow;
  readonly record: number;
}

/** Records that are about the scan as a whole. */
export interface ScanRecords {
  readonly scan: number;
  readonly target: number;
}

export class ReportScan {
  #rows: HeldRow[] = [];
  /** The first element of it. */
  first: unknown;
  /** Records of it that could not be read. */
  rejected = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  get isEmpty(): boolean {
    return this.#rows.length === 0 && this.rejected === 0;
  }

  get firstRecord(): number | undefined {
    return this.#rows[0]?.record;
  }

  hold(rows: readonly ReportRow[], record: number): void {
    for (const held of rows) this.#rows.push({ held, record });
  }

  /** Adds all rows. `time`: when it was looked at; `whole`: the report was not cut off. */
  give(said: ScanFacts, time: UtcMicros, { id, records, whole }: { id: string; records: ScanRecords; whole: boolean }) {
    const { sink } = this;
    const { system } = this.context;
    const facts = { ...said, resource: placed(said, system) };
    const completed = whole && this.rejected === 0 && facts.completed !== false;
    const added = { scan_id: id, time };
    const targets = new Set<string>();
    let seen = false;
    for (const { held, record } of this.#rows) {
      const { table, row, part } = held;
      const resource = row.resource ?? facts.resource;
      if (table === 'scan_targets' && row.state === 'up' && row.resource === undefined) seen = true;
      if (table === 'scan_targets' && resource && targets.size < MAX_TARGETS) targets.add(resource);
      const named = { ...added, system, ...row, resource: nameOf(resource, part) };
      sink.row(table, named as EvidenceRow<ReportTable>, record);
    }
    this.#rows = [];
    const subject = facts.resource ?? system;
    if (subject !== undefined) targets.add(subject);
    if (facts.target) {
      const { state, reason } = facts.target;
      const target = { ...added, system, resource: facts.resource, state: seen ? 'up' : state, reason };
      sink.row('scan_targets', target, records.target);
    }
    const { tool, version, scope, excluded, profile, arguments: called } = facts;
    const started = facts.started ?? time;
    const finished = completed ? (facts.finished ?? started) : undefined;
    const told = { tool, version, scope, excluded, profile, arguments: called };
    sink.row('scans', { scan_id: id, started, finished, completed, targets: [...targets], ...told }, records.scan);
    for (const note of facts.notes ?? []) sink.assume(note);
    if (facts.isPath && system === undefined && facts.resource !== undefined)
      sink.assume(
        `What was looked at is called ${JSON.stringify(facts.resource)}, a path; without a system (--system) it is taken for the same wherever it is.`,
      );
    if (facts.resource === undefined && system === undefined && targets.size === 0)
      sink.assume('The report does not say what was looked at, and no system was named for it.');
  }
}

/** A part of what was looked at is a resource of its own; it may have the name of the whole in its own. */
function nameOf(resource: string | undefined, part: string | undefined): string | undefined {
  if (part === undefined || resource === undefined) return part ?? resource;
  return part !== resource && part.startsWith(resource) ? part : `${resource} ${part}`;
}

/** The root of a system is the system; another path on it has its name before it. */
function placed({ resource, isPath }: ScanFacts, system: string | undefined): string | undefined {
  if (!isPath || system === undefined || resource === undefined) return resource;
  return resource === '/' || resource === 'file:///' ? undefined : `${system}:${resource}`;
}
