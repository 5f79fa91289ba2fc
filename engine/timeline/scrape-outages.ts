/** What Prometheus says of a host while one of its streams is silent: that none of its exporters answered, or that one did. */
import { formatInstant, type UtcMicros } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import type { SqlRow } from '../store/sql-values.ts';
import type { CitedRecord, Corroboration, FoundGap } from './gap.ts';
import { citedOf, coversMost, earlier, gapsAsSql, later, type Stretch } from './gap-ranges.ts';
import {
  findScrapedTargets,
  findScrapeGaps,
  SCRAPES,
  titleOf,
  type ScrapedTarget,
  type ScrapeGap,
  type ScrapeTarget,
} from './scrape-gaps.ts';

export interface ScrapeSigns {
  /** Stretches of the gap in which no exporter of the host answered, although Prometheus has some of it. */
  readonly outages: readonly Outage[];
  /** Of a scrape that is missing: other exporters of the host that answered for most of the time. */
  readonly answered: readonly Corroboration[];
  /** Of a scrape that is missing: that Prometheus asked in vain, or that it had been told to ask no more. */
  readonly asked: readonly Corroboration[];
  /** Prometheus asked in vain, so that it ran itself. */
  readonly askedInVain: boolean;
}

export interface Outage extends Stretch, Corroboration {}

/** The signs of each gap, in the order of the gaps. */
export async function readScrapeSigns(
  database: CaseDatabase,
  gaps: readonly FoundGap[],
): Promise<readonly ScrapeSigns[]> {
  const targets = await findScrapedTargets(database);
  if (targets.length === 0) return gaps.map(() => ({ outages: [], answered: [], asked: [], askedInVain: false }));
  const scrapes = await findScrapeGaps(database);
  const cited = await readSeries(database);
  const vain = await readVain(database, gaps);
  const stale = await readStale(database, gaps);
  return gaps.map((gap, place) => {
    const owned = targets.filter(({ system }) => system === gap.system);
    const own = scrapes.filter((one) => one.system === gap.system && one.from < gap.to && one.to > gap.from);
    const isScrape = gap.stream === SCRAPES;
    const asked = [vain[place], stale[place]].filter((one) => one !== undefined);
    return {
      outages: outagesOf(gap, owned, { own, cited }),
      answered: isScrape ? othersThatAnswered(gap, owned, { own, cited }) : [],
      asked: isScrape ? asked : [],
      askedInVain: vain[place] !== undefined,
    };
  });
}

interface OfHost {
  readonly own: readonly ScrapeGap[];
  /** The series `up` of each target, or any other series of it. */
  readonly cited: ReadonlyMap<string, CitedRecord>;
}

const nameOf = ({ system, job, instance }: ScrapeTarget): string => JSON.stringify([system, job, instance]);

/** The time that the gaps of all targets have in common; where a host has one target that is its gaps. */
function outagesOf(gap: FoundGap, owned: readonly ScrapedTarget[], { own, cited }: OfHost): readonly Outage[] {
  const asked = owned.filter((target) => isOfTime(target, gap));
  if (asked.length === 0) return [];
  let shared: readonly Stretch[] = [{ from: gap.from, to: gap.to }];
  for (const target of asked) {
    const silent = own.filter((one) => nameOf(one) === nameOf(target));
    shared = shared.flatMap((one) =>
      silent
        .map(({ from, to }) => ({ from: later(from, one.from), to: earlier(to, one.to) }))
        .filter(({ from, to }) => from < to),
    );
  }
  const cites = asked.flatMap((target) => cited.get(nameOf(target)) ?? []);
  return shared.map(({ from, to }) => ({
    ...{ from, to, cites },
    says: `No exporter of the host answered Prometheus from ${formatInstant(from)} to ${formatInstant(to)}.`,
  }));
}

/** A target that was there before or after the time says nothing about it. */
function isOfTime({ first, last }: ScrapedTarget, { from, to }: Stretch): boolean {
  return first !== null && last !== null && first < to && last > from;
}

