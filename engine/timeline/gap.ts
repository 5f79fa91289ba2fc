/** The words of the timeline: a gap, what is known about it, and how it is told apart from others. */
import { sha256 } from '../core/hash.ts';
import type { Interval, UtcMicros } from '../../shared/time.ts';

/**
 * `missing`: a system in scope never spoke. `silence`: it spoke, and then longer not than it may. `scan-missed`: no
 * completed scan looked when one was due. `scrape`: a target of Prometheus did not answer, or was not asked.
 * `sequence-loss`: numbers that count records are skipped. `truncated`: the silence lies exactly between two files of a
 * rotated set, one of which ends before the next begins, or is not in the case.
 */
export const gapKinds = ['silence', 'missing', 'sequence-loss', 'scrape', 'scan-missed', 'truncated'] as const;
export type GapKind = (typeof gapKinds)[number];

/**
 * What other evidence says about a gap, in the order in which auditors ask: that the host was up and this stream alone
 * was silent; that a file is cut or missing; nothing at all; that several hosts were silent together; that the host
 * was down.
 */
export const gapCauses = ['stream-alone', 'file-cut', 'unknown', 'collector-down', 'host-down'] as const;
export type GapCause = (typeof gapCauses)[number];

/** A record that is cited: its source and its number there. */
export interface CitedRecord {
  readonly sourceId: number;
  readonly record: number;
}

/** How long a stream is usually silent, as far as a gap is concerned. */
export interface Usual {
  /** Half of the silences at these hours of the week were shorter; seconds. */
  readonly usualS: number;
  /** A silence longer than this is a gap; seconds. */
  readonly allowedS: number;
  /**
   * How often a silence as long as this one would be met by chance in the stream's own history at these hours, as a share of
   * the looks at them; `null` where nothing was learned.
   */
  readonly likelihood: number | null;
}

/** A stretch of the window without evidence that was expected, as it is found. */
export interface FoundGap extends Interval {
  readonly system: string;
  readonly stream: string;
  readonly kind: GapKind;
  /** Of a scrape: the job and the instance that did not answer. Of a sequence: what counts, where a stream has several. */
  readonly target?: string;
  /** The last record before it and the first one after it; `null` at an end of the evidence. */
  readonly before: CitedRecord | null;
  readonly after: CitedRecord | null;
  readonly usual: Usual | null;
  /** Records that are missing by their numbers, where they have any. */
  readonly missing: number | null;
}

/** A gap with what other evidence says about it. */
export interface CorroboratedGap extends FoundGap {
  readonly cause: GapCause;
  /** Sentences, each with the records that it rests on. */
  readonly corroboration: readonly Corroboration[];
}

export interface Corroboration {
  readonly says: string;
  readonly cites: readonly CitedRecord[];
}

/** A ticket that overlaps a gap by system and time. */
export interface ProposedTicket {
  readonly ticket: string;
  /** The part of the gap that it covers. */
  readonly overlap: Interval;
  readonly hasRootCause: boolean;
  /** True when it explains the gap: it has a root cause, covers the gap or was linked by a person, and was not rejected. */
  readonly explains: boolean;
  /** Who said that it is not about this gap, and why. */
  readonly rejected: { readonly by: string; readonly reason: string } | null;
  readonly cites: CitedRecord;
}

/** A gap with what people and tickets say about it. */
export interface Gap extends CorroboratedGap {
  /** `GAP-` and ten hexadecimal digits: the same for the same evidence. */
  readonly id: string;
  readonly state: 'open' | 'explained' | 'accepted';
  /** The ticket that explains it. */
  readonly ticket: string | null;
  readonly proposals: readonly ProposedTicket[];
  /** Who accepted it, why, and until which day, where somebody did; stays when the day is past. */
  readonly accepted: Acceptance | null;
}

export interface Acceptance {
  readonly by: string;
  readonly reason: string;
  /** When it was accepted. */
  readonly at: UtcMicros;
  /** The last day on which it counts, `YYYY-MM-DD`; `null`: for good. */
  readonly until: string | null;
}

/** The name of a gap in commands and decisions. */
export function gapId({ system, stream, kind, target, from }: Omit<FoundGap, 'usual' | 'missing'>): string {
  return `GAP-${sha256([kind, stream, system, target ?? '', String(from)].join('\n')).slice(0, 10)}`;
}

/** One text for a stream of a system. */
export function nameOf({ stream, system }: { readonly stream: string; readonly system: string }): string {
  return JSON.stringify([stream, system]);
}
