/**
 * What compares our reading of a folder of evidence with what others made of the same files. A folder of corpora is
 * called as its evidence (`auditd`, `okta`); beside each evidence file may lie an oracle: the output of another parser,
 * or of the tool that wrote the file.
 */

/** A folder of corpora. */
export interface CorpusFolder {
  readonly name: string;
  /** Names of its files and of the folders in it, sorted. */
  readonly entries: readonly string[];
  /** Absolute path of an entry. */
  path(entry: string): string;
  /** Bytes of a file, decompressed where its name ends in .gz. */
  bytes(entry: string): Uint8Array;
  /** Its text, UTF-8. */
  text(entry: string): string;
  json(entry: string): unknown;
}

/** A field in which we and the oracle differ. Values as short text. */
export interface Difference {
  readonly file: string;
  /** Record in the file, from 1; 0 for the file as a whole. */
  readonly record: number;
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
}

/** What came of comparing one file with one oracle. */
export interface Comparison {
  readonly file: string;
  readonly oracle: string;
  readonly records: number;
  /** Fields compared, and those that are equal. The others are in `differences`. */
  readonly fields: number;
  readonly equal: number;
  readonly differences: readonly Difference[];
}

export interface Adapter {
  /** Names of the folders it knows. */
  readonly folders: readonly string[];
  /**
   * Compares every file of the folder for which there is an oracle that it understands, whatever the files are called:
   * other files of the same kinds must work as well.
   */
  compare(folder: CorpusFolder): Promise<readonly Comparison[]>;
}

/** Collects the fields of one comparison. */
export class FieldCount {
  private fields = 0;
  private equalFields = 0;
  private recordCount = 0;
  private readonly differences: Difference[] = [];

  constructor(
    private readonly file: string,
    private readonly oracle: string,
  ) {}

  /** Another record is compared. */
  record(): void {
    this.recordCount++;
  }

  /** Compares one field; values that are equal as text, or both missing, are equal. */
  field(record: number, field: string, ours: unknown, theirs: unknown): void {
    this.fields++;
    const [a, b] = [shown(ours), shown(theirs)];
    if (a === b) this.equalFields++;
    else this.differences.push({ file: this.file, record, field, ours: a, theirs: b });
  }

  result(): Comparison {
    const { file, oracle, fields, differences } = this;
    return { file, oracle, records: this.recordCount, fields, equal: this.equalFields, differences };
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