function othersThatAnswered(gap: FoundGap, owned: readonly ScrapedTarget[], { own, cited }: OfHost): Corroboration[] {
  const others = owned.filter((target) => isOfTime(target, gap) && titleOf(target) !== gap.target);
  return others
    .filter((target) => !own.some((one) => nameOf(one) === nameOf(target) && coversMost(one, gap)))
    .map((target) => ({
      says: `Its exporter ${titleOf(target)} answered Prometheus meanwhile.`,
      cites: [cited.get(nameOf(target))].filter((one) => one !== undefined),
    }));
}

async function readSeries(database: CaseDatabase): Promise<ReadonlyMap<string, CitedRecord>> {
  const rows = await database.query(
    `SELECT system, coalesce(labels['job'], '') AS job, coalesce(labels['instance'], '') AS instance,
       arg_min(source_id, (name <> 'up', series_id)) AS source_id, arg_min(record, (name <> 'up', series_id)) AS record
     FROM metric_series WHERE system IS NOT NULL GROUP BY ALL`,
  );
  const target = (row: SqlRow): ScrapeTarget => ({
    system: String(row['system']),
    job: String(row['job']),
    instance: String(row['instance']),
  });
  return new Map(rows.map((row) => [nameOf(target(row)), citedOf(row)]));
}

/** A target as its gaps name it. */
const TARGET = `concat_ws(' ', nullif(s.labels['job'], ''), nullif(s.labels['instance'], ''))`;

/** How often Prometheus asked within each gap and `up` was 0. */
async function readVain(
  database: CaseDatabase,
  gaps: readonly FoundGap[],
): Promise<readonly (Corroboration | undefined)[]> {
  const rows = await database.query(
    `SELECT g.place, count(*) AS times, min(m.time) AS first, max(m.time) AS last, min(s.source_id) AS source_id,
       arg_min(s.record, s.source_id) AS record
     FROM ${gapsAsSql(gaps)} g JOIN metric_series s ON s.system = g.system AND s.name = 'up'
       AND g.stream = '${SCRAPES}' AND ${TARGET} = g.target
     JOIN metric_samples m ON m.series_id = s.series_id AND m.value = 0 AND m.time > g."from" AND m.time < g."to"
     GROUP BY g.place`,
  );
  return byPlace(gaps, rows, (row) => {
    const times = Number(row['times']);
    const [first, last] = [row['first'] as UtcMicros, row['last'] as UtcMicros];
    const when =
      times === 1
        ? `once, at ${formatInstant(first)}`
        : `${times} times from ${formatInstant(first)} to ${formatInstant(last)}`;
    return { says: `Prometheus asked ${when}, and \`up\` was 0.`, cites: [citedOf(row)] };
  });
}

/** A stale marker on `up` is set when the target is taken from the list of those to ask, not when it does not answer. */
async function readStale(
  database: CaseDatabase,
  gaps: readonly FoundGap[],
): Promise<readonly (Corroboration | undefined)[]> {
  const rows = await database.query(
    `SELECT g.place, min(p.stale_at) AS stale_at, min(s.source_id) AS source_id, arg_min(s.record, s.source_id) AS record
     FROM ${gapsAsSql(gaps)} g JOIN metric_series s ON s.system = g.system AND s.name = 'up'
       AND g.stream = '${SCRAPES}' AND ${TARGET} = g.target
     JOIN metric_presence p ON p.series_id = s.series_id AND p.ended_by = 'stale' AND p.stale_at >= g."from" AND p.stale_at < g."to"
     GROUP BY g.place`,
  );
  return byPlace(gaps, rows, (row) => ({
    says: `A stale marker ended \`up\` at ${formatInstant(row['stale_at'] as UtcMicros)}: Prometheus was told to ask this target no more.`,
    cites: [citedOf(row)],
  }));
}

function byPlace<T>(gaps: readonly FoundGap[], rows: readonly SqlRow[], make: (row: SqlRow) => T): (T | undefined)[] {
  const found = new Map(rows.map((row) => [Number(row['place']), make(row)]));
  return gaps.map((_, place) => found.get(place));
}
