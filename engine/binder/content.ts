/**
 * What a binder says, as pure data: sorted, final text, no clock, no locale. The same content gives the same pages.
 *
 * Instants are RFC 3339 text in UTC, days are `YYYY-MM-DD` in the window's zone, hashes 64 lower-case hex digits.
 * Every list is in the order in which it is printed.
 */
import type { OutdatedControl } from '../controls/outdated-controls.ts';
import type { Sha256 } from '../core/hash.ts';
import type { ControlDayRow } from '../core/result-hash.ts';
import type { ControlDayState, Frequency, RowStatus, Severity } from '../../shared/states.ts';
import type { Citation } from '../../shared/contract.ts';
import type { Day } from '../../shared/time.ts';
import type { Gap, GapCause, GapKind } from '../timeline/gap.ts';

export interface BinderContent {
  /** A name for this binder that people can say: `ACME-2026-01`. */
  readonly binderId: string;
  readonly entity: string;
  readonly window: BinderWindow;
  /** Touched by a control of this binder. */
  readonly criteria: readonly string[];
  /** In scope of the engagement, and touched by none. */
  readonly criteriaWithoutControl: readonly string[];
  readonly madeAt: string;
  readonly generator: Generator;
  /** Whose key will sign, so that the fingerprint stands in print; `null` for an unsigned draft. */
  readonly signer: SignerNotice | null;
  readonly systems: readonly SystemLine[];
  readonly completeness: Completeness;
  readonly controls: readonly ControlContent[];
  readonly coverage: readonly CoverageLine[];
  /** Those of the gravest cause first. */
  readonly gaps: readonly GapLine[];
  /** By system and start. */
  readonly clocks: readonly ClockLine[];
  readonly evidence: readonly EvidenceLine[];
  readonly packs: readonly PackLine[];
  readonly ledger: LedgerDigest;
  readonly glossary: readonly GlossaryEntry[];
}

export interface BinderWindow {
  readonly firstDay: Day;
  readonly lastDay: Day;
  readonly zone: string;
  /** Every day of the window in order. */
  readonly days: readonly Day[];
}

export interface Generator {
  readonly name: string;
  readonly version: string;
}

export interface SignerNotice {
  readonly name: string;
  readonly certificateSha256: Sha256;
  /** Fingerprint of the root that recipients are given by another way; `null` where the chain has no root. */
  readonly rootSha256: Sha256 | null;
  readonly notAfter: string;
}

export interface SystemLine {
  readonly system: string;
  readonly role: string | null;
  readonly environment: string | null;
  readonly criticality: string | null;
  readonly owner: string | null;
  /** First day in scope, and the first one out of it again; `null` where that is not within the window. */
  readonly scopeFrom: Day | null;
  readonly scopeTo: Day | null;
  readonly needs: readonly string[];
}

/** What was given, what could be read of it, and what is missing. */
export interface Completeness {
  readonly sources: number;
  readonly records: number;
  readonly rejected: number;
  readonly bytes: number;
  /** Files that were given and not imported. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** Streams that were expected over more days than they were seen over: they begin late, or end early. */
  readonly notCovering: readonly SpanNotice[];
  /** Sources none of whose records lies in the window. */
  readonly outsideWindow: readonly OutsideNotice[];
  /** Streams and systems that were expected and never spoke. */
  readonly neverSeen: readonly { readonly stream: string; readonly system: string | null }[];
  /** Controls that last ran before the last evidence was added or the last decision was made, by id. */
  readonly outdated: readonly OutdatedControl[];
  /** Systems whose clocks nobody measured and nobody asked for, by name: their times are taken as they are. */
  readonly unmeasuredClocks: readonly string[];
}

export interface SpanNotice {
  readonly stream: string;
  readonly system: string;
  readonly firstExpected: Day;
  readonly firstSeen: Day;
  readonly lastExpected: Day;
  readonly lastSeen: Day;
}

export interface OutsideNotice {
  readonly sourceId: number;
  readonly name: string;
  readonly firstTime: string;
  readonly lastTime: string;
}

