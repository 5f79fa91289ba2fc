/** Scans that are due less often than each day: how far apart they are, and which of them did not come. */
import { MICROS_PER_DAY, MICROS_PER_HOUR, type Interval, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { Expectation } from './expectations.ts';
import type { CitedRecord, FoundGap } from './gap.ts';
import { scanLooks } from './sightings.ts';

/** One time that a system was scanned. */
export interface ScanLook {
  readonly at: UtcMicros;
  readonly cites: CitedRecord;
}

export interface ScannedSystem {
  readonly stream: string;
  readonly system: string;
  /** In the order of time. */
  readonly looks: readonly ScanLook[];
}

/** Looks of less than this after the first are the same scan, in several files or of several ranges of ports. */
const ONE_SCAN = 6n * MICROS_PER_HOUR;
/** Of fewer scans nothing is known to be usual. */
const FEWEST_SCANS = 4;
/** Up to this distance a scan is owed on each day. */
const LONGEST_DAILY = (3n * MICROS_PER_DAY) / 2n;
/** Nobody scans to the minute: a scan is missed when the next comes after this many times the usual distance. */
const TOLERANCE = 1.5;

/** Reads when each system was scanned; by stream, then system. */
export async function readScannedSystems(
  database: CaseDatabase,
  { from, to }: Interval,
): Promise<readonly ScannedSystem[]> {
  const rows = await database.query(`
    SELECT stream, system, list(time ORDER BY time, source_id, record) AS times,
      list(source_id ORDER BY time, source_id, record) AS sources, list(record ORDER BY time, source_id, record) AS records
    FROM (${scanLooks}) WHERE time >= make_timestamp(${from}) AND time < make_timestamp(${to}) AND system IS NOT NULL
    GROUP BY stream, system ORDER BY stream, system`);
  return rows.map((row) => {
    const sources = row['sources'] as readonly number[];
    const records = row['records'] as readonly number[];
    const looks = (row['times'] as readonly bigint[]).map((at, place) => ({
      at,
      cites: { sourceId: Number(sources[place]), record: Number(records[place]) },
    }));
    return { stream: String(row['stream']), system: String(row['system']), looks };
  });
}

/** The usual distance of scans, seconds; `undefined` where they are owed each day, or too few to tell. */
export function cadenceOf(looks: readonly ScanLook[]): number | undefined {
  const begins: UtcMicros[] = [];
  for (const { at } of looks) if (begins.length === 0 || at - begins.at(-1)! >= ONE_SCAN) begins.push(at);
  if (begins.length < FEWEST_SCANS) return undefined;
  const distances = begins.slice(1).map((at, place) => at - begins[place]!);
  const middle = distances.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[Math.floor((distances.length - 1) / 2)]!;
  return middle > LONGEST_DAILY ? Number(middle) / 1e6 : undefined;
}

/** The longest distance that is no gap, of a usual one; seconds. */
export const longestDistance = (cadenceS: number): number => TOLERANCE * cadenceS;

/**
 * The scans that were missed in a stretch in which they are owed. A gap begins when the scan was due, the usual distance
 * after the one before it or after the beginning of the stretch, and ends with the next scan or with the stretch.
 */
export function missedScans(
  looks: readonly ScanLook[],
  { system, stream, usualS, allowedS }: Pick<Expectation, 'system' | 'stream' | 'usualS' | 'allowedS'>,
  owed: Interval,
): readonly FoundGap[] {
  const [longestS = 0] = allowedS;
  const [cadenceS = longestS] = usualS;
  const micros = (seconds: number): bigint => BigInt(Math.round(seconds * 1e6));
  const ends = looks.filter(({ at }) => at < owed.to);
  return [...ends, undefined].flatMap((after, place): readonly FoundGap[] => {
    const before = ends[place - 1];
    const begin = before?.at ?? owed.from;
    const end = after?.at ?? owed.to;
    const due = begin + micros(cadenceS);
    const from = due > owed.from ? due : owed.from;
    if (end - begin <= micros(longestS) || from >= end) return [];
    const cites = { before: before?.cites ?? null, after: after?.cites ?? null };
    const usual = { usualS: cadenceS, allowedS: longestS, likelihood: null };
    return [{ system, stream, kind: 'scan-missed', from, to: end, ...cites, usual, missing: null }];
  });
}
