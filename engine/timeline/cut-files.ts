/** Silences that lie exactly between two files of a rotated set. */
import { basename } from 'node:path';
import { formatInstant, MICROS_PER_DAY, MICROS_PER_HOUR, parseInstant, type UtcMicros } from '../../shared/time.ts';
import { rotationPlace, type RotationPlace } from '../intake/rotation-order.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { Corroboration, FoundGap } from './gap.ts';
import { coversMost } from './gap-ranges.ts';

/** A file of a case as far as its place in a rotated set goes. */
export interface RotatedFile {
  readonly sourceId: number;
  readonly path: string;
  readonly first: UtcMicros | null;
  readonly last: UtcMicros | null;
}

/** Every source that has a path and times. */
export async function readRotatedFiles(database: CaseDatabase): Promise<readonly RotatedFile[]> {
  const rows = await database.query(
    `SELECT source_id, concat(original_path, '!' || member) AS path, first_time, last_time FROM sources
     WHERE original_path IS NOT NULL ORDER BY source_id`,
  );
  return rows.map((row) => ({
    sourceId: Number(row['source_id']),
    path: String(row['path']),
    first: row['first_time'] as UtcMicros | null,
    last: row['last_time'] as UtcMicros | null,
  }));
}

/**
 * Makes a silence `truncated` where a file of the set is missing by name, or serials are skipped between its two files. One
 * between files whose names follow each other may as well be a quiet time around a rotation, and stays a silence.
 */
export function markCutFiles(gaps: readonly FoundGap[], files: readonly RotatedFile[]): readonly FoundGap[] {
  return gaps.map((gap) => {
    const cut = gap.kind === 'silence' ? findCut(gap, files) : undefined;
    return cut && (cut.isMissing || (gap.missing ?? 0) > 0) ? { ...gap, kind: 'truncated' as const } : gap;
  });
}

export interface Cut extends Corroboration {
  /** A file is missing by name. */
  readonly isMissing: boolean;
}

/** What the two files around a gap say; `undefined` where it does not lie between the end and the beginning of two. */
export function findCut(gap: FoundGap, files: readonly RotatedFile[]): Cut | undefined {
  const { before, after } = gap;
  if (!before || !after || before.sourceId === after.sourceId) return undefined;
  const older = files.find(({ sourceId }) => sourceId === before.sourceId);
  const newer = files.find(({ sourceId }) => sourceId === after.sourceId);
  if (!older || !newer || older.last === null || newer.first === null) return undefined;
  // A file that many hosts write into ends with the record of another host: what it leaves open is most of the gap then.
  if (!coversMost({ from: older.last, to: newer.first }, gap)) return undefined;
  const places = [rotationPlace(older.path), rotationPlace(newer.path)] as const;
  if (places[0].set !== places[1].set) return undefined;
  const missing = missingByNumber(...places) ?? missingByDate(places, files);
  const between = `S${before.sourceId} (${basename(older.path)}) ends at ${formatInstant(older.last)}, before its successor in the rotated set, S${after.sourceId} (${basename(newer.path)}), begins at ${formatInstant(newer.first)}`;
  return {
    says: `${between}${missing ? `; ${missing}` : ''}.`,
    cites: [before, after],
    isMissing: missing !== undefined,
  };
}

function missingByNumber(older: RotationPlace, newer: RotationPlace): string | undefined {
  if (older.number === null || newer.number === null) return undefined;
  const [least, most] = [newer.number + 1, older.number - 1];
  if (most < least) return undefined;
  return most === least
    ? `number ${least} of the set is not in the case`
    : `numbers ${least} to ${most} of the set are not in the case`;
}

/** By the usual distance of the dates in the names of the set. */
function missingByDate(
  [older, newer]: readonly [RotationPlace, RotationPlace],
  files: readonly RotatedFile[],
): string | undefined {
  const from = dateIn(older);
  const to = dateIn(newer);
  if (from === undefined || to === undefined) return undefined;
  const set = files.map(({ path }) => rotationPlace(path)).filter((place) => place.set === older.set);
  const dates = [...new Set(set.flatMap((place) => dateIn(place) ?? []))].sort((a, b) => Number(a - b));
  const steps = dates
    .slice(1)
    .map((date, at) => date - dates[at]!)
    .sort((a, b) => Number(a - b));
  const step = steps[Math.floor((steps.length - 1) / 2)];
  // Of one distance alone nothing is known to be usual.
  if (steps.length < 2 || step === undefined || step === 0n) return undefined;
  const missing = Math.round(Number(to - from) / Number(step)) - 1;
  if (missing < 1) return undefined;
  return `by the ${inWords(step)} that are usual between its names, ${missing === 1 ? 'one file is' : `${missing} files are`} not in the case`;
}

function inWords(step: bigint): string {
  return step % MICROS_PER_DAY === 0n ? `${step / MICROS_PER_DAY} days` : `${step / MICROS_PER_HOUR} hours`;
}

/** What the name has of a date: a month, a day, or an hour of it. Longer numbers may be seconds since 1970. */
function dateIn({ order }: RotationPlace): UtcMicros | undefined {
  const [, year, month, day = '01', hour = '00'] =
    /^2(\d{4})(\d{2})(?:(\d{2})(?:(\d{2})(?:\d{2}){0,2}|\d{10})?)?$/.exec(order) ?? [];
  return year === undefined ? undefined : parseInstant(`${year}-${month}-${day}T${hour}:00:00Z`);
}
