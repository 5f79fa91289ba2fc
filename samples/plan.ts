/**
 * What falls silent, what is lost and which clock goes wrong: the plan of the timeline's plants. Wall clock of the company.
 * No two touch the same stream, and none touches a second Tuesday (restarts) or 29 March (23 hours).
 */
import type { Day } from '../shared/time.ts';
import { instantAt } from './wall-clock.ts';

type Moment = readonly [Day, string];

interface Stretch {
  readonly id: string;
  readonly from: Moment;
  readonly to: Moment;
}

/** Nothing of a system log arrives, while the host works and its audit log goes on. */
export interface SyslogSilence extends Stretch {
  readonly systems: readonly string[];
  readonly cause: 'stream-alone' | 'collector-down';
  readonly state: 'open' | 'explained';
  readonly ticket: string | null;
  readonly because: string;
}

export const syslogSilences: readonly SyslogSilence[] = [
  {
    id: 'forwarder-stopped',
    systems: ['web-01'],
    from: ['2026-01-20', '06:00:00'],
    to: ['2026-01-21', '18:00:00'],
    cause: 'stream-alone',
    state: 'explained',
    ticket: 'INC-3111',
    because: 'rsyslog of web-01 was stopped; the incident has a root cause.',
  },
  {
    id: 'log-volume-full',
    systems: ['db-02'],
    from: ['2026-03-17', '06:00:00'],
    to: ['2026-03-18', '18:00:00'],
    cause: 'stream-alone',
    state: 'explained',
    ticket: 'INC-3112',
    because: 'The log volume of db-02 was full; the incident has a root cause.',
  },
  {
    id: 'silence-without-root-cause',
    systems: ['edi-01'],
    from: ['2026-02-24', '06:00:00'],
    to: ['2026-02-25', '18:00:00'],
    cause: 'stream-alone',
    state: 'open',
    ticket: null,
    because: 'The system log of edi-01 stopped; its incident INC-3113 names no root cause.',
  },
  {
    id: 'collector-outage',
    systems: ['bastion-01', 'app-01', 'db-01', 'metrics-01'],
    from: ['2026-04-23', '06:00:00'],
    to: ['2026-04-24', '18:00:00'],
    cause: 'collector-down',
    state: 'open',
    ticket: null,
    because: 'The collector of four hosts took no system log.',
  },
];

/** The host is shut down and comes back; both of its logs are silent meanwhile. */
export const hostDown = {
  id: 'host-down',
  system: 'web-02',
  from: ['2026-05-27', '06:00:00'] as Moment,
  to: ['2026-05-27', '23:00:00'] as Moment,
};

/** The kernel's serials go on by `lost` more than the records that were written. */
export const sequenceLosses = [
  { id: 'serials-lost-app-01', system: 'app-01', after: ['2026-02-05', '11:00:00'] as Moment, lost: 37 },
  { id: 'serials-lost-db-01', system: 'db-01', after: ['2026-04-08', '11:00:00'] as Moment, lost: 112 },
  { id: 'serials-lost-log-01', system: 'log-01', after: ['2026-05-20', '11:00:00'] as Moment, lost: 9 },
];

/** The system log of this host is rotated on Mondays; the file of the week `[from, to)` was not handed over. */
export const missingFile = {
  id: 'rotated-file-missing',
  system: 'app-02',
  from: '2026-05-18' as Day,
  to: '2026-05-25' as Day,
};

/**
 * In the inventory and in scope; no record of it and no measurement of its clock is anywhere. It owes a stream that no
 * control asks for, so that it does not spoil every day of those that do.
 */
export const neverHeard = { id: 'never-spoke', system: 'backup-01', address: '10.20.4.63', stream: 'journald' };

/** A storage system that has an exporter and hands over nothing else; the offset of its clock never moves. */
export const frozenClock = { id: 'frozen-offset', system: 'nas-01', address: '10.20.4.64', offsetS: 0.000021 };

/** Seconds between two samples of a metric, and the second of the grid, away from all restarts. */
export const SCRAPED_EVERY_S = 1800;
export const SCRAPED_AT_S = 427;

/** Seconds between two measurements of a clock: 4096 is a polling interval of chronyd (2 to the 12th). */
export const MEASURED_EVERY_S = 4096;

/**
 * The clock is set back and runs slow from then on; nobody sets it right before the end. Its logs show the wrong times.
 * That it loses a little more each time also shows in a log of four digits, so that nobody can take it for stuck.
 */
export const clockStep = {
  id: 'clock-step',
  system: 'db-01',
  from: ['2026-06-15', '10:00:00'] as Moment,
  to: ['2026-06-16', '16:00:00'] as Moment,
  offsetS: -180,
  slowPpm: 40,
};

/** The clock drifts to `peakS` and back, in straight lines; it is over 50 ms for the middle of the time. */
export const clockDrift = {
  id: 'clock-drift',
  system: 'web-01',
  from: ['2026-04-27', '00:00:00'] as Moment,
  to: ['2026-05-04', '00:00:00'] as Moment,
  peakS: 0.12,
};

/** Milliseconds UTC of the two ends of a stretch. */
export function endsOf({ from, to }: Pick<Stretch, 'from' | 'to'>): { readonly from: number; readonly to: number } {
  return { from: instantAt(...from), to: instantAt(...to) };
}

/** True when what this system wrote to its system log at `at` (milliseconds UTC) was not kept. */
export function isSyslogSilent(system: string, at: number): boolean {
  return syslogSilences.some((silence) => {
    if (!silence.systems.includes(system)) return false;
    const { from, to } = endsOf(silence);
    return at >= from && at < to;
  });
}

/** By how much the clock of the system is ahead at a moment after its step; seconds. */
export function stepOffsetS(system: string, at: number): number {
  if (system !== clockStep.system) return 0;
  const { from, to } = endsOf(clockStep);
  if (at < from || at >= to) return 0;
  return clockStep.offsetS - ((at - from) / 1000) * clockStep.slowPpm * 1e-6;
}

/** What the clock of the host shows at a moment: milliseconds UTC. The drift is too small for a log to show it. */
export function shownAt(system: string, at: number): number {
  return at + Math.round(stepOffsetS(system, at) * 1000);
}
