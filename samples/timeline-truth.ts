/** The truth about the timeline: every planted gap and every episode of a clock, as the generator wrote them. */
import type { ClockMeasurement } from './clock-log.ts';
import { auditedWindow, hosts } from './company.ts';
import { controls, type Effect } from './control-day-truth.ts';
import type { Happening } from './host-day.ts';
import { instantAt } from './wall-clock.ts';
import * as plan from './plan.ts';
import { planted } from './plants.ts';
import { addDays, dayOf, dayStart, type Day } from '../shared/time.ts';

/** A gap from the last record before it to the first one after it; RFC 3339, UTC. */
export interface PlantedGap {
  readonly id: string;
  readonly system: string;
  readonly stream: string;
  readonly kind: 'silence' | 'missing' | 'sequence-loss' | 'scrape' | 'scan-missed' | 'truncated';
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

interface Stretch {
  readonly from: number;
  readonly to: number;
}

type Loss = Stretch & { readonly id: string };
type LossOf = Loss & { readonly system: string };
type Episode = Pick<ClockEpisode, 'id' | 'system' | 'state' | 'what'> & Stretch & { readonly everyS?: number };

/** What a control judges by a record: which system wrote it, and when by its clock. */
interface Act {
  readonly control: string;
  readonly system: string;
  readonly at: number;
}

/** Follows what is written and remembers the records at both ends of each planted gap. */
export class TimelineTruth {
  private readonly times = new Map<string, number[]>();
  private readonly losses: LossOf[] = [];
  private readonly episodes: Episode[] = [];
  private readonly acts: Act[] = [];

  /** The lines of a file; files of a stream come in order. The system log has whole seconds. */
  heard(system: string, stream: string, lines: readonly { readonly at: number }[]): void {
    const unit = stream === 'syslog' ? 1000 : 1;
    const times = this.times.get(`${system} ${stream}`) ?? [];
    for (const { at } of lines) times.push(at - (at % unit));
    this.times.set(`${system} ${stream}`, times);
  }

  /** Where serials of the audit log were lost. */
  lost(system: string, losses: readonly Loss[]): void {
    for (const loss of losses) this.losses.push({ ...loss, system });
  }

  /** What happened on a host, as far as controls judge it: log-ins, changes of account, ends of the audit daemon. */
  acted(system: string, happenings: readonly Happening[]): void {
    const add = (control: string, at: number): void => {
      this.acts.push({ control, system, at: plan.shownAt(system, at) });
    };
    for (const happening of happenings) {
      const { kind, at } = happening;
      if (kind === 'reboot' || kind === 'audit-pause') add(controls.auditd, at);
      if (kind !== 'visit') continue;
      add(controls.root, at);
      happening.commands.forEach(({ isSudo }, place) => {
        if (isSudo) add(controls.root, at + 20_908 + place * 40_000);
      });
    }
  }

  /** What was measured of a clock: makes the episodes in which it was out, and those without measurements. */
  measured(system: string, list: readonly ClockMeasurement[]): void {
    for (const { id, what } of [
      { id: plan.clockStep.id, what: 'The clock was 180 s behind.', system: plan.clockStep.system },
      { id: plan.clockDrift.id, what: 'The clock drifted over 50 ms and back.', system: plan.clockDrift.system },
    ].filter((one) => one.system === system)) {
      const out = list.flatMap(({ offsetS }, place) => (Math.abs(offsetS) > 0.05 ? [place] : []));
      // Between a measurement that is out and its neighbour nobody knows when the clock crossed.
      const [from, to] = [list[out[0]! - 1]!.at, list[out.at(-1)! + 1]!.at];
      this.episodes.push({ id, system, state: 'out', what, from, to });
    }
    if (system !== plan.hostDown.system) return;
    const after = list.findIndex(({ at }) => at >= instantAt(...plan.hostDown.to));
    const from = list[after - 1]!.at + 4 * plan.MEASURED_EVERY_S * 1000;
    const what = 'Down: not measured.';
    this.episodes.push({ id: plan.hostDown.id, system, state: 'unknown', what, from, to: list[after]!.at });
  }

