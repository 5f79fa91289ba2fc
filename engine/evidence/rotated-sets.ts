/** What is missing in a rotated set, as far as its names and the serials of an audit log tell. */
import { basename } from 'node:path';
import { formatInstant, MICROS_PER_DAY, type UtcMicros } from '../../shared/time.ts';
import type { ReadSource } from '../intake/database-recipe.ts';
import { rotationPlace, type RotationPlace } from '../intake/rotation-order.ts';
import type { Transaction } from '../store/case-database.ts';
import { pathOf } from './common-times.ts';

interface SetMember {
  readonly sourceId: number;
  readonly path: string;
  readonly place: RotationPlace;
  /** What its times say, as far as they are known. */
  readonly first: UtcMicros | null;
  readonly last: UtcMicros | null;
  /** Its times have no year. */
  readonly isYearless: boolean;
}

/** A jump of serials is told when it is longer than this, and than this many of the usual steps in the file. */
const FEWEST_SKIPPED = 100;
/** Times that are this far in the wrong order are of a wrong year; deliveries that follow each other are nearer. */
const HALF_A_YEAR = 183n * MICROS_PER_DAY;

/**
 * Compares a source with those of its rotated set (by folder and name) that were imported before. Gives sentences: which
 * files between it and its neighbours are not in the case, where the serials of an audit log jump between them, and
 * where years that were assumed put them in another order than their names do.
 */
export async function describeMissingFiles(transaction: Transaction, source: ReadSource): Promise<readonly string[]> {
  if (source.originalPath === undefined) return [];
  const path = pathOf(source.originalPath, source.member ?? null);
  const place = rotationPlace(path);
  const members = await membersOf(transaction, source.sourceId, path);
  if (members.length === 0) return [];
  return [
    ...(place.number === null ? [] : missingNumbers(place.number, place.set, members)),
    ...(await describeJump(transaction, source.sourceId, members)),
    ...(await describeWrongYears(transaction, { sourceId: source.sourceId, place }, members)),
  ];
}

/** The folder of a path, and its name up to where something may be put into it: a case may have very many sources. */
const BEGINNING = /^(?:.*\/)?[^/.@~ -]*/;

async function membersOf(transaction: Transaction, sourceId: number, path: string): Promise<readonly SetMember[]> {
  const { set } = rotationPlace(path);
  const rows = await transaction.query(
    `SELECT source_id, original_path, member, first_time, last_time,
       len(list_filter(assumptions, a -> starts_with(a, 'Years are not in the file'))) > 0 AS is_yearless
     FROM sources WHERE source_id <> $source::INTEGER
       AND starts_with(concat(original_path, '!' || member), $beginning) ORDER BY source_id`,
    { source: sourceId, beginning: BEGINNING.exec(path)?.[0] ?? path },
  );
  return rows
    .map((row) => {
      const path = pathOf(String(row['original_path']), row['member'] as string | null);
      return {
        sourceId: Number(row['source_id']),
        path,
        place: rotationPlace(path),
        first: row['first_time'] as UtcMicros | null,
        last: row['last_time'] as UtcMicros | null,
        isYearless: row['is_yearless'] === true,
      };
    })
    .filter(({ place }) => place.set === set);
}

/** The numbers between a file and its nearest neighbours in the set. */
function missingNumbers(number: number, set: string, members: readonly SetMember[]): readonly string[] {
  const known = members.flatMap(({ sourceId, place }) =>
    place.number === null ? [] : [{ sourceId, number: place.number, apart: Math.abs(place.number - number) }],
  );
  const nearest = (side: (other: number) => boolean) =>
    known
      .filter((one) => side(one.number))
      .reduce<(typeof known)[number] | undefined>(
        (found, one) => (found && found.apart <= one.apart ? found : one),
        undefined,
      );
  const neighbours = [nearest((other) => other > number), nearest((other) => other < number)];
  return neighbours.flatMap((one) =>
    one ? gapSentence(set, one.sourceId, [Math.min(number, one.number), Math.max(number, one.number)]) : [],
  );
}

