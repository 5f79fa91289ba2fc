/** What people decided about gaps and expectations, as the ledger has it by one of its entries. */
import type { Interval, UtcMicros } from '../../shared/time.ts';
import { fail } from '../../shared/problem.ts';
import { parseInstant } from '../../shared/time.ts';
import { entriesOf, entryTime } from '../intake/ledger-kinds.ts';
import type { LedgerEntry } from '../intake/ledger.ts';
import type { GapKind } from './gap.ts';

/**
 * `accept`: a person stands for the gap with a reason. `link`: a ticket explains it. `not`: a ticket that is proposed
 * does not. `withdraw`: all that was decided about it before no longer counts.
 */
export type GapAction = 'accept' | 'link' | 'not' | 'withdraw';

/** One decision about a gap. It applies to every gap of the same system, stream, kind and target within `[from, to)`. */
export interface GapDecision extends Interval {
  /** The place of its entry in the ledger: of two decisions the later one counts. */
  readonly seq: number;
  readonly at: UtcMicros;
  readonly by: string;
  readonly action: GapAction;
  readonly system: string;
  readonly stream: string;
  readonly kind: GapKind;
  readonly target: string | null;
  readonly ticket: string | null;
  readonly reason: string | null;
  /** The last day on which an acceptance counts, `YYYY-MM-DD`; `null`: for good. */
  readonly until: string | null;
  /** What the cause of the gap was said to be when it was decided on. */
  readonly saidCause: string;
}

/**
 * Gives the decisions about gaps that stand in the ledger up to and with entry `upToSeq`, in their order.
 * Fails with `case_damaged` when an entry has another shape.
 */
export function gapDecisionsOf(entries: readonly LedgerEntry[], upToSeq: number): readonly GapDecision[] {
  return entriesOf(entries.slice(0, upToSeq), 'gap-decided').map(({ entry, data }) => ({
    seq: entry.seq,
    at: entryTime(entry),
    by: entry.by,
    action: data.action,
    system: data.system,
    stream: data.stream,
    kind: data.gap_kind,
    target: data.target,
    from: instant(data.from, entry),
    to: instant(data.to, entry),
    ticket: data.ticket,
    reason: data.reason,
    until: data.until,
    saidCause: data.said.cause,
  }));
}

function instant(text: string, { seq, kind }: LedgerEntry): UtcMicros {
  const micros = parseInstant(text);
  if (micros !== undefined) return micros;
  return fail({
    code: 'case_damaged',
    message: `Ledger entry ${seq} (${kind}) has ${text} where an instant must stand.`,
    remedy: 'Open the case with the version of Fieldwork that wrote it.',
  });
}
