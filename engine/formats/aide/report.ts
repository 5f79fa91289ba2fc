/** One report of AIDE, whatever it was written as: gathers what it says, and gives the rows that need all of it. */
import type { EvidenceRow } from '../../core/tables.ts';
import { formatInstant, type UtcMicros } from '../../../shared/time.ts';
import { scanId } from '../check-results/scan-id.ts';
import type { RowSink } from '../format.ts';
import { saidInDetail } from './attributes.ts';
import { changeColumns, FoundChanges, type ChangeKind, type FoundChange } from '../integrity-checks/found-changes.ts';

export interface ReportContext {
  readonly sink: RowSink;
  readonly system: string | undefined;
  readonly takenAt: UtcMicros | undefined;
}

export class AideReport {
  started: UtcMicros | undefined;
  finished: UtcMicros | undefined;
  version: string | undefined;
  outline: string | undefined;
  /** The host, where a script that ran AIDE named it. */
  host: string | undefined;
  readonly counts: Partial<Record<'total' | ChangeKind, number>> = {};
  /** `limit` and `config_version` as the report has them. */
  readonly options = new Map<string, string>();
  readonly changes: FoundChanges;
  /** A part of it could not be read. */
  damaged = false;

  constructor(
    /** Its first record, which the scan cites. */
    readonly record: number,
    /** Which report of the file it is, from 1. */
    private readonly ordinal: number,
    private readonly context: ReportContext,
  ) {
    this.changes = new FoundChanges(
      (change) => this.#giveChange(change),
      () => this.started !== undefined,
    );
  }

  /** When it was made; `undefined` where neither the report nor a person says. */
  get time(): UtcMicros | undefined {
    return this.started ?? this.finished ?? this.context.takenAt;
  }

  get #system(): string | undefined {
    return this.host ?? this.context.system;
  }

  /** The same for a report as text and as JSON. */
  get #id(): string {
    return scanId('aide', this.time, [this.#system, String(this.ordinal)]);
  }

  /**
   * The last lines of a report are its time; a report of level `minimal` is the outline alone, which AIDE writes when it
   * is done.
   */
  get #completed(): boolean {
    if (this.started === undefined && this.finished === undefined) return this.outline !== undefined;
    return this.finished !== undefined;
  }

  /** Gives its rows. To be called when its time is known. */
  give(): void {
    this.#sayWhatIsMissing();
    const counted = { ...this.changes.counts };
    this.changes.giveAll();
    this.#compareCounts(counted);
    const { sink } = this.context;
    sink.row('scans', this.#scanRow(), this.record);
    sink.row('scan_targets', this.#targetRow(), this.record);
    for (const time of [this.time, this.finished]) if (time !== undefined) sink.sawTime(time);
  }

  #giveChange(change: FoundChange): void {
    // Without a time the whole file is refused in the end.
    if (this.time === undefined) return;
    const place = { scan_id: this.#id, time: this.time, system: this.#system };
    this.context.sink.row(
      'file_changes',
      { ...place, ...changeColumns({ ...change, attributes: saidInDetail(change.attributes) }) },
      change.record,
    );
  }

  #scanRow(): EvidenceRow<'scans'> {
    const completed = this.#completed;
    return {
      scan_id: this.#id,
      tool: 'aide',
      version: this.version,
      started: this.started ?? this.time,
      finished: completed ? this.finished : undefined,
      completed,
      scope: this.#scope(),
      targets: this.#system === undefined ? [] : [this.#system],
      profile: this.options.get('config_version'),
    };
  }

  #scope(): string {
    const [what] = this.#lookedAt();
    const total = this.counts.total === undefined ? [] : [`${this.counts.total} entries`];
    const named = ['limit', 'root_prefix'].flatMap((name) => {
      const value = this.options.get(name);
      return value === undefined ? [] : [`${name.replace('_', ' ')} ${value}`];
    });
    return [what, ...total, ...named].join('; ');
  }

  /** What was compared, and where no host is looked at, the name of that. */
  #lookedAt(): readonly [string, string] {
    const outline = this.outline ?? '';
    if (outline.includes('two databases')) return ['two databases compared', 'databases'];
    if (outline.includes('initialized')) return ['database initialised', 'filesystem'];
    return ['filesystem compared with database', 'filesystem'];
  }

  #targetRow(): EvidenceRow<'scan_targets'> {
    return {
      scan_id: this.#id,
      time: this.time,
      system: this.#system,
      resource: this.#lookedAt()[1],
      state: this.outline === undefined ? 'unknown' : 'up',
      reason: this.outline,
    };
  }

  #sayWhatIsMissing(): void {
    const { sink, takenAt } = this.context;
    if (this.started === undefined && this.finished === undefined)
      sink.assume(
        `A report does not say when it was made; it is dated ${formatInstant(takenAt!)}, as given for the file.`,
      );
    else if (this.started === undefined) sink.assume('A report does not say when it began; it is dated by its end.');
    if (!this.#completed) sink.assume('A report ends before AIDE says that it finished: what came after is unknown.');
    if (this.damaged) sink.assume('Parts of a report could not be read: it may say more than is kept.');
    if (this.#system === undefined) sink.assume('Reports of AIDE name no host, and none was given for the file.');
    if (this.changes.beyond > 0)
      sink.assume(
        `A report names more than 200000 files: of ${this.changes.beyond} of them only the flags are kept with them.`,
      );
  }

  #compareCounts(found: Readonly<Record<ChangeKind, number>>): void {
    for (const kind of ['added', 'removed', 'changed'] as const) {
      const said = this.counts[kind];
      if (said !== undefined && said !== found[kind])
        this.context.sink.assume(
          `A report counts ${said} ${kind} entries and names ${found[kind]} of them; the others are not known.`,
        );
    }
    const differs = this.outline?.includes('found differences') === true;
    if (differs && found.added + found.removed + found.changed === 0)
      this.context.sink.assume(
        'A report says that there are differences, but names none (report_level minimal, summary or database_attributes).',
      );
  }
}
