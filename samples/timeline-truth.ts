/** The truth about the timeline: every planted gap and every episode of a clock, as the generator wrote them. */
import type { ClockMeasurement } from './clock-log.ts';
import { auditedWindow, hosts } from './company.ts';
import { instantAt } from './host-day.ts';
import type { LogLine } from './log-lines.ts';
import * as plan from './plan.ts';
import { planted } from './plants.ts';
import { addDays, dayStart, type Day } from '../shared/time.ts';

/** A gap from the last record before it to the first one after it; RFC 3339, UTC. */
export interface PlantedGap {
  readonly id: string;
  readonly system: string;
  readonly stream: string;
  readonly kind: 'silence' | 'missing' | 'sequence-loss' | 'scan-missed' | 'truncated';
  readonly from: string;
  readonly to: string;
  readonly because: string;
  readonly state: 'open' | 'explained';
  readonly ticket: string | null;
  readonly cause: 'stream-alone' | 'file-cut' | 'unknown' | 'collector-down' | 'host-down';
}

/** A stretch in which a clock was out, or nobody knows; the ends are exact to `resolution_s`. */
export interface ClockEpisode {
  readonly id: string;
  readonly system: string;
  readonly state: 'out' | 'unknown';
  readonly from: string;
  readonly to: string;
  /** The distance of two measurements. */
  readonly resolution_s: number;
  readonly what: string;
}

export interface TimelinePlants {
  readonly gaps: readonly PlantedGap[];
  readonly clockEpisodes: readonly ClockEpisode[];
}

type Loss = { readonly id: string; readonly from: number; readonly to: number };

/** Follows what is written and remembers the records at both ends of each planted gap. */
export class TimelineTruth {
  private readonly times = new Map<string, number[]>();
  private readonly gaps: PlantedGap[] = [];
  private readonly episodes: ClockEpisode[] = [];

  /** The lines of a file; files of a stream come in order. The system log has whole seconds. */
  heard(system: string, stream: string, lines: readonly LogLine[]): void {
    const unit = stream === 'syslog' ? 1000 : 1;
    const times = this.times.get(`${system} ${stream}`) ?? [];
    for (const { at } of lines) times.push(at - (at % unit));
    this.times.set(`${system} ${stream}`, times);
  }

  /** Where serials of the audit log were lost. */
  lost(system: string, losses: readonly Loss[]): void {
    const what = { system, stream: 'auditd', kind: 'sequence-loss', state: 'open', ticket: null } as const;
    for (const { id, from, to } of losses)
      this.gaps.push({ ...what, id, ...texts(from, to), cause: 'unknown', because: 'Serials are skipped.' });
  }

  /** What was measured of a clock: makes the episodes in which it was out, and those without measurements. */
  measured(system: string, list: readonly ClockMeasurement[]): void {
    for (const { id, what } of [
      { id: plan.clockStep.id, what: 'The clock was 180 s behind.', system: plan.clockStep.system },
      { id: plan.clockDrift.id, what: 'The clock drifted over 50 ms and back.', system: plan.clockDrift.system },
    ].filter((one) => one.system === system)) {
      const out = list.flatMap(({ offsetS }, place) => (Math.abs(offsetS) > 0.05 ? [place] : []));
      const [from, to] = [list[out[0]! - 1]!.at, list[out.at(-1)! + 1]!.at];
      this.episode({ id, system, state: 'out', what }, from, to);
    }
    if (system !== plan.hostDown.system) return;
    const after = list.findIndex(({ at }) => at >= instantAt(...plan.hostDown.to));
    const from = list[after - 1]!.at + 4 * plan.MEASURED_EVERY_S * 1000;
    this.episode(
      { id: plan.hostDown.id, system, state: 'unknown', what: 'Down: not measured.' },
      from,
      list[after]!.at,
    );
  }

  /** The whole truth, when everything is written. */
  truth(): TimelinePlants {
    const window = windowEnds();
    const { system, id } = plan.neverHeard;
    this.episode({ id, system, state: 'unknown', what: 'The clock was never measured.' }, window.from, window.to);
    const gaps = [...this.gaps, ...this.silences(), ...this.downtime(), ...unscanned(), this.fileGap(), neverSpoke()];
    return { gaps: gaps.sort(byStart), clockEpisodes: [...this.episodes].sort(byStart) };
  }

