/** chronyd's logs: every column of the sample files, the signs, and lines that lost a part. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chrony } from '../../../../engine/formats/chrony/chrony.ts';
import { collectRows } from '../collect-rows.ts';
import { expectSamePiecewise, expectUndamagedUnchanged, fieldsOf, readFixture, samplesOf } from '../clocks/readings.ts';

const text = (name: string): string => readFileSync(`test/fixtures/chrony/${name}`, 'utf8');
const isHeading = (line: string): boolean => /^=+$|^ +Date/.test(line);
/** The columns of every line that is no heading, cut at white space: an independent parse. */
const columnsOf = (name: string): readonly (readonly string[])[] =>
  text(name)
    .split('\n')
    .filter((line) => line !== '' && !isHeading(line))
    .map((line) => line.split(/ +/));

describe('tracking.log', () => {
  test('every column of every line is kept, and the offset is that of the system clock', () => {
    const collected = collectRows(chrony, text('gen-tracking.log'), { system: 'web-1' });
    const lines = columnsOf('gen-tracking.log');
    expect(collected.records).toBe(81);
    expect(collected.rejects).toEqual([]);
    expect(collected.rows('clock_samples').every((row) => row['system'] === 'web-1')).toBe(true);
    const samples = samplesOf(collected);
    const fields = fieldsOf(collected);
    for (const [at, columns] of lines.entries()) {
      const [day, time, reference, stratum, frequency, skew, offset, leap, combined, deviation, remaining, ...rest] =
        columns;
      const [delay, dispersion, most] = rest.map(Number);
      expect(samples[at]?.time).toBe(`${day}T${time}Z`);
      expect(fields[at]).toEqual({
        log: 'tracking',
        reference,
        frequency_ppm: Number(frequency) + 0,
        skew_ppm: Number(skew),
        offset_s: Number(offset),
        leap,
        combined_sources: Number(combined),
        offset_sd_s: Number(deviation),
        remaining_correction_s: Number(remaining) + 0,
        root_delay_s: delay,
        root_dispersion_s: dispersion,
        max_error_s: most,
      });
      if (reference === '0.0.0.0') continue;
      expect(samples[at]?.offset_s).toBeCloseTo(Number(offset) - Number(remaining), 15);
      expect(samples[at]).toMatchObject({ stratum: Number(stratum), reference, synchronised: true, error_s: most });
    }
  });

  test('a line without a reference is no measurement: its 0.000e+00 is not an offset', () => {
    expect(samplesOf(collectRows(chrony, text('gen-tracking.log')))[0]).toEqual({
      time: '2026-11-21T06:23:01Z',
      offset_s: null,
      error_s: null,
      stratum: null,
      reference: null,
      synchronised: false,
    });
  });

  test('the example of chrony.conf(5): 8.6 µs behind its own estimate, with 208 µs still to be slewed back', () => {
    const line =
      '2017-08-22 13:22:36 203.0.113.15     2     -3.541      0.075 -8.621e-06 N  2  2.940e-03 -2.084e-04  1.534e-02  3.472e-04  8.304e-03\n';
    expect(samplesOf(collectRows(chrony, line))).toEqual([
      {
        time: '2017-08-22T13:22:36Z',
        offset_s: 0.000199779,
        error_s: 0.008304,
        stratum: 2,
        reference: '203.0.113.15',
        synchronised: true,
      },
    ]);
  });

  test('error_s is never below the root distance', () => {
    const line =
      '2017-08-22 13:22:36 203.0.113.15     2     -3.541      0.075 -8.621e-06 N  2  2.940e-03 -2.084e-04  2.000e-01  5.000e-02  8.304e-03\n';
    expect(samplesOf(collectRows(chrony, line))[0]?.error_s).toBe(0.15);
  });

  test('logs of older versions, with fewer columns', () => {
    const oldest = collectRows(chrony, '2009-08-22 13:22:36 203.0.113.15     2     -3.541      0.075 -8.621e-06\n');
    expect(samplesOf(oldest)[0]).toMatchObject({ offset_s: -0.000008621, error_s: null, synchronised: null });
    expect(oldest.assumptions.join()).toContain('has no Rem. corr.');
    const older = collectRows(
      chrony,
      '2014-08-22 13:22:36 203.0.113.15     2     -3.541      0.075 -8.621e-06 N  2  2.940e-03 -2.084e-04\n',
    );
    expect(samplesOf(older)[0]).toMatchObject({ offset_s: 0.000199779, error_s: null, synchronised: true });
  });

  test.each([
    [
      'time set by hand, not synchronised',
      'MANU  1  0.000  1.000  2.000e-01 ?  1  0.000e+00 0.000e+00  0.000e+00  0.000e+00  1.000e+00',
      0.2,
    ],
    [
      'the own clock (local)',
      '127.127.1.1  10  0.000  1.000  0.000e+00 N  1  0.000e+00 0.000e+00  0.000e+00  0.000e+00  1.000e+00',
      null,
    ],
    [
      'leap ? and an offset of 0',
      '203.0.113.15  3  0.000  1.000  0.000e+00 ?  0  0.000e+00 0.000e+00  1.000e+00  1.000e+00  1.500e+00',
      null,
    ],
  ])('%s is not synchronised', (_, rest, offset) => {
    const [sample] = samplesOf(collectRows(chrony, `2026-01-02 03:04:05 ${rest}\n`));
    expect(sample).toMatchObject({ synchronised: false, offset_s: offset });
  });
});

