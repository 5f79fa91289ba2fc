/** The timeline that was found beside the one that was planted: what both have, what only one of them has. */
import { auditWindow } from '../../engine/intake/engagement.ts';
import type { EvidenceCase } from '../../engine/intake/evidence-case.ts';
import { readInventory } from '../../engine/timeline/sightings.ts';
import type { ClockInterval } from '../../engine/timeline/clock-interval.ts';
import type { Gap } from '../../engine/timeline/gap.ts';
import type { Timeline } from '../../engine/timeline/stored-timeline.ts';
import type { ClockEpisode, GroundTruth, PlantedGap } from '../../samples/index.ts';
import { formatInstant, parseInstant, windowInterval, type Interval } from '../../shared/time.ts';

export interface Comparison {
  /** By kind of gap, and `clock out`, `clock unknown`. */
  readonly both: Readonly<Record<string, number>>;
  /** Planted and not found, found and not planted; one sentence each. */
  readonly missed: readonly string[];
  readonly extra: readonly string[];
}

/** Compares every gap, exact in all that the truth says of it, and every episode of a clock, exact to its resolution. */
export function compareTimeline({ gaps, clocks }: Timeline, truth: GroundTruth, scopes: Scopes): Comparison {
  const parts = [compareGaps(gaps, truth.gaps), compareClocks(episodesOf(clocks, scopes), truth.clockEpisodes)];
  return {
    both: Object.assign({}, ...parts.map(({ both }) => both)) as Record<string, number>,
    missed: parts.flatMap(({ missed }) => missed),
    extra: parts.flatMap(({ extra }) => extra),
  };
}

/** `precision 1.000, recall 1.000` and the counts by kind. */
export function comparisonText({ both, missed, extra }: Comparison): string {
  const hits = Object.values(both).reduce((sum, count) => sum + count, 0);
  const [precision, recall] = [extra, missed].map(({ length }) => (hits / (hits + length)).toFixed(3));
  const kinds = Object.entries(both).map(([kind, count]) => `${count} ${kind}`);
  return `precision ${precision}, recall ${recall} (${kinds.join(', ')})`;
}

function compareGaps(found: readonly Gap[], planted: readonly PlantedGap[]): Comparison {
  const named = planted.map((gap) => ({ ...gap, name: gapName({ ...gap, ...micros(gap) }) }));
  const names = found.map(gapName);
  const hits = named.filter(({ name }) => names.includes(name));
  return {
    both: countBy(hits.map(({ kind }) => kind)),
    missed: named.filter((gap) => !hits.includes(gap)).map(({ id, name }) => `${name} (${id})`),
    extra: names.filter((name) => !hits.some((gap) => gap.name === name)),
  };
}

type Named = Pick<Gap, 'from' | 'to' | 'system' | 'stream' | 'kind' | 'cause' | 'state' | 'ticket'>;

function gapName({ system, stream, kind, from, to, cause, state, ticket }: Named): string {
  const times = `${formatInstant(from)} to ${formatInstant(to)}`;
  return `${kind} of ${stream} of ${system}, ${times}: ${cause}, ${state}${ticket === null ? '' : ` by ${ticket}`}`;
}

/** When each system was in scope; systems that have no clock of their own are not in it. */
export type Scopes = ReadonlyMap<string, Interval>;

/** The scopes within the window of the systems of a case; an account of a cloud has no clock that anybody could set. */
export async function clockScopes({ database, engagement }: EvidenceCase): Promise<Scopes> {
  const { from, to } = windowInterval(auditWindow(engagement));
  const inventory = await readInventory(database);
  const machines = inventory.filter(({ needs }) => !needs.includes('cloudtrail'));
  return new Map(
    machines.map(({ system, scopeFrom, scopeTo }) => [
      system,
      {
        from: scopeFrom !== null && scopeFrom > from ? scopeFrom : from,
        to: scopeTo !== null && scopeTo < to ? scopeTo : to,
      },
    ]),
  );
}

type Episode = Interval & Pick<ClockEpisode, 'system' | 'state'>;

/** Stretches of one state that is not `within`, as far as they lie in scope; what touches is one. */
function episodesOf(clocks: readonly ClockInterval[], scopes: Scopes): readonly Episode[] {
  const episodes: Episode[] = [];
  for (const { system, state, ...interval } of clocks) {
    const scope = scopes.get(system);
    if (state === 'within' || scope === undefined) continue;
    const from = interval.from > scope.from ? interval.from : scope.from;
    const to = interval.to < scope.to ? interval.to : scope.to;
    if (from >= to) continue;
    const last = episodes.at(-1);
    if (last?.system === system && last.state === state && last.to === from)
      episodes[episodes.length - 1] = { ...last, to };
    else episodes.push({ system, state, from, to });
  }
  return episodes;
}

function compareClocks(found: readonly Episode[], planted: readonly ClockEpisode[]): Comparison {
  const fits = (episode: Episode, plant: ClockEpisode): boolean => {
    const { from, to } = micros(plant);
    const resolution = plant.resolution_s * 1e6;
    const isNear = (a: bigint, b: bigint): boolean => Math.abs(Number(a - b)) <= resolution;
    return (
      episode.system === plant.system &&
      episode.state === plant.state &&
      isNear(episode.from, from) &&
      isNear(episode.to, to)
    );
  };
  const hits = planted.filter((plant) => found.some((episode) => fits(episode, plant)));
  const text = ({ system, state }: Pick<Episode, 'system' | 'state'>, from: string, to: string): string =>
    `clock of ${system} ${state}, ${from} to ${to}`;
  return {
    both: countBy(hits.map(({ state }) => `clock ${state}`)),
    missed: planted.filter((one) => !hits.includes(one)).map((one) => text(one, one.from, one.to)),
    extra: found
      .filter((episode) => !planted.some((plant) => fits(episode, plant)))
      .map((one) => text(one, formatInstant(one.from), formatInstant(one.to))),
  };
}

function micros({ from, to }: { readonly from: string; readonly to: string }): Interval {
  return { from: parseInstant(from)!, to: parseInstant(to)! };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
