/** What ntpq prints, the signs, the units, and what is no measurement. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ntpd } from '../../../../engine/formats/ntpd/ntpd.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { expectSamePiecewise, fieldsOf, hostileFiles, readFixture, samplesOf } from '../clocks/readings.ts';

const text = (name: string): string => readFileSync(`test/fixtures/ntpd/${name}`, 'utf8');
const takenAt = parseInstant('2026-11-21T06:30:00Z')!;
const HEADING = '     remote           refid      st t when poll reach   delay   offset   jitter\n';
const peers = (...lines: string[]) => samplesOf(collectRows(ntpd, `${HEADING}${lines.join('\n')}\n`, { takenAt }));

describe('ntpq -p', () => {
  test('milliseconds, and the offset is that of the server: its sign is turned', () => {
    expect(peers('*72.5.72.15      216.218.254.202  2 u   63   64  377   22.654    0.231   1.964')).toEqual([
      {
        time: '2026-11-21T06:30:00Z',
        offset_s: -0.000231,
        error_s: null,
        stratum: 2,
        reference: '72.5.72.15',
        synchronised: true,
      },
    ]);
  });

  test('tallies: the system peer and those combined with it discipline the clock', () => {
    const tallies = [' ', 'x', '.', '-', '+', '#', '*', 'o'];
    const samples = peers(
      ...tallies.map(
        (tally) => `${tally}192.0.2.1       .GPS.            1 u   40   64  377   95.876  -65.426   4.502`,
      ),
    );
    expect(samples.map(({ synchronised }) => synchronised)).toEqual([null, null, null, null, true, null, true, true]);
    expect(samples.every(({ offset_s }) => offset_s === 0.065426)).toBe(true);
  });

  test.each([
    ['never reached', ' 192.0.2.1       .INIT.          16 u    -   64    0    0.000    0.000   0.000'],
    ['no longer reached', '*192.0.2.1       .GPS.            1 u   2h   64    0   95.876  -65.426   4.502'],
    ['not synchronised itself', '+192.0.2.1       .STEP.          16 u   40   64  377   95.876  -65.426   4.502'],
    ['a pool', ' 0.debian.pool.n .POOL.          16 p    -   64    0    0.000    0.000   0.000'],
    ['silent since the last poll', '+SHM(1)          .PPS.            0 l   12    2  376   0.0000   0.0000   0.6371'],
    ['the own clock', '*LOCAL(0)        .LOCL.           5 l    7   64  377    0.000    0.000   0.001'],
  ])('%s: no offset, not synchronised', (_, line) => {
    expect(peers(line)[0]).toMatchObject({ offset_s: null, error_s: null, synchronised: false });
  });

  test('a server that has nothing but its own clock was measured all the same', () => {
    expect(peers('*192.0.2.1       .LOCL.           6 u   40   64  377   95.876  -65.426   4.502')[0]?.offset_s).toBe(
      0.065426,
    );
  });

  test('other tables: units (-u), long names in a line of their own (-w), apeers, opeers with the dispersion', () => {
    const units = peers('*192.0.2.1       .GPS.            1 u   40   64  377  95.88ms -466.7us  4.502ms');
    expect(units[0]?.offset_s).toBe(0.0004667);
    const long = collectRows(
      ntpd,
      `${HEADING}==============\n*2001:db8:1234:5678:9abc:def0:1234:5678\n                 .GPS.            1 u   40   64  377   95.876  -65.426   4.502\n`,
      { takenAt },
    );
    expect([long.records, long.rejects.length]).toEqual([1, 0]);
    expect(samplesOf(long)[0]).toMatchObject({
      reference: '2001:db8:1234:5678:9abc:def0:1234:5678',
      offset_s: 0.065426,
    });
    const withId = collectRows(
      ntpd,
      '     remote       refid   assid  st t when poll reach   delay   offset   jitter\n*192.0.2.1   c0000201 17767   1 u   40   64  377   95.876  -65.426   4.502\n',
      { takenAt },
    );
    expect(fieldsOf(withId)[0]).toMatchObject({ association: '17767' });
    const dispersed = collectRows(
      ntpd,
      '     remote           local      st t when poll reach   delay   offset     disp\n*192.0.2.1       192.0.2.9        1 u   40   64  377  100.000  -65.426   4.500\n',
      { takenAt },
    );
    expect(samplesOf(dispersed)[0]).toMatchObject({ offset_s: 0.065426, error_s: 0.0545 });
  });

  test('several reports after one another; a line that lost a column is rejected', () => {
    const both = `${text('gen-ntpq-p-mid.txt')}${text('gen-ntpq-as-mid.txt')}${text('gen-ntpq-rv-mid.txt')}${text('gen-ntpq-p-end.txt')}`;
    const collected = collectRows(ntpd, both, { takenAt });
    expect([collected.records, collected.rejects.length]).toEqual([3 + 3 + 1 + 3, 0]);
    const cut = collectRows(ntpd, `${HEADING}*192.0.2.1       .GPS.            1 u   40   64  377   95.876  -65.426`, {
      takenAt,
    });
    expect(cut.rejects[0]?.reason).toContain('cut off');
  });

  test('without --taken-at the file is refused', () => {
    const { problem } = collectRows(ntpd, text('gen-ntpq-p-mid.txt'));
    expect([problem?.code, problem?.remedy.includes('--taken-at')]).toEqual(['bad_request', true]);
  });
});

const SYNCHRONISED = `associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,
version="ntpd 4.2.8p15@1.3728-o Fri Feb 17 18:43:26 UTC 2023 (1)",
processor="x86_64", system="Linux/6.2.1", leap=00, stratum=2,
precision=-24, rootdelay=0.137, rootdisp=71.062, refid=192.0.2.252,
reftime=e7e92c1d.8a69a49c  Tue, Apr 18 2023 15:47:57.540,
clock=e7e92c95.bff11931  Tue, Apr 18 2023 15:49:57.749, peer=12183, tc=7,
mintc=3, offset=+0.156207, frequency=+1.166, sys_jitter=0.120063,
clk_jitter=0.187, clk_wander=0.013
`;

describe('ntpq -c rv', () => {
  test('of ntp.org: its clock says when (the hexadecimal is UTC, the date after it local), offset and root distance are milliseconds', () => {
    const collected = collectRows(ntpd, SYNCHRONISED);
    expect(samplesOf(collected)).toEqual([
      {
        time: '2023-04-18T14:49:57.749772Z',
        offset_s: -0.000156207,
        error_s: 0.0711305,
        stratum: 2,
        reference: '192.0.2.252',
        synchronised: true,
      },
    ]);
    expect(fieldsOf(collected)[0]).toEqual({
      report: 'system variables',
      associd: '0',
      status: '0615',
      status_text: 'leap_none, sync_ntp, 1 event, clock_sync',
      version: 'ntpd 4.2.8p15@1.3728-o Fri Feb 17 18:43:26 UTC 2023 (1)',
      processor: 'x86_64',
      system: 'Linux/6.2.1',
      leap: '00',
      stratum: '2',
      precision: '-24',
      rootdelay: '0.137',
      rootdisp: '71.062',
      refid: '192.0.2.252',
      reftime: 'e7e92c1d.8a69a49c  Tue, Apr 18 2023 15:47:57.540',
      clock: 'e7e92c95.bff11931  Tue, Apr 18 2023 15:49:57.749',
      peer: '12183',
      tc: '7',
      mintc: '3',
      offset: '+0.156207',
      frequency: '+1.166',
      sys_jitter: '0.120063',
      clk_jitter: '0.187',
      clk_wander: '0.013',
    });
  });

  test.each(['early', 'mid', 'end'])(
    'of ntpsec, %s: leap 11 is not synchronised, and its offset=0.0 is none',
    (moment) => {
      const report = text(`gen-ntpq-rv-${moment}.txt`);
      const collected = collectRows(ntpd, report);
      const clock = /clock=\S+ (\S+)Z/.exec(report.replaceAll('\n', ' '))?.[1] ?? '';
      expect(samplesOf(collected)[0]).toMatchObject({
        stratum: 1,
        reference: 'GPS',
        offset_s: null,
        error_s: null,
        synchronised: false,
      });
      expect(samplesOf(collected)[0]?.time.startsWith(clock.replace(/0+$/, ''))).toBe(true);
      expect(fieldsOf(collected)[0]).toMatchObject({ offset: '0.0', leap: '11', version: 'ntpd ntpsec-1.2.2' });
    },
  );

  test.each([
    ['stratum 16', SYNCHRONISED.replace('stratum=2', 'stratum=16')],
    ['leap_alarm', SYNCHRONISED.replace('leap_none', 'leap_alarm')],
    ['no system peer', SYNCHRONISED.replace('sync_ntp', 'sync_unspec')],
    ['the own clock', SYNCHRONISED.replace('sync_ntp', 'sync_local').replace('192.0.2.252', 'LOCAL(0)')],
  ])('%s: no offset', (_, report) => {
    expect(samplesOf(collectRows(ntpd, report))[0]).toMatchObject({
      offset_s: null,
      error_s: null,
      synchronised: false,
    });
  });

  test('old versions: assID, no association id, other names', () => {
    const old = `assID=0 status=06f4 leap_none, sync_ntp, 15 events, event_peer/strat_chg,
version="ntpd 4.2.4p7@1.1607-o", leap=00, stratum=3,
precision=-20, rootdelay=81.469, rootdispersion=176.829, peer=59651,
refid=192.0.2.41, clock=ce33fe7e.4d15c9c5  Mon, Aug 17 2009 18:06:22.301, state=4,
offset=-46.921, frequency=11.491
`;
    expect(samplesOf(collectRows(ntpd, old))[0]).toMatchObject({
      time: '2009-08-17T16:06:22.301113Z',
      offset_s: 0.046921,
      error_s: 0.2175635,
      stratum: 3,
    });
    const oldest = old.replace('assID=0 ', '').replace('offset=', 'phase=');
    const collected = collectRows(ntpd, oldest);
    expect(samplesOf(collected)[0]).toMatchObject({ offset_s: 0.046921, synchronised: true });
    expect(collected.assumptions[0]).toContain('without an association id');
  });

  test('some of the variables: their time must be given', () => {
    expect(samplesOf(collectRows(ntpd, 'offset=0.504\n', { takenAt }))[0]).toMatchObject({
      offset_s: -0.000504,
      synchronised: null,
    });
    expect(collectRows(ntpd, 'offset=0.504\n').problem?.remedy).toContain('--taken-at');
    expect(collectRows(ntpd, 'colour=red\n', { takenAt }).rejects).toHaveLength(1);
    expect(collectRows(ntpd, SYNCHRONISED.replace('+0.156207', 'soon')).rejects).toHaveLength(1);
  });

  test('of a peer: its last packet says when, unless a time was given', () => {
    const peer = `associd=17767 status=961a conf, reach, sel_sys.peer, 1 event, sys_peer,
srcadr=192.0.2.7, srcport=123, leap=00, stratum=2, precision=-24,
rootdelay=84.906, rootdisp=68.909, refid=192.0.2.4,
rec=de3693e4.feec140c  Tue, Feb 20 2018 12:32:36.995, reach=377,
offset=-2.937, delay=20.000, dispersion=1.500, jitter=0.4,
filtdelay=    20.0   21.0, filtoffset=   -2.9   -2.8
`;
    expect(samplesOf(collectRows(ntpd, peer))[0]).toEqual({
      time: '2018-02-20T12:32:36.995789Z',
      offset_s: 0.002937,
      error_s: 0.0115,
      stratum: 2,
      reference: '192.0.2.7',
      synchronised: true,
    });
    expect(samplesOf(collectRows(ntpd, peer, { takenAt }))[0]?.time).toBe('2026-11-21T06:30:00Z');
    const unreached = peer.replace('reach=377', 'reach=000');
    expect(samplesOf(collectRows(ntpd, unreached))[0]).toMatchObject({ offset_s: null, synchronised: false });
  });

  test('a time after 2036, when NTP begins to count again', () => {
    const later = SYNCHRONISED.replace('clock=e7e92c95.bff11931', 'clock=00000001.80000000');
    expect(samplesOf(collectRows(ntpd, later))[0]?.time).toBe('2036-02-07T06:28:17.5Z');
  });
});

describe('ntpq -c as and -c kerninfo', () => {
  test('associations have no offsets, but say which is used', () => {
    const samples = samplesOf(collectRows(ntpd, text('gen-ntpq-as-mid.txt'), { takenAt }));
    expect(samples.map(({ reference, offset_s, synchronised }) => [reference, offset_s, synchronised])).toEqual([
      ['association 17767', null, true],
      ['association 17768', null, true],
      ['association 17769', null, false],
    ]);
  });

  test.each(['early', 'mid', 'end'])('the kernel of a clock that was never synchronised, %s: no offset', (moment) => {
    const collected = collectRows(ntpd, text(`gen-ntpq-kerninfo-${moment}.txt`), { takenAt });
    expect(collected.records).toBe(1);
    expect(samplesOf(collected)[0]).toMatchObject({
      reference: 'kernel',
      offset_s: null,
      error_s: null,
      synchronised: false,
    });
    expect(fieldsOf(collected)[0]).toMatchObject({
      system_status: 'c416',
      kernel_status: 'pll',
      precision: '1e-06',
    });
  });

  test('seconds and milliseconds of the errors are told apart by the precision; the offset has no unit to rely on', () => {
    const synchronised = text('gen-ntpq-kerninfo-mid.txt')
      .replace('status=c416 leap_alarm', 'status=0615 leap_none')
      .replace('pll offset:                       0', 'pll offset:                   0.002');
    const collected = collectRows(ntpd, synchronised, { takenAt });
    expect(samplesOf(collected)[0]).toMatchObject({ offset_s: null, error_s: 0.040516, synchronised: true });
    expect(fieldsOf(collected)[0]).toMatchObject({ pll_offset: '0.002', estimated_error_s: 0.000016 });
    const millis = synchronised.replace('1e-06', '0.001').replace('0.040516', '40.516');
    expect(samplesOf(collectRows(ntpd, millis, { takenAt }))[0]).toMatchObject({ offset_s: null, error_s: 0.040516 });
    expect(collectRows(ntpd, synchronised.replace('1e-06', '1'), { takenAt }).rejects[0]?.reason).toContain('unit');
    const unsynchronised = synchronised.replace(/pll$/m, 'pll unsync');
    expect(samplesOf(collectRows(ntpd, unsynchronised, { takenAt }))[0]).toMatchObject({
      error_s: null,
      synchronised: false,
    });
  });

  test('the kernel of three reports is one whose largest error grows by 500 millionths', () => {
    const [early, mid, end] = ['early', 'mid', 'end'].map((moment) =>
      Number(fieldsOf(collectRows(ntpd, text(`gen-ntpq-kerninfo-${moment}.txt`), { takenAt }))[0]?.['maximum_error_s']),
    );
    // 75 s and 67 s apart; had the unit been milliseconds, it would have grown by half a millionth.
    expect((mid ?? NaN) - (early ?? NaN)).toBeCloseTo(75 * 500e-6, 6);
    expect((end ?? NaN) - (mid ?? NaN)).toBeCloseTo(67 * 500e-6, 6);
  });
});

test('ntpq that could not ask ntpd', () => {
  for (const message of [
    '/usr/sbin/ntpq: read: Connection refused',
    '***Request timed out',
    "No association ID's returned",
  ]) {
    const { records, rejects, tables } = collectRows(ntpd, `${message}\n`, { takenAt });
    expect([records, rejects.length, tables.size]).toEqual([1, 1, 0]);
  }
});

test('hostile files are read to their end', () => {
  for (const [name, bytes] of Object.entries(hostileFiles)) {
    const { problem, rows } = collectRows(ntpd, bytes, { takenAt });
    expect([name, problem]).toEqual([name, undefined]);
    expect(rows('clock_samples').length).toBeLessThanOrEqual(1);
  }
  expect(({} as Record<string, unknown>)['leap']).toBeUndefined();
});

test('pieces of any size give the same', () => {
  const names = readdirSync('test/fixtures/ntpd').filter(
    (name) => /ntpq|insights/.test(name) && !name.endsWith('.json'),
  );
  for (const name of names) expectSamePiecewise(ntpd, readFixture(`ntpd/${name}`), { takenAt });
});