  private episode(what: Pick<ClockEpisode, 'id' | 'system' | 'state' | 'what'>, from: number, to: number): void {
    this.episodes.push({ ...what, ...texts(from, to), resolution_s: plan.MEASURED_EVERY_S });
  }

  private silences(): PlantedGap[] {
    const { silentDay } = planted;
    const syslog = plan.syslogSilences.flatMap((silence) => {
      const { id, systems, cause, state, ticket, because } = silence;
      return systems.map((system) => {
        const ends = this.around(system, 'syslog', plan.endsOf(silence).from);
        return { id, system, stream: 'syslog', kind: 'silence' as const, ...ends, because, state, ticket, cause };
      });
    });
    const lonely: PlantedGap = {
      id: silentDay.id,
      system: silentDay.system,
      stream: 'auditd',
      kind: 'silence',
      ...this.around(silentDay.system, 'auditd', instantAt(silentDay.day, '12:00:00')),
      because: 'The audit daemon suspended logging.',
      state: 'open',
      ticket: null,
      cause: 'stream-alone',
    };
    return [...syslog, lonely];
  }

  private downtime(): PlantedGap[] {
    const { id, system } = plan.hostDown;
    const middle = instantAt(plan.hostDown.from[0], '12:00:00');
    const because = 'The host was shut down and came back 17 hours later.';
    const rest = { because, state: 'open', ticket: null, cause: 'host-down' } as const;
    return ['auditd', 'syslog'].map((stream) => ({
      ...{ id, system, stream, kind: 'silence' },
      ...this.around(system, stream, middle),
      ...rest,
    })) as PlantedGap[];
  }

  private fileGap(): PlantedGap {
    const { id, system, month } = plan.missingFile;
    const ends = this.around(system, 'syslog', instantAt(`${month}-15`, '12:00:00'));
    const because = `The system log of ${month} was not handed over.`;
    const rest = { because, state: 'open', ticket: null, cause: 'file-cut' } as const;
    return { id, system, stream: 'syslog', kind: 'truncated', ...ends, ...rest };
  }

  /** The last record before a moment, and the first one at or after it. */
  private around(system: string, stream: string, at: number): { from: string; to: string } {
    const times = this.times.get(`${system} ${stream}`) ?? [];
    const place = times.findIndex((time) => time >= at);
    if (place <= 0) throw new Error(`Nothing of ${stream} of ${system} stands on both sides of ${at}`);
    return texts(times[place - 1]!, times[place]!);
  }
}

/** Each day that owes a scan and has none is a gap as long as the day, for each host in scope. */
function unscanned(): PlantedGap[] {
  return [planted.missedScan, planted.cutScan].flatMap(({ id, day }) =>
    hosts
      .filter(({ leavesOn }) => leavesOn === undefined || day < leavesOn)
      .map(({ system }) => ({
        ...({ id, system, stream: 'nmap', kind: 'scan-missed' } as const),
        ...texts(startOf(day), startOf(addDays(day, 1))),
        ...({ because: 'No scan was completed.', state: 'open', ticket: null, cause: 'unknown' } as const),
      })),
  );
}

function neverSpoke(): PlantedGap {
  const { id, system } = plan.neverHeard;
  const { from, to } = windowEnds();
  const rest = { because: 'In the inventory; never heard of.', state: 'open', ticket: null, cause: 'unknown' } as const;
  return { id, system, stream: 'syslog', kind: 'missing', ...texts(from, to), ...rest };
}

const startOf = (day: Day): number => Number(dayStart(day, auditedWindow.zone) / 1000n);

function windowEnds(): { readonly from: number; readonly to: number } {
  return { from: startOf(auditedWindow.firstDay), to: startOf(addDays(auditedWindow.lastDay, 1)) };
}

function texts(from: number, to: number): { from: string; to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function byStart(a: { from: string; system: string; stream?: string }, b: typeof a): number {
  const key = ({ from, system, stream }: typeof a): string => `${from} ${system} ${stream ?? ''}`;
  return key(a) < key(b) ? -1 : 1;
}
