/** What the Prometheus of the company answered when it was asked for the half year: range queries, one file each. */
import type { Day } from '../shared/time.ts';
import type { Host } from './company.ts';
import { restartOn } from './host-day.ts';
import { frozenClock, SCRAPED_AT_S, SCRAPED_EVERY_S } from './plan.ts';

/** A system that has an exporter, and the stretch in which it is asked; milliseconds UTC. */
export interface Scraped {
  /** `undefined`: it is never restarted. */
  readonly host: Host | undefined;
  readonly system: string;
  readonly from: number;
  readonly to: number;
  readonly days: readonly Day[];
}

export interface MetricFiles {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** When each system answered: milliseconds UTC. */
  readonly answered: ReadonlyMap<string, readonly number[]>;
}

type Sample = readonly [at: number, value: string];

/** The restart before the first one of the window. */
const BEFORE: Day = '2025-12-09';

/** Writes `up` of all, the time of their last boot by the hour, and the offset that the kernel of one of them tells. */
export function metricFiles(systems: readonly Scraped[]): MetricFiles {
  const up: string[] = [];
  const boots: string[] = [];
  const offsets: string[] = [];
  const answered = new Map<string, readonly number[]>();
  for (const scraped of systems) {
    const { system } = scraped;
    const outages = outagesOf(scraped);
    const isDown = (at: number): boolean => outages.some(({ from, to }) => at >= from && at < to);
    const grid = gridOf(scraped);
    const there = grid.filter((at) => !isDown(at));
    const bootAt = (at: number): number => outages.findLast(({ to }) => to <= at)!.to;
    answered.set(system, there);
    up.push(
      seriesText(
        'up',
        system,
        grid.map((at) => [at, isDown(at) ? '0' : '1']),
      ),
    );
    const hourly = there.filter((at) => (at / 1000) % 3600 === SCRAPED_AT_S);
    boots.push(
      seriesText(
        'node_boot_time_seconds',
        system,
        hourly.map((at) => [at, String(bootAt(at) / 1000)]),
      ),
    );
    if (system !== frozenClock.system) continue;
    const offset = String(frozenClock.offsetS);
    offsets.push(
      seriesText(
        'node_timex_offset_seconds',
        system,
        there.map((at) => [at, offset]),
      ),
    );
  }
  const files = Object.entries({ up, node_boot_time_seconds: boots, node_timex_offset_seconds: offsets }).map(
    ([name, series]) => ({ path: `metrics/${name}.json.gz`, text: answerText(series) }),
  );
  return { files, answered };
}

/** From going down to coming back, in order of time; the first lies before the window. */
function outagesOf({ host, days, from }: Scraped): readonly { readonly from: number; readonly to: number }[] {
  if (host === undefined) return [{ from: from - 90 * 86_400_000, to: from - 90 * 86_400_000 + 60_000 }];
  return [BEFORE, ...days].flatMap((day) => {
    const restart = restartOn(host, day);
    return restart ? [{ from: restart.at, to: restart.at + restart.downSeconds * 1000 }] : [];
  });
}

function gridOf({ from, to }: Scraped): readonly number[] {
  const step = SCRAPED_EVERY_S * 1000;
  const list: number[] = [];
  for (let at = from - (from % step) + SCRAPED_AT_S * 1000; at < to; at += step) if (at >= from) list.push(at);
  return list;
}

function seriesText(name: string, system: string, samples: readonly Sample[]): string {
  const metric = JSON.stringify({ __name__: name, instance: `${system}:9100`, job: 'node' });
  const values = samples.map(([at, value]) => `[${at / 1000},"${value}"]`).join(',');
  return `{"metric":${metric},"values":[${values}]}`;
}

function answerText(series: readonly string[]): string {
  return `{"status":"success","data":{"resultType":"matrix","result":[${series.join(',')}]}}`;
}
