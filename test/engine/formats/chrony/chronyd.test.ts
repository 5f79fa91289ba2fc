/**
 * An experiment: chronyd measures this machine against servers that are wrong by a known amount, so the signs of all its
 * columns are known by construction. It runs with -x and changes no clock.
 */
import { describe, expect, test } from 'vitest';
import { chrony } from '../../../../engine/formats/chrony/chrony.ts';
import { collectRows } from '../collect-rows.ts';
import { fieldsOf, samplesOf, type Sample } from '../clocks/readings.ts';
import { chronydMissing, measureWithChronyd } from './chronyd.ts';

const missing = chronydMissing();
if (missing !== undefined) process.stderr.write(`${missing}\n`);

/** The server is half a second behind, so the clock of this machine is half a second ahead of it. */
const FOLLOWED = '127.0.0.1';
const IGNORED = '127.0.0.2';
const takenAt = BigInt(Date.UTC(2026, 0, 1)) * 1000n;
/** A busy machine delays answers by hundredths of a second. */
const TOLERANCE = 0.1;

describe.skipIf(missing !== undefined)('a clock that is half a second ahead of its server', () => {
  test('every log and report has offset_s with the right sign and size', { timeout: 60_000 }, async () => {
    const measured = await measureWithChronyd([
      { address: FOLLOWED, ahead: -0.5, isIgnored: false },
      { address: IGNORED, ahead: 0.25, isIgnored: true },
    ]);
    const collected = (name: string) => collectRows(chrony, measured[name] ?? '', { takenAt });
    for (const name of Object.keys(measured)) expect([name, collected(name).rejects]).toEqual([name, []]);

    // The system clock against the server that is followed: +0.5 s, in the first update and in all others.
    const updates = samplesOf(collected('tracking.log'));
    expect(updates[0]).toMatchObject({ offset_s: null, synchronised: false });
    expectNear(updates.slice(1), 0.5);
    expectNear(samplesOf(collected('tracking.txt')), 0.5);
    expectNear(samplesOf(collected('tracking.csv')), 0.5);
    // What chronyd calls Offset there is against its own estimate of true time, and near 0 from the second update on.
    for (const { offset_s } of fieldsOf(collected('tracking.log')).slice(2))
      expect(Math.abs(Number(offset_s))).toBeLessThan(TOLERANCE);

    // The first measurement, before chronyd had an estimate of its own.
    expectNear(of(FOLLOWED, samplesOf(collected('measurements.log'))).slice(0, 1), 0.5);
    // Its estimate, which follows one server, against the other that is 0.75 s ahead of that one.
    for (const name of [
      'measurements.log',
      'statistics.log',
      'sources.txt',
      'sources.csv',
      'sourcestats.txt',
      'sourcestats.csv',
      'ntpdata.txt',
      'ntpdata.csv',
    ])
      expectNear(of(IGNORED, samplesOf(collected(name))).slice(-1), -0.75);
  });
});

const of = (server: string, samples: readonly Sample[]): readonly Sample[] =>
  samples.filter(({ reference }) => reference === server);

function expectNear(samples: readonly Sample[], seconds: number): void {
  expect(samples.length).toBeGreaterThan(0);
  for (const { offset_s } of samples) expect(Math.abs((offset_s ?? NaN) - seconds)).toBeLessThan(TOLERANCE);
}
