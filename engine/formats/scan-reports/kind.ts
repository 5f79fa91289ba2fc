/** What a kind of report in JSON has to say of itself, so that one reader serves all of them. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { UtcMicros } from '../../../shared/time.ts';

/** Tables that a report gives rows to, beside `scans`. */
export type ReportTable = 'scan_targets' | 'vulnerabilities' | 'config_checks';

/** A row without what the scan adds: its id, its time, and the resource where the row names none. */
export type ReportRow = {
  readonly [T in ReportTable]: {
    readonly table: T;
    readonly row: EvidenceRow<T>;
    /** The part of the resource that the row is about, where that is no location: a manifest, a licence's package. */
    readonly part?: string | undefined;
  };
}[ReportTable];

/** What a report says of the scan that it is of. */
export interface ScanFacts {
  readonly tool: string;
  readonly version?: string | undefined;
  readonly started?: UtcMicros | undefined;
  readonly finished?: UtcMicros | undefined;
  /** What was looked at: image, file, project, cluster. */
  readonly resource?: string | undefined;
  /** The resource is a path, which says nothing without the system that it is on. */
  readonly isPath?: boolean | undefined;
  /** False: the tool says that it did not finish. */
  readonly completed?: boolean | undefined;
  readonly scope?: string | undefined;
  readonly excluded?: readonly string[] | undefined;
  readonly profile?: string | undefined;
  readonly arguments?: string | undefined;
  /** State and reason of what was looked at, for its own row of scan_targets; none where its parts give rows. */
  readonly target?: { readonly state: string; readonly reason?: string | undefined } | undefined;
  /** Sentences for a person: what is to be known of this scan. */
  readonly notes?: readonly string[] | undefined;
}

/** What the rows of a report's elements were, for what is said of it as a whole. */
export interface ReportContent {
  /** The first element, the lists in it included. */
  readonly first: unknown;
}

export interface ReportKind {
  /** As in "The file holds no report of trivy." */
  readonly tool: string;
  /** Lists of the document that hold its elements, and keys with which an element begins (see json-records.ts). */
  readonly lists: readonly (string | readonly string[])[];
  readonly firstKeys: readonly string[];
  /** Lists of an element whose elements are records of their own; `undefined`: the element is a finding. */
  inner(element: unknown): readonly string[] | undefined;
  /** The scan that a document or an element is the report of; `undefined` where it is none. */
  scan(value: unknown, content: ReportContent): ScanFacts | undefined;
  /**
   * The rows of an element, or why it cannot be read. `around` are the elements that it stands in, outermost first,
   * the lists in them included.
   */
  rows(element: unknown, around: readonly unknown[]): readonly ReportRow[] | string;
  /** From a piece that is damaged, what stood around the findings that follow it. */
  aroundLost?(text: string): unknown;
}
