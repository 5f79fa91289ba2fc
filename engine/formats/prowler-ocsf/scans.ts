/**
 * The findings of a file as scans. Prowler writes what it found, not that it ran: a scan is the findings of one account
 * by one version of Prowler on one day (UTC).
 */
import type { UtcMicros } from '../../../shared/time.ts';
import { MICROS_PER_DAY } from '../../../shared/time.ts';
import { BoundedList } from '../check-results/bounded-list.ts';
import { scanId } from '../check-results/scan-id.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { statusOf, type Finding } from './finding.ts';

/** Accounts and days in one file; its findings are kept beyond that, their scans are not told apart. */
const MOST_SCANS = 10_000;

interface Scan {
  readonly id: string;
  readonly record: number;
  readonly finding: Finding;
  readonly regions: BoundedList;
  from: UtcMicros;
  to: UtcMicros;
}

export class ProwlerScans {
  readonly #scans = new Map<string, Scan>();
  #muted = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: Pick<ReadContext, 'system'>,
  ) {}

  add(finding: Finding, record: number): void {
    const scan = this.#scanOf(finding, record);
    scan.regions.add(finding.region);
    if (finding.time < scan.from) scan.from = finding.time;
    if (finding.time > scan.to) scan.to = finding.time;
    if (finding.muted) this.#muted++;
    const resources = finding.resources.length === 0 ? [undefined] : finding.resources;
    for (const resource of resources)
      this.sink.row('config_checks', { ...this.#rowOf(finding, scan.id), resource }, record);
  }

  #rowOf(finding: Finding, scan_id: string) {
    const detail = [finding.detail, finding.requirements].filter((part) => part !== undefined).join('\n');
    return {
      scan_id,
      time: finding.time,
      system: this.#systemOf(finding),
      benchmark: ['prowler', finding.provider].filter((part) => part !== undefined).join(' '),
      rule_id: finding.check,
      title: finding.title,
      status: statusOf(finding),
      status_text: finding.muted ? `${finding.status} (muted)` : finding.status,
      severity: finding.severity,
      detail: detail || undefined,
    };
  }

  /** As audit logs of clouds name their systems: `aws:123456789012`. */
  #systemOf({ provider, account }: Finding): string | undefined {
    if (account === undefined) return this.context.system ?? provider;
    return provider === undefined ? account : `${provider}:${account}`;
  }

  #scanOf(finding: Finding, record: number): Scan {
    const day = (finding.time / MICROS_PER_DAY).toString();
    const key = JSON.stringify([finding.provider, finding.account, finding.version, day]);
    const known = this.#scans.get(
      this.#scans.size >= MOST_SCANS && !this.#scans.has(key) ? [...this.#scans.keys()][0]! : key,
    );
    if (known) return known;
    const id = scanId('prowler', (finding.time / MICROS_PER_DAY) * MICROS_PER_DAY, [key]);
    const scan = { id, record, finding, regions: new BoundedList(200), from: finding.time, to: finding.time };
    this.#scans.set(key, scan);
    return scan;
  }

  /** Adds the scans and what they looked at. `complete`: the file was not cut off. */
  finish(complete: boolean): void {
    for (const { id, record, finding, regions, from, to } of this.#scans.values()) {
      const system = this.#systemOf(finding);
      const where = regions.filled === undefined ? '' : ` in ${regions.texts.join(', ')}`;
      this.sink.row(
        'scans',
        {
          ...{ scan_id: id, tool: 'prowler', version: finding.version, started: from },
          ...{ finished: complete ? to : undefined, completed: complete },
          ...{
            scope: `${finding.provider ?? 'unknown provider'}${where}`,
            targets: system === undefined ? [] : [system],
          },
        },
        record,
      );
      this.sink.row('scan_targets', { scan_id: id, time: to, system, state: 'up' }, record);
    }
    if (this.#muted > 0) this.sink.assume(`Findings that somebody muted: ${this.#muted}. They keep their status.`);
    this.sink.assume(
      'Prowler does not write that a scan came to its end; one counts as complete when its file is whole.',
    );
  }
}
