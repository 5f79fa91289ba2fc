/**
 * What a format is to the rest of Fieldwork: bytes in, rows out. A reader opens no file, no socket and no database.
 *
 * Loss rule: every record with content ends in exactly one place, a table or the rejects, and
 * `records + rejected` is what the file holds.
 */
import type { RowColumns } from '../core/row-columns.ts';
import type { EvidenceRow, EvidenceTableName } from '../core/tables.ts';
import type { Problem } from '../../shared/problem.ts';
import type { Interval } from '../../shared/time.ts';

/** How sure a format is that a file is its own. `confidence` is 0 (certainly not) to 1 (certain). */
export interface Recognition {
  readonly confidence: number;
  /** A sentence for a person: "87 of the first 100 lines match type=... msg=audit(...)." */
  readonly reason: string;
}

/** What a reader may know about the file besides its bytes. All of it is recorded in the ledger. */
export interface ReadContext {
  /** Path as given, for messages only; never opened. */
  readonly name: string;
  /** The audit window; gives the year to formats without one. */
  readonly window: Interval;
  /** IANA zone of times without an offset. */
  readonly zone: string;
  /** The system that wrote the file, where its records do not name one. */
  readonly system: string | undefined;
  /** A mapping of columns to evidence, as YAML, for formats that have none of their own. */
  readonly mapping?: string | undefined;
  /** When the file was made, UTC microseconds, as a person says; for files whose records carry no time. */
  readonly takenAt?: bigint | undefined;
}

/** Where a reader puts what it reads. Record numbers begin at 1 and rise by 1 for each record with content. */
export interface RowSink {
  /**
   * Declares the next record and gives its number. `byte` is its offset in the (decompressed) source, `length` its
   * bytes without the line end. Every row and reject after it cites it, unless they name another record.
   */
  record(byte: number, length: number): number;
  /**
   * Says, before the first record, that the records of this source are its non-blank lines, though its format keeps
   * offset and length of every record: then the sparse index is enough.
   */
  recordsAreLines(): void;
  /** Adds a row that cites the current record, or `record` where given (a multi-record event cites its first line). */
  row<N extends EvidenceTableName>(table: N, row: EvidenceRow<N>, record?: number): void;
  /**
   * The rows of a table value by value, straight from bytes, for files that are too large for an object a row. To be
   * asked for when the reader opens, once a table; such a table gets no rows by `row`.
   */
  columns<N extends EvidenceTableName>(table: N): RowColumns<N>;
  /** The identity in the case of a series whose first record in this source is `record`. */
  seriesId(record: number): bigint;
  /** The current record is not readable: it goes to the rejects with its raw bytes. A sentence with a full stop. */
  reject(reason: string, raw: Uint8Array): void;
  /** Something taken for granted for the whole source: the year, the zone, the system. Kept once each, printed. */
  assume(statement: string): void;
  /** First and last evidence time are taken from `time` and `captured`; a reader that knows better adds a time here. */
  sawTime(micros: bigint): void;
}

/** A reader at work on one source: bytes are pushed in order, in pieces of any size. */
export interface SourceReader {
  push(piece: Uint8Array): void;
  /**
   * Called once after the last piece. Gives a problem when the whole file must be refused (no readable structure,
   * a needed column missing, document cut off where a prefix cannot be used); nothing of it is kept then.
   */
  finish(): Problem | undefined;
}

/** How the raw bytes of a record are found again. */
export type Framing =
  | 'lines' // records are the non-blank lines; a sparse index of offsets is enough
  | 'spans'; // offset and length of every record are kept

/** What every format has, whatever its sources are. */
export interface FormatFacts {
  readonly id: string;
  /** Shown by `fieldwork formats`. */
  readonly title: string;
  /** Rises whenever the same bytes could give other rows; kept with every source. */
  readonly version: number;
  /** Streams that this format's records belong to; empty for inventories. */
  readonly streams: readonly string[];
  /** It is read with a mapping that a person gives. */
  readonly usesMapping?: true;
}

/** A format whose sources are files. */
export interface Format extends FormatFacts {
  readonly framing: Framing;
  /** Its reader holds nothing of a piece when `push` returns, so that the memory can be used for the next. */
  readonly letsGo?: true;
  /** Decides by content. `head` is the first 64 KiB (or less) of the decompressed file; the name is never enough. */
  recognise(head: Uint8Array): Recognition;
  open(sink: RowSink, context: ReadContext): SourceReader;
}

/** A format whose sources are folders of files that are read together. Its records are no stretches of one file. */
export interface FolderFormat extends FormatFacts {
  readonly framing: 'folder';
}

export type AnyFormat = Format | FolderFormat;
