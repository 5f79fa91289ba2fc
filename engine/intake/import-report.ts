/** What an import is asked for, and the account that it gives. */
import type { Problem } from '../../shared/problem.ts';
import type { UtcMicros } from '../../shared/time.ts';

export interface ImportOptions {
  readonly as?: string;
  /** IANA zone of times without an offset; the engagement's when left out. */
  readonly zone?: string;
  /** The system that wrote the files, where neither records nor paths say. */
  readonly system?: string;
  readonly providedBy?: string;
  readonly obtainedHow?: string;
  /** Selectors of the metric series whose samples are kept; those that controls and the timeline need when left out. */
  readonly series?: readonly string[];
  /** YAML that says which columns are what, for files of no format of their own. */
  readonly mapping?: string;
  /** When the files were made, UTC microseconds, for those that do not say. */
  readonly takenAt?: UtcMicros;
  /** What was said of single members of an archive, by their names in it. */
  readonly members?: ReadonlyMap<string, MemberChoice>;
  /** Reads and accounts for everything, and keeps nothing. */
  readonly dryRun?: boolean;
}

/** What a person says of one file in an archive. */
export interface MemberChoice {
  /** Id of the format that it is read as. */
  readonly as?: string;
  /** It is not imported. */
  readonly leaveOut?: boolean;
}

/** The first rows of a table; values as text, null where there is none. */
export interface PreviewTable {
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

/** What became of one file, or of one member of an archive. */
export type FileReport =
  | {
      readonly outcome: 'imported' | 'would be imported';
      readonly path: string;
      readonly sourceId: number;
      readonly format: string;
      readonly recognised: string;
      readonly sha256: string;
      readonly bytes: number;
      readonly records: number;
      readonly rejected: number;
      readonly rows: Readonly<Record<string, number>>;
      readonly firstTime: string | null;
      readonly lastTime: string | null;
      readonly assumptions: readonly string[];
      /** Of a dry run: the first rows of each table, as they would land. */
      readonly preview?: readonly PreviewTable[];
    }
  | {
      readonly outcome: 'refused';
      readonly path: string;
      readonly problem: Problem;
      /** The source that the case has of the same file; left out where it was refused for another reason. */
      readonly alreadyThereAs?: number;
    };

export interface ImportReport {
  readonly files: readonly FileReport[];
  readonly imported: number;
  readonly refused: number;
  readonly records: number;
  readonly rejected: number;
}
