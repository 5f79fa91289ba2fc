/** What chronyc prints: the signs, and when a report was made. Its text and CSV are compared in test/conformance. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chrony } from '../../../../engine/formats/chrony/chrony.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { expectSamePiecewise, hostileFiles, readFixture, samplesOf } from '../clocks/readings.ts';

const text = (name: string): string => readFileSync(`test/fixtures/chrony/${name}`, 'utf8');
const takenAt = parseInstant('2026-11-21T06:30:00Z')!;

test('a clock half a second ahead: its text and CSV say so', () => {
  for (const extension of ['txt', 'csv']) {
    const [tracking] = samplesOf(collectRows(chrony, readFixture(`chrony/ahead/tracking.${extension}`)));
    expect(tracking?.offset_s).toBeCloseTo(0.5, 3);
    for (const report of ['sources', 'sourcestats']) {
      const samples = samplesOf(collectRows(chrony, readFixture(`chrony/ahead/${report}.${extension}`), { takenAt }));
      // The second server is 0.75 s ahead of the first, by which chronyd keeps its own estimate.
      expect(samples.map(({ reference }) => reference)).toEqual(['127.0.0.1', '127.0.0.2']);
      expect(samples[0]?.offset_s).toBeCloseTo(0, 3);
      expect(samples[1]?.offset_s).toBeCloseTo(-0.75, 3);
    }
  }
});

test('sources as old versions print them: a reference clock, one that is unreachable, and one that is combined', () => {
  const collected = collectRows(chrony, text('insights-ntp_sources-chrony_output.txt'), { takenAt });
  expect(samplesOf(collected).map(({ offset_s, error_s }) => [offset_s, error_s])).toEqual([
    [-4.79e-7, 1.34e-7],
    [-0.000923, 0.043],
    [-0.002629, 0.086],
  ]);
});

describe('when a report was made', () => {
  const tracking = text('gen-chronyc-tracking-mid.txt');

  test('a single tracking report: as given for the file, else its Ref time, and that is said', () => {
    const given = collectRows(chrony, tracking, { takenAt });
    expect(samplesOf(given)[0]?.time).toBe('2026-11-21T06:30:00Z');
    const not = collectRows(chrony, tracking);
    expect(samplesOf(not)[0]?.time).toBe('2026-11-21T06:24:30Z');
    expect(not.assumptions[0]).toContain('dated by their Ref time');
    expect(samplesOf(collectRows(chrony, text('gen-chronyc-tracking-mid.csv')))[0]?.time).toBe(
      '2026-11-21T06:24:30.08139Z',
    );
  });

  test('a time given for the file that is before its Ref time is said to be wrong', () => {
    const early = collectRows(chrony, tracking, { takenAt: parseInstant('2026-11-20T00:00:00Z')! });
    expect(early.assumptions.join()).toContain('is before a Ref time in it, 2026-11-21T06:24:30Z');
  });

  test('of several, each has its Ref time, also where a time was given for the file', () => {
    const both = `${tracking}${text('gen-chronyc-tracking-end.txt')}${text('gen-chronyc-tracking-early.csv')}`;
    const collected = collectRows(chrony, both, { takenAt });
    expect(samplesOf(collected).map(({ time }) => time)).toEqual([
      '2026-11-21T06:24:30Z',
      '2026-11-21T06:26:15Z',
      '2026-11-21T06:23:04.777559Z',
    ]);
  });

  test('sources have no time: without --taken-at the file is refused', () => {
    const { problem } = collectRows(chrony, text('gen-chronyc-sources-mid.txt'));
    expect(problem?.code).toBe('bad_request');
    expect(problem?.remedy).toContain('--taken-at');
  });

  test('beside a tracking report they are rejected, not dated by it', () => {
    const collected = collectRows(chrony, `${tracking}${text('gen-chronyc-sources-mid.txt')}`);
    expect(samplesOf(collected)).toHaveLength(1);
    expect(collected.rejects[0]?.reason).toContain('--taken-at');
  });

  test('whose clock it is is not in the file, and that is said', () => {
    expect(collectRows(chrony, tracking).assumptions.join()).toContain('--system');
    expect(collectRows(chrony, tracking, { system: 'db-1' }).assumptions.join()).not.toContain('--system');
  });
});

const NEVER = `Reference ID    : 00000000 ()
Stratum         : 0
Ref time (UTC)  : Thu Jan 01 00:00:00 1970
System time     : 0.000000000 seconds fast of NTP time
Last offset     : +0.000000000 seconds
RMS offset      : 0.000000000 seconds
Frequency       : 0.000 ppm slow
Residual freq   : +0.000 ppm
Skew            : 0.000 ppm
Root delay      : 1.000000000 seconds
Root dispersion : 1.000000000 seconds
Update interval : 0.0 seconds
Leap status     : Not synchronised
`;

describe('what is no measurement', () => {
  test('not synchronised: no offset of 0, and no time of its own', () => {
    expect(samplesOf(collectRows(chrony, NEVER, { takenAt }))[0]).toEqual({
      time: '2026-11-21T06:30:00Z',
      offset_s: null,
      error_s: null,
      stratum: null,
      reference: null,
      synchronised: false,
    });
    expect(collectRows(chrony, NEVER).problem?.remedy).toContain('--taken-at');
    const csv =
      '00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n';
    expect(samplesOf(collectRows(chrony, csv, { takenAt }))[0]).toMatchObject({ offset_s: null, synchronised: false });
  });

  test('the own clock (local stratum) is a reference of nothing', () => {
    const local = text('gen-chronyc-tracking-mid.txt').replace('7F000002 (127.0.0.2)', '7F7F0101 ()');
    expect(samplesOf(collectRows(chrony, local))[0]).toMatchObject({ offset_s: null, synchronised: false });
  });

  test('sources that never answered, are unreachable, or have no samples', () => {
    const lines = [
      '^? 192.0.2.1                     0   6     0     -     +0ns[   +0ns] +/-    0ns',
      '^* 192.0.2.2                     2   6     0   10m   -22us[  +40us] +/- 3345us',
      '^,?,192.0.2.3,0,6,0,4294967295,0.000000000,0.000000000,0.000000000',
      '192.0.2.4,0,0,0,0.000,2000.000,0.000000000,4.000000000',
      '192.0.2.5                   0   0     0     +0.000   2000.000     +0ns  4000ms',
    ];
    const samples = samplesOf(collectRows(chrony, `${lines.join('\n')}\n`, { takenAt }));
    expect(samples.map(({ offset_s, synchronised }) => [offset_s, synchronised])).toEqual(
      lines.map(() => [null, false]),
    );
    expect(samples[1]?.stratum).toBe(2);
    expect(samples[0]?.stratum).toBeNull();
  });

  test('sources that are not used do not say whether the clock is disciplined by others', () => {
    const states = ['*', '+', '-', 'x', '~', '?'];
    const lines = states.map((state) => `=${state} 192.0.2.1   2   6   377   2d   -22us[  +40us] +/- 33ms`);
    const samples = samplesOf(collectRows(chrony, `${lines.join('\n')}\n`, { takenAt }));
    expect(samples.map(({ synchronised }) => synchronised)).toEqual([true, true, null, null, null, false]);
    expect(samples.every(({ offset_s }) => offset_s === -0.000022)).toBe(true);
  });

  test('chronyc that could not ask chronyd', () => {
    for (const message of ['506 Cannot talk to daemon', '501 Not authorised', 'Could not open connection to daemon']) {
      const { rejects, records, tables } = collectRows(chrony, `${message}\n`, { takenAt });
      expect([records, rejects.length, tables.size]).toEqual([1, 1, 0]);
      expect(rejects[0]?.reason).toContain('nothing was measured');
    }
  });
});

describe('reports that lost a part', () => {
  test('a tracking report without its end is rejected as one record', () => {
    const lines = text('gen-chronyc-tracking-mid.txt').split('\n');
    const { rejects, records } = collectRows(chrony, lines.slice(0, 9).join('\n'));
    expect(records).toBe(1);
    expect(rejects[0]?.reason).toContain('cut off');
  });

  test.each([
    ['0.000000740 seconds fast of NTP time', '0.000000740 seconds fa'],
    ['Leap status     : Normal', 'Leap status     : Norm'],
    ['Stratum         : 6', 'Stratum         : six'],
    ['7F000002 (127.0.0.2)', '<script>'],
  ])('%s damaged', (whole, damaged) => {
    const { rejects } = collectRows(chrony, text('gen-chronyc-tracking-mid.txt').replace(whole, damaged));
    expect(rejects).toHaveLength(1);
  });

  test('a CSV line with a column too few or too many', () => {
    for (const name of ['tracking', 'sources', 'sourcestats']) {
      const line = text(`gen-chronyc-${name}-mid.csv`).trim();
      for (const changed of [line.slice(0, line.lastIndexOf(',')), `${line},1`])
        expect(collectRows(chrony, changed, { takenAt }).rejects).toHaveLength(1);
    }
  });

  test('hostile files are read to their end', () => {
    for (const bytes of Object.values(hostileFiles)) {
      const { tables, problem } = collectRows(chrony, bytes, { takenAt });
      expect([tables.size, problem]).toEqual([0, undefined]);
    }
  });
});

test('pieces of any size give the same', () => {
  const names = readdirSync('test/fixtures/chrony').filter((name) => /chronyc|insights.*txt/.test(name));
  for (const name of names) expectSamePiecewise(chrony, readFixture(`chrony/${name}`), { takenAt });
});
