/** The measurements of a host's clock as chronyd 4.6 writes them to tracking.log, with its banner every 32 lines. */
import type { Host } from './company.ts';
import { clockDrift, endsOf, hostDown, MEASURED_EVERY_S, stepOffsetS } from './plan.ts';
import type { Chance } from './random.ts';

const RULE = '='.repeat(132);
const BANNER = [
  RULE,
  '   Date (UTC) Time     IP Address   St   Freq ppm   Skew ppm     Offset L Co  Offset sd Rem. corr. Root delay Root disp. Max. error',
  RULE,
];

/** A measurement: when (milliseconds UTC), and by how much the clock is ahead, seconds. */
export interface ClockMeasurement {
  readonly at: number;
  readonly offsetS: number;
}

/**
 * The log of a host over `[from, to)` (milliseconds UTC), and what it says. It begins before, as the daemon has run for
 * long; one that was started measures within minutes.
 */
export function clockLog(host: Host, { from, to }: { from: number; to: number }, chance: Chance) {
  const measured: ClockMeasurement[] = [];
  const lines: string[] = [];
  const down = endsOf(hostDown);
  let at = from - chance.between(60, 4000) * 1000;
  for (; at < to; at += MEASURED_EVERY_S * 1000) {
    if (host.system === hostDown.system && at >= down.from && at < down.to)
      at = down.to + chance.between(60, 240) * 1000;
    const offsetS = offsetAt(host.system, at) + chance.between(-900, 900) * 1e-6;
    if (lines.length % 35 === 0) lines.push(...BANNER);
    lines.push(lineOf({ at, offsetS }, chance));
    measured.push({ at, offsetS });
  }
  return { text: `${lines.join('\n')}\n`, measured };
}

/** By how much the clock of the system is ahead, seconds, but for the jitter. */
function offsetAt(system: string, at: number): number {
  const drift = endsOf(clockDrift);
  if (system !== clockDrift.system || at < drift.from || at >= drift.to) return stepOffsetS(system, at);
  const half = (drift.to - drift.from) / 2;
  return clockDrift.peakS * (1 - Math.abs(at - drift.from - half) / half);
}

/** The offset of the system clock is Offset - Rem. corr.; chronyd's own estimate stays near the truth. */
function lineOf({ at, offsetS }: ClockMeasurement, chance: Chance): string {
  const time = new Date(at).toISOString();
  const stamp = `${time.slice(0, 10)} ${time.slice(11, 19)}`;
  const number = (value: number): string => floatText(value).padStart(10);
  const frequency = (chance.between(-2000, -1000) / 1000).toFixed(3).padStart(10);
  const skew = (chance.between(5, 60) / 1000).toFixed(3).padStart(10);
  const head = `${stamp} ${'10.20.0.1'.padEnd(15)}  3 ${frequency} ${skew} ${number(0)} N  1`;
  return `${head} ${[3.1e-5, -offsetS, 4.2e-4, 2.2e-4, 6.1e-4].map(number).join(' ')}`;
}

/** `-1.234e-06`, as C's `%.3e` has it. */
function floatText(value: number): string {
  return value.toExponential(3).replace(/e([+-])(\d)$/, 'e$10$2');
}