describe('measurements.log', () => {
  test('every column of every line; a positive offset there is a clock that is behind', () => {
    const collected = collectRows(chrony, text('gen-measurements.log'));
    const samples = samplesOf(collected);
    const fields = fieldsOf(collected);
    const lines = columnsOf('gen-measurements.log');
    expect([collected.records, collected.rejects.length, lines.length]).toEqual([84, 0, 84]);
    for (const [at, columns] of lines.entries()) {
      const [day, time, reference, leap, stratum, t123, t567, abcd, lp, rp, score, ...rest] = columns;
      const [offset, delay, dispersion, rootDelay, rootDispersion] = rest.slice(0, 5).map(Number);
      const [refid, mode, tx, rx] = rest.slice(5);
      expect(fields[at]).toEqual({
        log: 'measurements',
        leap,
        tests: `${t123} ${t567} ${abcd}`,
        local_poll: Number(lp),
        remote_poll: Number(rp),
        score: Number(score),
        offset_s: offset,
        peer_delay_s: delay,
        peer_dispersion_s: dispersion,
        root_delay_s: rootDelay,
        root_dispersion_s: rootDispersion,
        reference_id: refid,
        mode,
        transmit_timestamp: tx,
        receive_timestamp: rx,
      });
      expect(samples[at]).toMatchObject({
        time: `${day}T${time}Z`,
        reference,
        stratum: Number(stratum),
        synchronised: null,
      });
      expect(samples[at]?.offset_s).toBe(-(offset ?? NaN));
      expect(samples[at]?.error_s).toBeCloseTo(
        (dispersion ?? 0) + (rootDispersion ?? 0) + ((delay ?? 0) + (rootDelay ?? 0)) / 2,
        15,
      );
    }
  });

  test('the example of chrony.conf(5)', () => {
    const line =
      '2016-11-09 05:40:50 203.0.113.15    N  2 111 111 1111  10 10 1.0 -4.966e-03  2.296e-01  1.577e-05  1.615e-01  7.446e-03 CB00717B 4B D K\n';
    expect(samplesOf(collectRows(chrony, line))[0]).toMatchObject({ offset_s: 0.004966, error_s: 0.20301177 });
  });

  test.each([
    ['failed test 1 to 3: chronyd writes 0 for what it did not compute', 'N  2 110 111 0000', '0.000e+00'],
    ['failed test 5 to 7', 'N  2 111 101 1111', '1.000e-03'],
    ['source not synchronised', '?  0 111 101 1111', '1.000e-03'],
    ['stratum 16', 'N 16 111 111 1111', '1.000e-03'],
  ])('rawmeasurements: %s', (_, middle, offset) => {
    const line = `2016-11-09 05:40:50 203.0.113.15    ${middle}  10 10 1.00  ${offset}  2.296e-01  1.577e-05  1.615e-01  7.446e-03 CB00717B 4B D K\n`;
    expect(samplesOf(collectRows(chrony, line))[0]).toMatchObject({
      offset_s: null,
      error_s: null,
      synchronised: false,
    });
  });

  test('a measurement that only failed the tests for its delay was measured all the same', () => {
    const line =
      '2016-11-09 05:40:50 203.0.113.15    N  2 111 111 1101  10 10 1.00  1.000e-03  2.296e-01  1.577e-05  1.615e-01  7.446e-03 CB00717B 4B D K\n';
    expect(samplesOf(collectRows(chrony, line))[0]).toMatchObject({ offset_s: -0.001, synchronised: null });
  });
});

describe('statistics.log', () => {
  test('every column of every line; a positive offset is a clock that is ahead', () => {
    const collected = collectRows(chrony, text('gen-statistics.log'));
    const samples = samplesOf(collected);
    const fields = fieldsOf(collected);
    const lines = columnsOf('gen-statistics.log');
    expect([collected.records, collected.rejects.length, lines.length]).toEqual([80, 0, 80]);
    for (const [at, [day, time, reference, ...numbers]] of lines.entries()) {
      const [deviation, offset, offsetSd, frequency, skew, stress, ns, bs, nr, asymmetry] = numbers.map(Number);
      expect(fields[at]).toEqual({
        log: 'statistics',
        offset_s: offset,
        standard_deviation_s: deviation,
        offset_sd_s: offsetSd,
        frequency_difference: frequency,
        skew,
        stress,
        samples: ns,
        new_start: bs,
        runs: nr,
        asymmetry,
      });
      expect(samples[at]).toEqual({
        time: `${day}T${time}Z`,
        offset_s: offset,
        error_s: null,
        stratum: null,
        reference,
        synchronised: null,
      });
    }
  });
});

