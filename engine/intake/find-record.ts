/** Finds a record again as it stands in its file, by the sparse index of where records are. */
import { fail } from '../../shared/problem.ts';
import { findFormat } from '../formats/registry.ts';
import { LineSplitter, isBlank } from '../formats/framing/lines.ts';
import { evidencePath } from './case-folder.ts';
import type { EvidenceCase } from './evidence-case.ts';
import type { SourceImported } from './ledger-kinds.ts';
import { SealedSeries } from './find-series.ts';
import { checkSealed, contentOf } from './replay.ts';

/** What is shown of one record; the rest of a longer one stays in the file. */
export const MOST_RECORD_BYTES = 256 * 1024;

export interface FoundRecord {
  readonly source: SourceImported;
  readonly record: number;
  /** Offset in the decompressed source, from 0. */
  readonly byte: number;
  /** Length in bytes, line end not included. */
  readonly length: number;
  /** At most MOST_RECORD_BYTES of it. */
  readonly bytes: Uint8Array;
}

/** Gives record `record` of a source. Fails with `not_found` when there is no such source or record. */
export async function findRecord(target: EvidenceCase, sourceId: number, record: number): Promise<FoundRecord> {
  const source = target.sources.find((candidate) => candidate.source_id === sourceId);
  if (!source) return failNotFound(`There is no source S${sourceId} in this case.`);
  const missing = `S${sourceId} has ${source.records + source.rejected} records; there is no record ${record}.`;
  if (findFormat(source.format)?.framing === 'folder') return findInFolder(target, { source, record, missing });
  const [mark] = await target.database.query(
    `SELECT record, byte, length FROM record_marks WHERE source_id = $source::INTEGER AND record <= $record::BIGINT
     ORDER BY record DESC LIMIT 1`,
    { source: sourceId, record },
  );
  if (!mark || record > source.records + source.rejected) return failNotFound(missing);
  // A few bytes are shown of a file that is not read to its end: it is checked as a whole first.
  const path = evidencePath(target.folder, source.sha256, source.name);
  await checkSealed(target.folder, source);
  const byte = Number(mark['byte']);
  const content = bytesFrom(contentOf(path, source), byte);
  // A mark with a length is that of one record; a mark without is one of the lines that are counted on from.
  if (mark['length'] !== null) {
    const length = Number(mark['length']);
    return { source, record, byte, length, bytes: await take(content, Math.min(length, MOST_RECORD_BYTES)) };
  }
  const found = await lineAfter(content, record - Number(mark['record']));
  return found ? { source, record, ...found, byte: byte + found.byte } : failNotFound(missing);
}

interface Wanted {
  readonly source: SourceImported;
  readonly record: number;
  readonly missing: string;
}

/** A series is no stretch of one file: what is shown is where it stands in the files. What was rejected has its bytes. */
async function findInFolder(target: EvidenceCase, { source, record, missing }: Wanted): Promise<FoundRecord> {
  if (record < 1 || record > source.records + source.rejected) return failNotFound(missing);
  await checkSealed(target.folder, source);
  if (record > source.records) return findReject(target, { source, record, missing });
  const series = await SealedSeries.open(target, source);
  try {
    const bytes = new TextEncoder().encode(await series.describe(record));
    return { source, record, byte: 0, length: bytes.length, bytes: bytes.subarray(0, MOST_RECORD_BYTES) };
  } finally {
    await series.close();
  }
}

async function findReject(target: EvidenceCase, { source, record, missing }: Wanted): Promise<FoundRecord> {
  const [reject] = await target.database.query(
    'SELECT raw FROM rejects WHERE source_id = $source::INTEGER AND record = $record::BIGINT',
    { source: source.source_id, record },
  );
  if (!reject) return failNotFound(missing);
  const bytes = reject['raw'] as Uint8Array;
  return { source, record, byte: 0, length: bytes.length, bytes };
}

/** Drops the first `skip` bytes. */
async function* bytesFrom(content: AsyncGenerator<Uint8Array>, skip: number): AsyncGenerator<Uint8Array> {
  let left = skip;
  for await (const piece of content) {
    if (piece.length <= left) left -= piece.length;
    else {
      yield piece.subarray(left);
      left = 0;
    }
  }
}

async function take(content: AsyncGenerator<Uint8Array>, length: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let have = 0;
  for await (const piece of content) {
    pieces.push(Buffer.from(piece));
    have += piece.length;
    if (have >= length) break;
  }
  return Buffer.concat(pieces).subarray(0, length);
}

interface Line {
  readonly byte: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** The line that follows after `count` other lines with content. */
async function lineAfter(content: AsyncGenerator<Uint8Array>, count: number): Promise<Line | undefined> {
  let left = count;
  let found: Line | undefined;
  const splitter = new LineSplitter({
    line(bytes, from, to, byte) {
      if (isBlank(bytes, from, to) || found || left-- > 0) return;
      found = { byte, length: to - from, bytes: bytes.slice(from, Math.min(to, from + MOST_RECORD_BYTES)) };
    },
    longLine(head, byte, length) {
      if (found || left-- > 0) return;
      found = { byte, length, bytes: head.slice(0, MOST_RECORD_BYTES) };
    },
  });
  for await (const piece of content) {
    splitter.push(piece);
    if (found) return found;
  }
  splitter.finish();
  return found;
}

function failNotFound(message: string): never {
  return fail({
    code: 'not_found',
    message,
    remedy: 'See `fieldwork sources` for the sources and how many records each has.',
  });
}
