/** What is asked beside ntpq's tables: sysinfo, ntpdc, ntpstat, ntpdate, sntp; and what says nothing of the offset. */
import { describe, expect, test } from 'vitest';
import { ntpd } from '../../../../engine/formats/ntpd/ntpd.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { fieldsOf, readFixture, samplesOf, type Sample } from '../clocks/readings.ts';

const takenAt = parseInstant('2026-11-21T06:30:00Z')!;
const read = (...lines: string[]): Collected => collectRows(ntpd, `${lines.join('\n')}\n`, { takenAt });
const nothing: Sample = {
  time: '2026-11-21T06:30:00Z',
  offset_s: null,
  error_s: null,
  stratum: null,
  reference: null,
  synchronised: null,
};
const HEADING = '     remote           refid      st t when poll reach   delay   offset  jitter';

describe('ntpq -p', () => {
  test('names with spaces, tabs, no reference id, numbers without decimals: samples of telegraf', () => {
    const collected = collectRows(ntpd, readFixture('ntpd/telegraf-ntpq-issue_2386.txt'), { takenAt });
    expect(collected.rejects).toEqual([]);
    expect(samplesOf(collected).map(({ reference, offset_s }) => [reference, offset_s])).toEqual([
      ['SHM(0)', -0.000045],
      ['37.58.57.238 (d', -0.000373],
      ['37.58.57.238 (domain)', -0.000373],
      ['37.58.57.238 (', -0.000373],
      ['SHM(1)', -0.010105],
    ]);
    const nameless = collectRows(ntpd, readFixture('ntpd/telegraf-ntpq-no_ref_id.txt'), { takenAt });
    expect(samplesOf(nameless).map(({ reference, offset_s, stratum }) => [reference, offset_s, stratum])).toEqual([
      ['83.137.98.96', -0.243426, 2],
      ['91.189.94.4', -0.274726, 2],
      ['131.188.3.221', -0.261921, 2],
    ]);
    expect(fieldsOf(nameless)[1]).toMatchObject({ jitter_s: 449.445 });
    expect(fieldsOf(nameless)[1]).not.toHaveProperty('refid');
  });

  test('an offset of minutes has no decimals', () => {
    const line = ' 91.189.94.4     10.177.80.37     2 u  673 1024  377  143.047  449445.   1.000';
    expect(samplesOf(read(HEADING, line))[0]?.offset_s).toBe(-449.445);
  });

  test('a line that lost its last columns does not move into others', () => {
    const line = ' 91.189.94.4     10.177.80.37     2 u  673 1024  377  143.047  449445.';
    expect(read(HEADING, line).rejects[0]?.reason).toContain('cut off');
  });
});

describe('ntpq -c rv of ntp 4.2.4', () => {
  test('assID=0 is the association of the system, and its status tells that it is synchronised', () => {
    const collected = read(
      'assID=0 status=06f4 leap_none, sync_ntp, 15 events, event_peer/strat_chg,',
      'leap=00, stratum=3, precision=-20, rootdelay=81.469, rootdispersion=176.829, peer=59651,',
      'refid=147.83.175.41, clock=ce33fe7e.4d15c9c5  Mon, Aug 17 2009 18:06:22.301, offset=-46.921',
    );
    expect(samplesOf(collected)).toEqual([
      {
        time: '2009-08-17T16:06:22.301113Z',
        offset_s: 0.046921,
        error_s: 0.2175635,
        stratum: 3,
        reference: '147.83.175.41',
        synchronised: true,
      },
    ]);
    expect(collected.assumptions).toEqual([expect.stringContaining('--system')]);
  });
});

test('rv of a peer of ntpsec has bare bytes among its last samples, and is one record all the same', () => {
  const collected = collectRows(ntpd, readFixture('ntpd/ahead/ntpq-rv-peer.txt'), { takenAt });
  expect([collected.records, collected.rejects]).toEqual([1, []]);
  expect(samplesOf(collected)).toEqual([
    {
      ...nothing,
      offset_s: 0.499950354,
      error_s: 0.0626660805,
      stratum: 2,
      reference: '10.9.0.2',
      synchronised: true,
    },
  ]);
  // What follows the lists is read, too.
  expect(fieldsOf(collected)[0]).toMatchObject({ keyid: '0', pmode: '4', flash: '00 ok' });
});