export interface ControlContent {
  readonly id: string;
  readonly title: string;
  readonly pack: string;
  readonly criteria: readonly string[];
  readonly per: Frequency;
  readonly kind: 'operating' | 'state';
  readonly severity: Severity;
  readonly maturity: string;
  readonly why: string;
  readonly populationSentence: string;
  readonly streams: readonly string[];
  readonly limits: readonly string[];
  readonly parameters: readonly ParameterLine[];
  readonly sql: string;
  /** The test could not be run: why, as a sentence. */
  readonly error: string | null;
  /** One entry a day, in the order of `window.days`. */
  readonly days: readonly ControlDayContent[];
  /** Roll-up over the window by the precedence of the states. */
  readonly overall: ControlDayState;
  /** A sentence: "2 deviation days; 1 day without evidence." */
  readonly conclusion: string;
  readonly population: number;
  readonly tested: number;
  readonly deviations: number;
  /** The first deviating and undecidable items, in the order of time: as many as are printed, or more. */
  readonly items: readonly ItemLine[];
  /** How many there are. */
  readonly itemCount: number;
  readonly explanations: readonly ExplanationLine[];
  readonly populationHash: Sha256;
  readonly daysHash: Sha256;
}

/** A control-day is printed as it was hashed. */
export type ControlDayContent = ControlDayRow;

export interface ParameterLine {
  readonly name: string;
  readonly value: string;
  readonly default: string;
  readonly unit: string | null;
  readonly means: string;
}

export interface ItemLine {
  readonly time: string | null;
  readonly system: string | null;
  readonly resource: string | null;
  readonly status: RowStatus;
  readonly reason: string;
  /** Printed `S12 #345`; `null` where the finding is the absence of a record. */
  readonly citation: Citation | null;
}

export interface ExplanationLine {
  readonly days: readonly Day[];
  readonly text: string;
  readonly by: string;
  readonly reference: string | null;
}

export interface CoverageLine {
  readonly stream: string;
  readonly system: string;
  /** One letter a day: `+` seen, `-` expected and silent, `.` not expected. */
  readonly days: string;
  readonly records: number;
}

export interface GapLine {
  readonly id: string;
  readonly system: string;
  readonly stream: string;
  /** Of a scrape: the job and the instance that did not answer. Of a sequence: what counts. */
  readonly target: string | null;
  readonly kind: GapKind;
  readonly cause: GapCause;
  readonly from: string;
  readonly to: string;
  /** Seconds. */
  readonly lengthS: number;
  /** Records that are missing by their numbers. */
  readonly missing: number | null;
  /** Sentences: what other evidence says about it. */
  readonly because: readonly string[];
  readonly state: Gap['state'];
  readonly ticket: string | null;
  readonly acceptedBy: string | null;
  readonly acceptedReason: string | null;
  readonly acceptedAt: string | null;
  /** The last day on which the acceptance counts; `null`: for good. */
  readonly acceptedUntil: string | null;
  /** How long the stream is silent at these hours, half of the time and at most, seconds. */
  readonly usualS: number | null;
  readonly allowedS: number | null;
  readonly likelihood: number | null;
  /** The last record before it and the first one after it. */
  readonly before: Citation | null;
  readonly after: Citation | null;
}

/** A stretch of the window with one state of one clock. */
export interface ClockLine {
  readonly system: string;
  /** `within`, `out` or `unknown`. */
  readonly state: string;
  readonly from: string;
  readonly to: string;
  /** Seconds. */
  readonly lengthS: number;
  readonly maxAbsOffsetS: number | null;
  readonly because: string;
  readonly citation: Citation | null;
}

export interface EvidenceLine {
  readonly sourceId: number;
  readonly name: string;
  readonly member: string | null;
  readonly format: string;
  readonly importerVersion: number;
  /** Of a folder: of the lines that `sha256sum` prints for its files. */
  readonly sha256: Sha256;
  readonly bytes: number;
  /** Hash of what was read, where the file was a container or compressed. */
  readonly contentSha256: Sha256 | null;
  readonly records: number;
  readonly rejected: number;
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  readonly zone: string;
  readonly providedBy: string | null;
  readonly obtainedHow: string | null;
  readonly assumptions: readonly string[];
  /** The files of a source that is a folder; none for a file. */
  readonly files: readonly { readonly path: string; readonly sha256: Sha256; readonly bytes: number }[];
}

export interface PackLine {
  readonly id: string;
  readonly version: string;
  readonly hash: Sha256;
  readonly shipped: boolean;
}

export interface LedgerDigest {
  readonly entries: number;
  readonly headSeq: number;
  readonly headHash: Sha256;
  readonly lines: readonly LedgerLine[];
}

export interface LedgerLine {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly by: string;
  readonly what: string;
  readonly hash: Sha256;
}

export interface GlossaryEntry {
  readonly term: string;
  readonly means: string;
}
