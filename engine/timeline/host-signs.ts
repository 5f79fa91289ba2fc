/** What other evidence says of a host while one of its streams is silent: that it was down, or that it spoke. */
import { formatInstant, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import type { CitedRecord, Corroboration, FoundGap } from './gap.ts';
import { citedOf, coversMost, gapsAsSql, isWellWithin, type Stretch } from './gap-ranges.ts';
import { downBy, readDaemonTurns, readHostTurns, type HostTurn } from './host-turns.ts';
import { SCRAPES } from './scrape-gaps.ts';
import { readScrapeSigns, type Outage } from './scrape-outages.ts';

export interface HostSigns {
  /** Why the host is taken to have been down; empty where nothing says so, or where it spoke meanwhile. */
  readonly down: readonly Corroboration[];
  /** Which other streams or exporters of the host spoke within the gap. */
  readonly spoke: readonly Corroboration[];
  /** What is known besides and proves nothing: stops and starts of a daemon, exporters that did not answer. */
  readonly notes: readonly Corroboration[];
  /** Prometheus asked within the gap, in vain: it ran itself. */
  readonly askedInVain: boolean;
}

/** Of shorter gaps the hours do not show whether another stream spoke within them: records are looked at. */
const HOURS_SHOW_S = 3 * 3600;
/** Exporters that do not answer prove that a host was down where this many of its logs are silent too. */
const FEWEST_SILENT_LOGS = 2;

/** A record of another stream within a gap. */
interface Spoken {
  readonly stream: string;
  readonly time: UtcMicros;
  readonly cites: CitedRecord;
}

/** The signs of each gap, in the order of the gaps. Asks only for what lies in their ranges. */
export async function readHostSigns(database: CaseDatabase, gaps: readonly FoundGap[]): Promise<readonly HostSigns[]> {
  if (gaps.length === 0) return [];
  const spoken = await readSpoken(database, gaps);
  const turns = await readHostTurns(database, gaps);
  const daemons = await readDaemonTurns(database, gaps);
  const scrapes = await readScrapeSigns(database, gaps);
  return gaps.map((gap, place) => {
    const inside = spoken[place]!.filter(({ time }) => isWellWithin(time, gap));
    const { outages, answered, asked, askedInVain } = scrapes[place]!;
    const unanswered = outages.filter((outage) => coversMost(outage, gap) && !speaksIn(outage, inside));
    const down = [...downByScrapes(gap, unanswered, gaps), ...downByTurns(gap, turns[place]!, inside)];
    const told = gap.stream === SCRAPES || down.length > 0 ? [] : unanswered.slice(0, 1).map(plain);
    return {
      down: answered.length > 0 ? [] : down,
      spoke: [...describeSpoken(inside), ...answered],
      notes: [...asked, ...told, ...daemons[place]!],
      askedInVain,
    };
  });
}

const plain = ({ says, cites }: Corroboration): Corroboration => ({ says, cites });

function speaksIn(stretch: Stretch, inside: readonly Spoken[]): boolean {
  return inside.some(({ time }) => isWellWithin(time, stretch));
}

/**
 * Exporters that do not answer may be dead themselves, or out of reach. They prove that the host was down only together
 * with logs of it that are silent too, at least two of them.
 */
function downByScrapes(
  gap: FoundGap,
  unanswered: readonly Outage[],
  gaps: readonly FoundGap[],
): readonly Corroboration[] {
  const [outage] = unanswered;
  if (!outage || gap.kind === 'sequence-loss') return [];
  const logs = gaps.filter(
    (one) => one.system === gap.system && (one.kind === 'silence' || one.kind === 'truncated') && coversMost(one, gap),
  );
  if (new Set(logs.map(({ stream }) => stream)).size < FEWEST_SILENT_LOGS) return [];
  const others = logs.filter((one) => one !== gap);
  return [
    plain(outage),
    ...others.map(({ stream, from, to, before, after }) => ({
      says: `Its ${stream} was silent too, from ${formatInstant(from)} to ${formatInstant(to)}.`,
      cites: [before, after].filter((cite) => cite !== null),
    })),
  ];
}

/** A boot ends the time for which the host was down, a shutdown begins it; it counts when most of the gap is in it. */
function downByTurns(gap: FoundGap, turns: readonly HostTurn[], inside: readonly Spoken[]): readonly Corroboration[] {
  // Numbers that are skipped while the host starts are no proof that it was down.
  if (gap.kind === 'sequence-loss') return [];
  const found = turns.filter((turn) => {
    const down = downBy(turn, gap);
    return down && coversMost(down, gap) && !speaksIn(down, inside);
  });
  // The audit log and syslog tell of one boot in the same second.
  const sentences = [...new Set(found.map(({ says }) => says))];
  return sentences.map((says) => ({
    says,
    cites: found.filter((one) => one.says === says).flatMap(({ cites }) => cites),
  }));
}

function describeSpoken(inside: readonly Spoken[]): readonly Corroboration[] {
  const streams = [...new Set(inside.map(({ stream }) => stream))].sort();
  return streams.map((stream) => {
    const own = inside.filter((one) => one.stream === stream).sort((a, b) => Number(a.time - b.time));
    const [first, last] = [own[0]!, own.at(-1)!];
    const what = stream === SCRAPES ? 'Its exporter answered Prometheus' : `Its ${stream} spoke`;
    const times =
      first.time === last.time
        ? `at ${formatInstant(first.time)}`
        : `between ${formatInstant(first.time)} and ${formatInstant(last.time)}`;
    return {
      says: `${what} within the gap, ${times}.`,
      cites: first === last ? [first.cites] : [first.cites, last.cites],
    };
  });
}

async function readSpoken(database: CaseDatabase, gaps: readonly FoundGap[]): Promise<readonly (readonly Spoken[])[]> {
  const found = gaps.map((): Spoken[] => []);
  for (const row of await database.query(spokenSql(gapsAsSql(gaps)))) found[Number(row['place'])]!.push(spokenOf(row));
  return found;
}

// First and last record of each hour: enough for gaps of hours; records themselves, and scrapes, for what is shorter.
function spokenSql(table: string): string {
  const isShort = `g."to" - g."from" < INTERVAL ${HOURS_SHOW_S} SECOND`;
  return `
    WITH ends AS (
      SELECT system, stream, source_id, hour, unnest([first_time, last_time]) AS time, unnest([first_record, last_record]) AS record
      FROM stream_hours h WHERE EXISTS (
        SELECT 1 FROM ${table} g WHERE g.system = h.system AND h.hour < g."to" AND h.hour >= g."from" - INTERVAL 1 HOUR)),
    answers AS (
      SELECT s.system, m.time, s.source_id, s.record FROM metric_series s JOIN metric_samples m USING (series_id)
      WHERE s.name = 'up' AND m.value = 1 AND s.system IN (SELECT g.system FROM ${table} g WHERE ${isShort}))
    SELECT g.place, e.stream, e.time, e.source_id, e.record
    FROM ${table} g JOIN ends e ON e.system = g.system AND e.stream <> g.stream AND e.time > g."from" AND e.time < g."to"
    WHERE e.record IS NOT NULL
    UNION ALL
    SELECT g.place, e.stream, e.time, e.source_id, e.record
    FROM ${table} g JOIN events e ON e.system = g.system AND e.stream <> g.stream AND e.time > g."from" AND e.time < g."to"
    WHERE ${isShort}
    UNION ALL
    SELECT g.place, '${SCRAPES}', a.time, a.source_id, a.record
    FROM ${table} g JOIN answers a ON a.system = g.system AND a.time > g."from" AND a.time < g."to"
    WHERE ${isShort} AND g.stream <> '${SCRAPES}'
    ORDER BY ALL`;
}

function spokenOf(row: SqlRow): Spoken {
  return { stream: String(row['stream']), time: row['time'] as UtcMicros, cites: citedOf(row) };
}