function gapSentence(set: string, neighbour: number, [from, to]: readonly [number, number]): readonly string[] {
  if (to - from < 2) return [];
  const missing =
    to - from === 2
      ? `number ${from + 1} was not in the case when this was imported: what it holds is missing`
      : `numbers ${from + 1} to ${to - 1} were not in the case when this was imported: what they hold is missing`;
  return [
    `Between this file and S${neighbour} of the rotated set ${basename(set)}, ${missing}, unless it comes later.`,
  ];
}

/** Years are assumed file by file, so that a set that begins before the window may be put a year too late. */
async function describeWrongYears(
  transaction: Transaction,
  { sourceId, place }: Pick<SetMember, 'sourceId' | 'place'>,
  members: readonly SetMember[],
): Promise<readonly string[]> {
  const yearless = members.filter(({ isYearless }) => isYearless);
  if (yearless.length === 0) return [];
  const [mine] = await transaction.query(
    'SELECT min(time) AS first, max(time) AS last FROM evidence.events WHERE source_id = $source::INTEGER',
    { source: sourceId },
  );
  const first = mine?.['first'] as UtcMicros | null;
  const last = mine?.['last'] as UtcMicros | null;
  if (first === null || last === null) return [];
  return yearless.flatMap((one) => {
    if (one.first === null || one.last === null || one.place.order === place.order) return [];
    const isOlder = one.place.order < place.order;
    const apart = isOlder ? one.first - last : first - one.last;
    if (apart < HALF_A_YEAR) return [];
    const [before, after] = isOlder ? [`S${one.sourceId}`, 'this file'] : ['this file', `S${one.sourceId}`];
    const [late, early] = isOlder ? [one.first, last] : [first, one.last];
    return [
      `By their names ${before} was written before ${after}, but its times begin at ${formatInstant(late)} and those of ${after} end at ${formatInstant(early)}: the year assumed for one of them is wrong. Ask for files with the year in their times, or import the set into a case whose window begins where the set does.`,
    ];
  });
}

/** Serials of the kernel only rise until the next boot; those that the daemon gives its own records are another count. */
async function describeJump(
  transaction: Transaction,
  sourceId: number,
  members: readonly SetMember[],
): Promise<readonly string[]> {
  const ids = members.map((member) => member.sourceId).join(', ');
  const rows = await transaction.query(
    `WITH ends AS (
       SELECT source_id, system, arg_min(sequence, record) AS first_serial, arg_max(sequence, record) AS last_serial,
         min(record) AS first_record, max(record) AS last_record, min(time) AS first, max(time) AS last,
         (max(sequence) - min(sequence)) / count(*) AS step
       FROM evidence.events
       WHERE stream = 'auditd' AND sequence IS NOT NULL AND code NOT LIKE 'DAEMON%' AND source_id IN (${ids}, ${sourceId})
       GROUP BY source_id, system)
     SELECT a.source_id AS before, b.source_id AS after, a.last_serial, a.last_record, a.last, b.first_serial, b.first_record,
       b.first, b.first_serial - a.last_serial - 1 AS skipped
     FROM ends a ASOF JOIN ends b ON coalesce(b.system, '') = coalesce(a.system, '') AND b.first >= a.last
     WHERE a.source_id <> b.source_id AND ${sourceId} IN (a.source_id, b.source_id)
       AND b.first_serial - a.last_serial - 1 > greatest(${FEWEST_SKIPPED}, ${FEWEST_SKIPPED} * least(a.step, b.step))
     ORDER BY a.last`,
  );
  return rows.map(
    (row) =>
      `Between S${String(row['before'])} #${String(row['last_record'])} (serial ${String(row['last_serial'])}, ${formatInstant(row['last'] as bigint)}) and S${String(row['after'])} #${String(row['first_record'])} (serial ${String(row['first_serial'])}, ${formatInstant(row['first'] as bigint)}), ${String(row['skipped'])} serials are skipped: records between the two files are missing, or a file of the set is.`,
  );
}