describe('refclocks.log', () => {
  test('raw and filtered samples of chrony.conf(5); a positive offset is a clock that is behind', () => {
    const lines = [
      '2009-11-30 14:33:27.000000 PPS2    7 N 1  4.900000e-07 -6.741777e-07  1.000e-06',
      '2009-11-30 14:33:28.123456 PPS2    - N -       -        6.741777e-07  1.000e-06',
    ];
    const samples = samplesOf(collectRows(chrony, `${lines.join('\n')}\n`));
    expect(samples.map(({ time, offset_s, error_s, reference }) => [time, offset_s, error_s, reference])).toEqual([
      ['2009-11-30T14:33:27Z', 6.741777e-7, 1e-6, 'PPS2'],
      ['2009-11-30T14:33:28.123456Z', -6.741777e-7, 1e-6, 'PPS2'],
    ]);
  });
});

describe('a clock that is half a second ahead by construction', () => {
  // chronyd -x measured two servers: 127.0.0.1 shows true time - 0.5 s, 127.0.0.2 (noselect) true time + 0.25 s.
  const read = (name: string) => samplesOf(collectRows(chrony, readFixture(`chrony/ahead/${name}`)));

  test('tracking.log says so in every line, although its column Offset is near 0 after the first', () => {
    const measured = read('tracking.log').filter(({ offset_s }) => offset_s !== null);
    expect(measured.length).toBeGreaterThan(8);
    for (const { offset_s } of measured) expect(offset_s).toBeCloseTo(0.5, 3);
    const columns = fieldsOf(collectRows(chrony, readFixture('chrony/ahead/tracking.log'))).slice(2);
    for (const { offset_s } of columns) expect(Math.abs(Number(offset_s))).toBeLessThan(0.001);
  });

  test('the first measurements and statistics have the sign of the table', () => {
    const first = read('measurements.log').filter(({ reference }) => reference === '127.0.0.1');
    expect(first[0]?.offset_s).toBeCloseTo(0.5, 2);
  });

  test('against the second server the estimate of chronyd is 0.75 s behind, in both logs', () => {
    for (const name of ['measurements.log', 'statistics.log']) {
      const last = read(name)
        .filter(({ reference }) => reference === '127.0.0.2')
        .at(-1);
      expect(last?.offset_s).toBeCloseTo(-0.75, 3);
    }
  });
});

describe('lines that lost a part', () => {
  const whole = text('gen-tracking.log');

  test('a last line that is cut anywhere is never read as a shorter one', () => {
    for (const name of ['gen-tracking.log', 'gen-measurements.log', 'gen-statistics.log']) {
      const content = text(name).trimEnd();
      const before = collectRows(chrony, content);
      const last = content.length - content.lastIndexOf('\n') - 1;
      for (let cut = 1; cut < last; cut++) {
        const after = collectRows(chrony, content.slice(0, -cut));
        expect([name, cut, after.records, after.rejects.length]).toEqual([name, cut, before.records, 1]);
      }
    }
  });

  test('a last line without a line end is kept when it is whole', () => {
    expect(collectRows(chrony, whole.trimEnd()).rejects).toEqual([]);
  });

  test('without a heading, a lone line that could be an older version or cut off is not trusted', () => {
    const line = '2026-11-21 06:26:15 127.0.0.2        6     -0.000      0.002  5.585e-09 N  1  6.094e-08 -6.441e-07';
    expect(collectRows(chrony, line).rejects[0]?.reason).toContain('cut off');
    expect(collectRows(chrony, `${line}\n`).rejects).toEqual([]);
  });

  test('headings anywhere, rotated files one after another', () => {
    const twice = collectRows(chrony, `${whole}${text('gen-statistics.log')}${whole}${text('gen-measurements.log')}`);
    expect([twice.records, twice.rejects.length]).toEqual([81 * 2 + 80 + 84, 0]);
  });

  test.each([
    ['2026-13-01 06:26:15 127.0.0.2        6     -0.000      0.002  5.585e-09\n', 'does not exist'],
    ['2026-11-21 06:26:15 127.0.0.2        6     -0.000      0.002       nan\n', 'chronyd does not write there'],
    ['2026-11-21 06:26:15 203.0.113.15    * -----  377  1.00  4.228e+01 -1.575e-04  1.239e-04\n', 'selection.log'],
    ['2015-07-22 05:40:50     -0.037360 1       -0.037434          -37.948  12   5  120\n', 'rtc.log'],
    ['2015-04-19 10:39:48  2.8000e+04  3.6600e-01\n', 'tempcomp.log'],
    ['# comment\n', 'none of'],
  ])('%j is rejected: %s', (line, reason) => {
    const { rejects, records } = collectRows(chrony, line);
    expect(records).toBe(1);
    expect(rejects[0]?.reason).toContain(reason);
  });

  test('a tenth of the lines damaged: the others are unchanged', () => {
    for (const name of ['gen-tracking.log', 'gen-measurements.log', 'gen-statistics.log'])
      expectUndamagedUnchanged(chrony, text(name), isHeading);
  });
});

test('pieces of any size give the same', () => {
  for (const name of ['gen-tracking.log', 'gen-measurements.log', 'gen-statistics.log', 'ahead/tracking.log'])
    expectSamePiecewise(chrony, readFixture(`chrony/${name}`), {});
});
