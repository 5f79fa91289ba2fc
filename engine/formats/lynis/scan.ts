/** What a report of Lynis says of the audit as a whole. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { BoundedList } from '../check-results/bounded-list.ts';
import { scanId } from '../check-results/scan-id.ts';
import type { ReportLine } from './line.ts';

const MOST_TESTS = 10_000;

/** Gathers the keys that make the scan. Lynis writes a key again when it changes its mind: the last one counts. */
export class LynisScan {
  readonly #values = new Map<string, string>();
  readonly executed = new BoundedList(MOST_TESTS);
  readonly skipped = new BoundedList(MOST_TESTS);
  finished: UtcMicros | undefined;

  constructor(
    readonly started: UtcMicros,
    private readonly fallbackSystem: string | undefined,
  ) {}

  take({ key, value }: ReportLine): void {
    if (key === 'tests_executed') for (const test of value.split('|')) this.executed.add(test.trim());
    else if (key === 'tests_skipped') for (const test of value.split('|')) this.skipped.add(test.trim());
    else if (scanKeys.has(key) && value !== '') this.#values.set(key, value);
  }

  /** Known from the head of the report on: it comes before the first test. */
  get system(): string | undefined {
    return this.#values.get('hostname') ?? this.fallbackSystem;
  }

  get id(): string {
    return scanId('lynis', this.started, [this.system]);
  }

  /** `finish=true` is the last line of an audit that came to its end. */
  get completed(): boolean {
    return this.#values.get('finish') === 'true' && this.finished !== undefined;
  }

  get benchmark(): string {
    return 'lynis';
  }

  row(): EvidenceRow<'scans'> {
    const index = this.#values.get('hardening_index') ?? '';
    const score = /^\d{1,3}$/.test(index) ? Number(index) : undefined;
    const group = this.#values.get('test_group');
    const category = this.#values.get('test_category');
    return {
      scan_id: this.id,
      tool: 'lynis',
      version: this.#values.get('lynis_version'),
      started: this.started,
      finished: this.completed ? this.finished : undefined,
      completed: this.completed,
      scope: [category && `category ${category}`, group && `group ${group}`].filter(Boolean).join('; ') || undefined,
      targets: this.system === undefined ? [] : [this.system],
      excluded: this.skipped.filled,
      score,
      score_most: score === undefined ? undefined : 100,
    };
  }

  targetRow(): EvidenceRow<'scan_targets'> {
    return {
      scan_id: this.id,
      time: this.started,
      system: this.system,
      state: 'up',
      reason: this.#values.get('os_fullname'),
    };
  }
}

const scanKeys: ReadonlySet<string> = new Set([
  ...['hostname', 'lynis_version', 'hardening_index', 'finish', 'test_group', 'test_category', 'os_fullname'],
]);
