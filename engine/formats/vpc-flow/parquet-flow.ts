/** Flow logs in Parquet, as S3 has them. The footer comes last, so the file is held as a whole. */
import type { Problem } from '../../../shared/problem.ts';
import type { SourceReader } from '../format.ts';
import { FlowLayout } from './flow-layout.ts';
import type { FlowSink } from './flow-sink.ts';
import { openParquet, readGroup, type Group, type ParquetFile, type ParquetTrouble } from './parquet-file.ts';

/** AWS closes a file at 75 MB. */
export const MOST_PARQUET_BYTES = 256 * 1024 * 1024;

export class ParquetFlow implements SourceReader {
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(
    private readonly sink: FlowSink,
    private readonly file: string,
    private readonly mostBytes = MOST_PARQUET_BYTES,
  ) {}

  push(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.mostBytes) this.#pieces = [];
    else this.#pieces.push(piece.slice());
  }

  finish(): Problem | undefined {
    if (this.#bytes > this.mostBytes) return this.#problem(tooLarge(this.#bytes, this.mostBytes));
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    const parquet = openParquet(bytes);
    if ('kind' in parquet) return this.#problem(parquet);
    const layout = FlowLayout.of(parquet.columns.map(({ name }) => name));
    if (typeof layout === 'string') return this.#problem({ kind: 'damaged', because: layout });
    if (!isFlowLog(layout)) return this.#notFlow(parquet);
    for (const name of parquet.unread)
      this.sink.notes.note(`The column "${name}" is nested, or of a type that flow logs do not have, and is not read.`);
    return this.#readGroups(parquet, layout);
  }

  #readGroups(parquet: ParquetFile, layout: FlowLayout): Problem | undefined {
    for (let number = 0; number < parquet.groups.length; number++) {
      const group = readGroup(parquet, number);
      if ('kind' in group) return this.#problem(group);
      for (let row = 0; row < group.rows; row++) this.#row(group, layout, row);
    }
    return undefined;
  }

  /** A row is spread over the columns of its group: where the group is, is where the row is. */
  #row(group: Group, layout: FlowLayout, row: number): void {
    const values = group.columns.map((column) => column[row]);
    const raw = (): Uint8Array => {
      const members = layout.names.flatMap((name, i) => (values[i] === undefined ? [] : [[name, values[i]] as const]));
      return Buffer.from(JSON.stringify(Object.fromEntries(members)));
    };
    this.sink.take(layout.row(values), { byte: group.byte, length: group.length }, raw);
  }

  #problem({ kind, because }: ParquetTrouble): Problem {
    const where = { file: this.file };
    if (kind === 'limit')
      return { code: 'limit_reached', message: because, where, remedy: 'Import the log in smaller files, or as text.' };
    return {
      code: 'damaged_file',
      message: because,
      where,
      remedy: 'Copy the file again and compare its size with the source.',
    };
  }

  #notFlow({ columns, unread }: ParquetFile): Problem {
    const names = [...columns.map(({ name }) => name), ...unread].slice(0, 50).join(', ');
    return {
      code: 'missing_column',
      message: `The columns of the Parquet file are not those of a flow log; it has ${names}.`,
      where: { file: this.file },
      remedy: 'Import a flow log in Parquet, or this file as the format it is.',
    };
  }
}

/** A time, and something that only flows have. */
export function isFlowLog(layout: FlowLayout): boolean {
  const flow = ['srcaddr', 'dstaddr', 'interface-id', 'log-status', 'action', 'tgw-id', 'packets', 'bytes'];
  return (layout.has('start') || layout.has('end')) && flow.some((field) => layout.has(field));
}

function tooLarge(bytes: number, most: number): ParquetTrouble {
  return { kind: 'limit', because: `The Parquet file has ${bytes} bytes, over the limit of ${most}.` };
}