describe('sysinfo', () => {
  const ofNtpq = [
    'associd=0 status=0628 leap_none, sync_ntp, 2 events, no_sys_peer,',
    'system peer:        192.0.2.49:123',
    'system peer mode:   client',
    'leap indicator:     00',
    'stratum:            3',
    'log2 precision:     -22',
    'root delay:         67.416',
    'root dispersion:    46.952',
    'reference ID:       192.0.2.49',
    'reference time:     dd9e1c1e.67c8d279  Fri, Oct 27 2017 20:57:02.405',
    'system jitter:      3.818756',
  ];
  const ofNtpdc = [
    'system peer:          time.example',
    'system peer mode:     client',
    'leap indicator:       00',
    'stratum:              2',
    'root distance:        0.03178 s',
    'root dispersion:      0.04543 s',
    'reference ID:         [192.0.2.101]',
    'reference time:       da2aeabf.a089e515  Sun, Dec 27 2015 22:54:55.627',
  ];

  test('of ntpq in milliseconds, of ntpdc in seconds: a bound, no offset', () => {
    const collected = read(...ofNtpq, ...ofNtpdc);
    expect([collected.records, collected.rejects]).toEqual([2, []]);
    expect(samplesOf(collected)).toEqual([
      { ...nothing, error_s: 0.08066, stratum: 3, reference: '192.0.2.49', synchronised: true },
      { ...nothing, error_s: 0.06132, stratum: 2, reference: '192.0.2.101', synchronised: true },
    ]);
  });

  test('without --taken-at it counts at its reference time, and says so', () => {
    const { assumptions, ...collected } = collectRows(ntpd, `${ofNtpq.join('\n')}\n`);
    expect(collected.rows('clock_samples')[0]?.['time']).toBe(parseInstant('2017-10-27T20:57:02.405408Z'));
    expect(assumptions.join(' ')).toContain('when the clock was last updated');
  });

  test.each([
    ['leap indicator:     11', /^leap.*/],
    ['stratum:            16', /^stratum.*/],
    ['system peer:        0.0.0.0:123', /^system peer:.*/],
    ['system peer:        LOCAL(0):123', /^system peer:.*/],
  ])('%s: not synchronised', (instead, line) => {
    const lines = ofNtpq.map((each) => (line.test(each) ? instead : each));
    expect(samplesOf(read(...lines))[0]).toMatchObject({ synchronised: false, error_s: null });
  });

  test('a report that lost its stratum is rejected', () => {
    expect(read(...ofNtpq.slice(0, 4)).rejects[0]?.reason).toContain('cut off');
  });
});

describe('ntpdc -p', () => {
  test('seconds, the dispersion is in it, and only * says that the peer is followed', () => {
    const collected = read(
      '     remote           local      st poll reach  delay   offset    disp',
      '=======================================================================',
      '=juniperberry.ex 10.20.26.132     2   64  377 0.13980 -0.022473 0.07472',
      '*time-a.example  10.20.26.132     1   64  377 0.03178 -0.024041 0.05214',
      '+time-c.example  10.20.26.132     1   64  227 0.14331  0.015765 0.04695',
    );
    expect(collected.rejects).toEqual([]);
    expect(samplesOf(collected).map((each) => [each.offset_s, each.error_s, each.synchronised])).toEqual([
      [0.022473, 0.14462, null],
      [0.024041, 0.06803, true],
      [-0.015765, 0.118605, null],
    ]);
  });
});

describe('ntpstat', () => {
  test('a bound of the error in milliseconds, no offset', () => {
    const synchronised = read(
      'synchronised to NTP server (69.36.182.57) at stratum 3',
      '   time correct to within 50 ms',
      '   polling server every 64 s',
    );
    expect(synchronised.records).toBe(1);
    expect(samplesOf(synchronised)).toEqual([
      { ...nothing, error_s: 0.05, stratum: 3, reference: '69.36.182.57', synchronised: true },
    ]);
  });

  test.each([
    ['unsynchronised', '  time server re-starting', '   polling server every 64 s'],
    ['synchronised to local net at stratum 11', '   time correct to within 949 ms', '   polling server every 64 s'],
  ])('%s: not synchronised', (...lines) => {
    expect(samplesOf(read(...lines))).toEqual([{ ...nothing, synchronised: false }]);
  });

  test('"synchronised" without how well is cut off', () => {
    expect(read('synchronised to NTP server (69.36.182.57) at stratum 3').rejects[0]?.reason).toContain('cut off');
  });
});