  /** The whole truth, when everything is written. */
  truth(): TimelinePlants {
    const gaps = [
      ...this.skips(),
      ...this.silences(),
      ...this.downtime(),
      ...unscanned(),
      this.fileGap(),
      neverSpoke(),
    ];
    const clockEpisodes = [...this.episodes, ...unmeasured()].map(({ from, to, everyS, ...rest }) => ({
      ...rest,
      ...texts(from, to),
      resolution_s: everyS ?? plan.MEASURED_EVERY_S,
    }));
    return { gaps: gaps.sort(byStart), clockEpisodes: clockEpisodes.sort(byStart) };
  }

  /** The control-days that rest on a record of a clock that was out or unknown then. */
  untrusted(): readonly Effect[] {
    return this.episodes.flatMap(({ id, system, from, to }) =>
      [...this.acts, ...this.firstRecords(system)]
        .filter((act) => act.system === system && act.at >= from && act.at < to)
        .map(({ control, at }): Effect => ({ control, day: dayAt(at), state: 'untrusted time', because: id })),
    );
  }

  /** The first audit record of each day shows that the audit daemon ran on it. */
  private firstRecords(system: string): readonly Act[] {
    const first = new Map<Day, number>();
    const near = this.episodes.filter((one) => one.system === system);
    for (const at of this.times.get(`${system} auditd`) ?? []) {
      // Only the days around an episode are looked at.
      if (!near.some(({ from, to }) => at > from - 2 * DAY_MS && at < to + 2 * DAY_MS)) continue;
      const day = dayAt(at);
      first.set(day, Math.min(at, first.get(day) ?? at));
    }
    return [...first.values()].map((at) => ({ control: controls.auditd, system, at }));
  }

  /** While numbers are skipped the stream speaks, and so do others: nothing says why. */
  private skips(): PlantedGap[] {
    const what = { stream: 'auditd', kind: 'sequence-loss', state: 'open', ticket: null, cause: 'unknown' } as const;
    return this.losses.map(({ id, system, from, to }) => ({
      ...{ ...what, id, system, ...texts(from, to), because: 'Serials are skipped.' },
    }));
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
    return ['auditd', 'syslog', 'clock', 'prometheus'].map((stream) => ({
      ...{ id, system, stream, kind: stream === 'prometheus' ? 'scrape' : 'silence' },
      ...this.around(system, stream, middle),
      ...rest,
    }));
  }

  private fileGap(): PlantedGap {
    const { id, system, from: first } = plan.missingFile;
    const ends = this.around(system, 'syslog', instantAt(first, '12:00:00'));
    const because = `The system log of the week from ${first} was not handed over.`;
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

/** Of clocks that no daemon logs: nothing measures the one, and what measures the other is stuck. */
function unmeasured(): readonly Episode[] {
  const { neverHeard, frozenClock } = plan;
  const never = { id: neverHeard.id, system: neverHeard.system, what: 'The clock was never measured.' };
  const stuck = {
    id: frozenClock.id,
    system: frozenClock.system,
    what: 'The offset that the kernel gives never moves.',
  };
  return [
    { ...never, state: 'unknown', ...windowEnds() },
    { ...stuck, state: 'unknown', ...windowEnds(), everyS: plan.SCRAPED_EVERY_S },
  ];
}

function neverSpoke(): PlantedGap {
  const { id, system, stream } = plan.neverHeard;
  const { from, to } = windowEnds();
  const rest = { because: 'In the inventory; never heard of.', state: 'open', ticket: null, cause: 'unknown' } as const;
  return { id, system, stream, kind: 'missing', ...texts(from, to), ...rest };
}

const DAY_MS = 86_400_000;

const dayAt = (at: number): Day => dayOf(BigInt(at) * 1000n, auditedWindow.zone);

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
