/** The scan as a whole, gathered while its hosts are read. */
import { sha256 } from '../../core/hash.ts';
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import type { Policy } from './policy.ts';

const MAX_TARGETS = 100_000;

export class Run {
  readonly #seen = new Set<string>();
  readonly #targets: string[] = [];
  #started: UtcMicros | undefined;
  #finished: UtcMicros | undefined;
  #id: string | undefined;
  hosts = 0;
  /** Hosts that have no end. */
  unfinished = 0;
  version: string | undefined;
  report: string | undefined;

  constructor(private readonly policy: Policy) {}

  /** The same for the same task; for a report without one, for the same policy, report and targets. */
  get id(): string {
    const { task, name, targets } = this.policy;
    const what = task === undefined ? [this.report, name, targets] : [task];
    return (this.#id ??= `nessus-${sha256(JSON.stringify(what)).slice(0, 12)}`);
  }

  sawTimes(start: UtcMicros | undefined, end: UtcMicros | undefined): void {
    const first = start ?? end;
    const last = end ?? start;
    if (first !== undefined && (this.#started === undefined || first < this.#started)) this.#started = first;
    if (last !== undefined && (this.#finished === undefined || last > this.#finished)) this.#finished = last;
  }

  /** Remembers under which names a host has its result. */
  sawHost(target: string | undefined, names: readonly (string | undefined)[]): void {
    this.hosts++;
    if (target !== undefined && this.#targets.length < MAX_TARGETS) this.#targets.push(target);
    for (const name of names)
      if (name !== undefined && this.#seen.size < 4 * MAX_TARGETS) this.#seen.add(name.toLowerCase());
  }

  /** Addresses and names that were asked for and have no result. Of ranges this cannot be told. */
  missing(): readonly string[] {
    return this.policy.targets
      .filter((target) => /^[a-z0-9.:_-]+$/i.test(target) && !/^\d[\d.]*-[\d.]+$/.test(target))
      .filter((target) => !this.#seen.has(target.toLowerCase()))
      .slice(0, MAX_TARGETS);
  }

  /** `whole`: the file was not cut off. */
  row(whole: boolean, takenAt: UtcMicros | undefined): EvidenceRow<'scans'> {
    const completed = whole && this.hosts > 0 && this.unfinished === 0;
    const started = this.#started ?? takenAt;
    return {
      scan_id: this.id,
      tool: 'nessus',
      version: this.version,
      started,
      finished: completed ? (this.#finished ?? started) : undefined,
      completed,
      scope: this.policy.scope,
      targets: [...new Set(this.#targets)],
      excluded: this.policy.excluded,
      profile: this.policy.name,
    };
  }
}