describe('programs that ask once', () => {
  test('sntp: its own time with its offset, the bound, and a server that is ahead means a clock that is behind', () => {
    const line = '2025-10-18 02:53:22.082645 (+0500) +1.151036 +/- 0.767510 time.example 192.0.2.37 s1 no-leap';
    expect(samplesOf(read('sntp 4.2.8p15@1.3728-o Wed Feb 16 17:13:02 UTC 2022 (1)', line))).toEqual([
      {
        time: '2025-10-17T21:53:22.082645Z',
        offset_s: -1.151036,
        error_s: 0.76751,
        stratum: 1,
        reference: 'time.example',
        synchronised: null,
      },
    ]);
  });

  test('ntpdig of ntpsec, as text and as JSON, for a clock that is half a second ahead by construction', () => {
    const [text] = samplesOf(collectRows(ntpd, readFixture('ntpd/ahead/ntpdig.txt')));
    expect(text).toEqual({
      time: '2026-11-25T17:26:26.266173Z',
      offset_s: 0.498553,
      error_s: 0.002013,
      stratum: 2,
      reference: '10.9.0.2',
      synchronised: null,
    });
    const json =
      '{"time":"2026-11-25T17:26:26.357319+0000","offset":-0.499971,"precision":0.000211,"host":"10.9.0.2","ip":"10.9.0.2","stratum":2,"leap":"no-leap","adjusted":false}';
    expect(ntpd.recognise(Buffer.from(`${json}\n`)).confidence).toBeGreaterThan(0.9);
    expect(samplesOf(read(json))[0]).toEqual({
      ...text,
      time: '2026-11-25T17:26:26.357319Z',
      offset_s: 0.499971,
      error_s: 0.000211,
    });
  });

  test('ntpdate: a server that did not answer has stratum 0; what was set is the offset before it was set', () => {
    const collected = read(
      'server 192.0.2.118, stratum 2, offset -0.001559, delay 0.04453',
      'server 192.0.2.119, stratum 0, offset 0.000000, delay 0.00000',
      '23 Nov 17:30:41 ntpdate[1392]: adjust time server 192.0.2.118 offset -0.001559 sec',
    );
    expect(samplesOf(collected)).toEqual([
      { ...nothing, offset_s: 0.001559, stratum: 2, reference: '192.0.2.118' },
      { ...nothing, reference: '192.0.2.119', synchronised: false },
      { ...nothing, offset_s: 0.001559, reference: '192.0.2.118' },
    ]);
    expect(fieldsOf(collected)[2]).toMatchObject({ action: 'adjust', written_time: '23 Nov 17:30:41' });
  });
});

test.each([
  [
    'rawstats',
    '50928 2132.543 128.4.1.1 128.4.1.20 3102453281.584327000 3102453281.586228000 3102453332.540806000 3102453332.541458000',
  ],
  ['sysstats', '50928 2132.543 36000 81965 0 9546 56 71793 512 540 10 147 1'],
  ['usestats', '57570 83399.541 3600 0.902 1.451 164 0 0 0 2328 64226 1 0 4574'],
  ['protostats', '61365 23222.940 192.0.2.1 961a 8a sys_peer'],
])('%s is known, and rejected with what it is', (name, line) => {
  expect(ntpd.recognise(Buffer.from(`${line}\n`)).confidence).toBeGreaterThan(0.9);
  expect(read(line).rejects[0]?.reason).toContain(`ntpd's ${name}`);
});

test('the counts of ntpq -c sysstats are one record', () => {
  const { records, rejects } = read(
    'uptime:                 2767601',
    'sysstats reset:         2767601',
    'KoD responses:          0',
  );
  expect([records, rejects.length]).toEqual([1, 1]);
});
