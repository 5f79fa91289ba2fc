/** What w32tm prints, in the forms that it has in several languages and versions of Windows. */
import { describe, expect, test } from 'vitest';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { w32tm } from '../../../../engine/formats/w32tm/w32tm.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { expectSamePiecewise, fieldsOf, hostileFiles, samplesOf } from '../clocks/readings.ts';
import { collectRows } from '../collect-rows.ts';

const takenAt = parseInstant('2026-11-21T06:30:00Z')!;
const status = [
  'Leap Indicator: 0(no warning)',
  'Stratum: 2 (secondary reference - syncd by (S)NTP)',
  'Precision: -23 (119.209ns per tick)',
  'Root Delay: 0.0062216s',
  'Root Dispersion: 7.7702346s',
  'ReferenceId: 0x14653909 (source IP:  20.101.57.9)',
  'Last Successful Sync Time: 30/05/2023 20:21:27',
  'Source: time.windows.com,0x9',
  'Poll Interval: 13 (8192s)',
  '',
].join('\r\n');
const chart = (...lines: string[]): string =>
  ['Tracking time.windows.com [20.101.57.9:123].', 'Collecting 3 samples.', ...lines, ''].join('\r\n');

describe('w32tm /query /status', () => {
  test('a bound of the error and no offset: when the last update was is no offset of now', () => {
    expect(recogniseFormat(Buffer.from(status))[0]?.format.id).toBe('w32tm');
    const collected = collectRows(w32tm, status, { takenAt });
    expect([collected.records, collected.rejects]).toEqual([1, []]);
    expect(samplesOf(collected)).toEqual([
      {
        time: '2026-11-21T06:30:00Z',
        offset_s: null,
        error_s: 7.7733454,
        stratum: 2,
        reference: 'time.windows.com',
        synchronised: true,
      },
    ]);
    expect(fieldsOf(collected)[0]).toMatchObject({ last_successful_sync_time: '30/05/2023 20:21:27' });
  });

  test.each([
    ['Leap Indicator: 3(not synchronized)', /^Leap.*$/m],
    ['Stratum: 0 (unspecified)', /^Stratum.*$/m],
    ['Source: Local CMOS Clock', /^Source.*$/m],
    ['Source: Free-running System Clock', /^Source.*$/m],
  ])('%s: not synchronised', (instead, line) => {
    const [sample] = samplesOf(collectRows(w32tm, status.replace(line, instead), { takenAt }));
    expect(sample).toMatchObject({ synchronised: false, error_s: null, offset_s: null });
  });

  test('Phase Offset of /verbose is kept as written: which side is ahead is not documented', () => {
    const verbose = `${status}Phase Offset: -0.0000613s\r\nClockRate: 0.0156250s\r\n`;
    const collected = collectRows(w32tm, verbose, { takenAt });
    expect(collected.records).toBe(1);
    expect(samplesOf(collected)[0]?.offset_s).toBeNull();
    expect(fieldsOf(collected)[0]).toMatchObject({ phase_offset: '-0.0000613s' });
  });

  test('two reports are two records, one that is cut off is rejected, and none has a time of its own', () => {
    const cut = status.slice(0, status.indexOf('Source'));
    const { records, rejects } = collectRows(w32tm, `${status}${cut}`, { takenAt });
    expect([records, rejects.length]).toEqual([2, 1]);
    expect(collectRows(w32tm, status).problem?.remedy).toContain('--taken-at');
  });
});

describe('w32tm /stripchart', () => {
  test('an offset that is to be added means a clock that is behind', () => {
    const text = chart('The current time is 28.05.2025 11:21:53.', '11:21:53, +137.0856223s', '11:21:55, -00,5000000s');
    const collected = collectRows(w32tm, text, { zone: 'Europe/Berlin' });
    expect(collected.rejects).toEqual([]);
    expect(samplesOf(collected).map(({ time, offset_s, reference }) => [time, offset_s, reference])).toEqual([
      ['2025-05-28T09:21:53Z', -137.0856223, 'time.windows.com'],
      ['2025-05-28T09:21:55Z', 0.5, 'time.windows.com'],
    ]);
    expect(collected.assumptions.join(' ')).toContain('taken in Europe/Berlin');
  });

  test('with delays and a chart, without an answer, and past midnight', () => {
    const text = chart(
      'The current time is 4/3/2017 11:59:58 PM.',
      '23:59:58 d:+00.0623991s o:-00.6887759s  [                  * |                  ]',
      '23:59:59 error: 0x800705B4',
      '00:00:01, d:+00.0539000s o:-00.0030000s',
    );
    expect(samplesOf(collectRows(w32tm, text)).map((each) => [each.time, each.offset_s, each.synchronised])).toEqual([
      ['2017-04-03T23:59:58Z', 0.6887759, null],
      ['2017-04-03T23:59:59Z', null, false],
      ['2017-04-04T00:00:01Z', 0.003, null],
    ]);
  });

  test('a date that does not tell day from month is not guessed', () => {
    const text = chart('The current time is 03/04/2026 10:00:00.', '10:00:00, +00.0100000s');
    expect(collectRows(w32tm, text).problem?.remedy).toContain('--taken-at');
    expect(samplesOf(collectRows(w32tm, text, { takenAt }))[0]).toMatchObject({
      time: '2026-11-21T06:30:00Z',
      offset_s: -0.01,
    });
  });
});

test('UTF-16 of a shell of Windows, pieces of any size, hostile files', () => {
  const wide = collectRows(w32tm, Buffer.from(`\ufeff${status}`, 'utf16le'), { takenAt });
  expect(samplesOf(wide)).toEqual(samplesOf(collectRows(w32tm, status, { takenAt })));
  expectSamePiecewise(w32tm, Buffer.from(status), { takenAt });
  for (const [name, bytes] of Object.entries(hostileFiles)) {
    expect([name, w32tm.recognise(bytes.subarray(0, 65_536)).confidence]).toEqual([name, 0]);
    collectRows(w32tm, bytes, { takenAt });
  }
});
