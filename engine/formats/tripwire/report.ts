/** One report of Tripwire: gathers what it says, and gives the rows that need all of it. */
import type { EvidenceRow } from '../../core/tables.ts';
import { formatInstant, type UtcMicros } from '../../../shared/time.ts';
import { BoundedList } from '../check-results/bounded-list.ts';
import { scanId } from '../check-results/scan-id.ts';
import type { RowSink } from '../format.ts';
import { changeColumns, FoundChanges, type FoundChange } from '../integrity-checks/found-changes.ts';

const MOST_RULES = 10_000;
const MOST_SHOWN_RULES = 200;

export interface ReportContext {
  readonly sink: RowSink;
  readonly system: string | undefined;
  readonly takenAt: UtcMicros | undefined;
}

export class TripwireReport {
  version: string | undefined;
  created: UtcMicros | undefined;
  host: string | undefined;
  policy: string | undefined;
  command: string | undefined;
  address: string | undefined;
  objects: number | undefined;
  violations: number | undefined;
  /** It says that it ended, or is a single line. */
  ended = false;
  /** A list of changes without anything around it, of level 1. */
  isBare = false;
  errors = 0;
  damaged = false;
  readonly rules = new BoundedList(MOST_RULES);
  readonly changes: FoundChanges;
  #found = 0;

  constructor(
    readonly record: number,
    /** Which report of the file it is, from 1. */
    private readonly ordinal: number,
    private readonly context: ReportContext,
  ) {
    this.changes = new FoundChanges(
      (change) => this.#giveChange(change),
      () => this.created !== undefined,
    );
  }

  get time(): UtcMicros | undefined {
    return this.created ?? this.context.takenAt;
  }

  get #system(): string | undefined {
    return this.host ?? this.context.system;
  }

  get #id(): string {
    return scanId('tripwire', this.time, [this.#system, String(this.ordinal)]);
  }

  /** An object that could not be looked at. Cites the current record. */
  giveError(resource: string | undefined, reason: string): void {
    this.errors++;
    if (this.time === undefined) return;
    this.context.sink.row('scan_targets', { ...this.#place(), resource, state: 'unknown', reason });
  }

  /** Gives its rows. To be called when its time is known. */
  give(): void {
    this.changes.giveAll();
    this.#sayWhatIsMissing();
    const { sink } = this.context;
    sink.row('scans', this.#scanRow(), this.record);
    const target = {
      ...this.#place(),
      address: this.address,
      state: 'up',
      reason: this.violations === 0 ? 'No violations.' : undefined,
    };
    sink.row('scan_targets', target, this.record);
    if (this.time !== undefined) sink.sawTime(this.time);
  }

  #place(): { scan_id: string; time: UtcMicros | undefined; system: string | undefined } {
    return { scan_id: this.#id, time: this.time, system: this.#system };
  }

  #giveChange(change: FoundChange): void {
    this.#found++;
    if (this.time === undefined) return;
    this.context.sink.row('file_changes', { ...this.#place(), ...changeColumns(change) }, change.record);
  }

  #scanRow(): EvidenceRow<'scans'> {
    const rules = this.rules.texts.slice(0, MOST_SHOWN_RULES).join(', ');
    const more = this.rules.texts.length - MOST_SHOWN_RULES;
    const scope = [
      this.objects === undefined ? '' : `${this.objects} objects`,
      rules === '' ? '' : `rules: ${rules}${more > 0 ? ` and ${more} more` : ''}`,
    ];
    return {
      scan_id: this.#id,
      tool: 'tripwire',
      version: this.version === '' ? undefined : this.version,
      started: this.time,
      finished: this.ended ? this.time : undefined,
      completed: this.ended,
      scope: scope.filter((part) => part !== '').join('; ') || undefined,
      targets: this.#system === undefined ? [] : [this.#system],
      profile: this.policy,
      arguments: this.command,
    };
  }

  #sayWhatIsMissing(): void {
    const { sink, takenAt } = this.context;
    if (this.created === undefined)
      sink.assume(
        `A report does not say when it was made; it is dated ${formatInstant(takenAt!)}, as given for the file.`,
      );
    else sink.assume('Tripwire gives one time for a check, when its report was created; it counts as start and end.');
    if (this.isBare)
      sink.assume(
        'A list of changes (level 1) does not say whether the check ended, nor what was looked at: it counts as not completed.',
      );
    else if (!this.ended) sink.assume('A report ends before Tripwire says that it does: what came after is unknown.');
    if (this.damaged) sink.assume('Parts of a report could not be read: it may say more than is kept.');
    if (this.#system === undefined) sink.assume('A report names no host, and none was given for the file.');
    if (this.errors > 0)
      sink.assume(`A report names ${this.errors} errors: what they are about was not looked at, or not wholly.`);
    if (this.violations !== undefined && this.violations !== this.#found)
      sink.assume(
        `A report counts ${this.violations} violations and names ${this.#found} of them; the others are not known.`,
      );
  }
}
