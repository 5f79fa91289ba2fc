/** Adds the results of runs: the checks, and a scan with what it looked at. */
import type { UtcMicros } from '../../../shared/time.ts';
import { BoundedList } from '../check-results/bounded-list.ts';
import { scanId } from '../check-results/scan-id.ts';
import type { ReadContext, RowSink } from '../format.ts';
import type { ControlResult } from './control.ts';

const MOST_ACCOUNTS = 10_000;
const MOST_SKIPPED = 10_000;

/** One run of controls. */
export class RunScan {
  readonly #accounts = new BoundedList(MOST_ACCOUNTS);
  readonly #skipped = new BoundedList(MOST_SKIPPED);
  readonly #profiles = new BoundedList(1_000);
  readonly #id: string;
  #first: number | undefined;
  #unfinished = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: Pick<ReadContext, 'system'>,
    private readonly started: UtcMicros,
    of: string | undefined,
  ) {
    this.#id = scanId('powerpipe', started, [of, context.system]);
  }

  add(result: ControlResult, record: number): void {
    this.#first ??= record;
    this.#accounts.add(result.account);
    if (result.word === 'skip') this.#skipped.add(result.control);
    const { control, title, severity, benchmark, resource, word, status, detail } = result;
    this.sink.row(
      'config_checks',
      {
        ...{ scan_id: this.#id, time: this.started, system: result.account ?? this.context.system },
        ...{ resource, benchmark, rule_id: control, title, status, status_text: word, severity, detail },
      },
      record,
    );
  }

  /** A benchmark that was run, and how many of its controls did not come to their end. */
  ran(profile: string | undefined, unfinished = 0): void {
    this.#profiles.add(profile);
    this.#unfinished += unfinished;
  }

  /** `finished`: when the run was over; `undefined` where that is not known. */
  finish(finished: UtcMicros | undefined): void {
    const completed = finished !== undefined && this.#unfinished === 0;
    const { system } = this.context;
    const targets = this.#accounts.filled ?? (system === undefined ? [] : [system]);
    this.sink.row(
      'scans',
      {
        ...{ scan_id: this.#id, tool: 'powerpipe', started: this.started },
        ...{ finished: completed ? finished : undefined, completed, targets, excluded: this.#skipped.filled },
        profile: this.#profiles.filled?.join('; '),
      },
      this.#first,
    );
    for (const target of targets) this.#giveTarget({ system: target });
    if (targets.length === 0) this.#giveTarget({ resource: this.#profiles.texts[0] ?? 'controls that were run alone' });
    if (this.#unfinished > 0) this.sink.assume(`Controls that did not come to their end: ${this.#unfinished}.`);
    if (targets.length === 0) this.sink.assume('The results name no account, and no system was given for the file.');
  }

  #giveTarget(target: { readonly system?: string; readonly resource?: string }): void {
    this.sink.row('scan_targets', { scan_id: this.#id, time: this.started, ...target, state: 'up' }, this.#first);
  }
}
