/** timedatectl: signs, times, versions, lost parts. The words of its reports are compared in test/conformance. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { timedatectl } from '../../../../engine/formats/timedatectl/timedatectl.ts';
import { formatInstant, parseInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { expectSamePiecewise, fieldsOf, hostileFiles, readFixture, samplesOf } from '../clocks/readings.ts';

const text = (name: string): string => readFileSync(`test/fixtures/timedatectl/${name}`, 'utf8');
const takenAt = parseInstant('2026-11-21T07:14:00Z')!;
const configurationOf = (collected: Collected): Record<string, string> =>
  JSON.parse(String(collected.rows('config_items')[0]?.['configuration'])) as Record<string, string>;

describe('as item and as sample', () => {
  test('timedatectl of CentOS 7', () => {
    const collected = collectRows(timedatectl, text('jc-centos-7.7-timedatectl.out'), { system: 'db-1' });
    // jc leaves these lines out.
    expect(configurationOf(collected)['Next DST change']?.split('\n')).toHaveLength(3);
    expect(collected.records).toBe(1);
    expect(samplesOf(collected)).toEqual([
      {
        time: '2020-03-11T00:53:21Z',
        offset_s: null,
        error_s: null,
        stratum: null,
        reference: null,
        synchronised: true,
      },
    ]);
    expect(collected.rows('config_items')[0]).toMatchObject({
      provider: 'linux',
      system: 'db-1',
      resource_type: 'time_sync',
      resource_id: 'timedatectl',
      resource_name: 'timedatectl status',
    });
  });

  test('timesync-status', () => {
    const collected = collectRows(timedatectl, text('jc-generic-timedatectl-timesync-status.out'), { takenAt });
    expect(fieldsOf(collected)[0]).toMatchObject({ offset_s: -0.005224, root_distance_s: 0.000091 });
    expect(samplesOf(collected)[0]).toEqual({
      time: '2026-11-21T07:14:00Z',
      // The offset is that of the server against the clock: negative when the clock is ahead.
      offset_s: 0.005224,
      error_s: 0.033033,
      stratum: 1,
      reference: 'time.google.com',
      synchronised: null,
    });
  });
});

describe('two views of the same state', () => {
  const status = collectRows(timedatectl, text('gen-timesync-status.txt'), { takenAt });
  const shown = collectRows(timedatectl, text('gen-show-timesync.txt'), { takenAt });

  test('both give a sample, and only one of them an offset', () => {
    expect(samplesOf(shown)[0]).toMatchObject({ stratum: 3, reference: '127.0.0.2', synchronised: null });
    expect(samplesOf(status)[0]).toMatchObject({ offset_s: 0.000136, error_s: 0.000155 });
  });

  test('its timestamps are whole seconds: no offset comes from them, not 0', () => {
    expect(samplesOf(shown)[0]?.offset_s).toBeNull();
  });

  test('old versions leave out a comma', () => {
    const old = text('gen-show-timesync.txt').replace('Ignored=no, ', 'Ignored=no ');
    const collected = collectRows(timedatectl, old, { takenAt });
    expect(samplesOf(collected)).toEqual(samplesOf(shown));
    expect(fieldsOf(collected)).toEqual(fieldsOf(shown));
  });

  test('with --timestamp=us they give the offset that timesync-status prints', () => {
    const exact = text('gen-show-timesync.txt')
      .replace(
        'OriginateTimestamp=Sat 2026-11-21 07:13:38 UTC',
        'OriginateTimestamp=Sat 2026-11-21 07:13:38.500000 UTC',
      )
      .replace('ReceiveTimestamp=Sat 2026-11-21 07:13:38 UTC', 'ReceiveTimestamp=Sat 2026-11-21 07:13:38.500019 UTC')
      .replace('TransmitTimestamp=Sat 2026-11-21 07:13:38 UTC', 'TransmitTimestamp=Sat 2026-11-21 07:13:38.500030 UTC')
      .replace(
        'DestinationTimestamp=Sat 2026-11-21 07:13:38 UTC',
        'DestinationTimestamp=Sat 2026-11-21 07:13:38.500321 UTC',
      );
    const [sample] = samplesOf(collectRows(timedatectl, exact));
    expect(sample).toMatchObject({ time: '2026-11-21T07:13:38.500321Z', offset_s: 0.000136, error_s: 0.000155 });
  });
});

describe('when a report was made', () => {
  test('timesync-status does not say: without --taken-at the file is refused', () => {
    const { problem } = collectRows(timedatectl, text('gen-timesync-status.txt'));
    expect([problem?.code, problem?.remedy.includes('--taken-at')]).toEqual(['bad_request', true]);
  });

  test('show-timesync: as given, else when the last answer came, and that is said', () => {
    const given = collectRows(timedatectl, text('gen-show-timesync.txt'), { takenAt });
    expect(samplesOf(given)[0]?.time).toBe('2026-11-21T07:14:00Z');
    const not = collectRows(timedatectl, text('gen-show-timesync.txt'));
    expect(samplesOf(not)[0]?.time).toBe('2026-11-21T07:13:38Z');
    expect(not.assumptions[0]).toContain('DestinationTimestamp');
    expect(formatInstant(not.rows('config_items')[0]?.['captured'] as bigint)).toBe('2026-11-21T07:13:38Z');
  });

  test('a report that says when it was made is dated by that, whatever was given', () => {
    const collected = collectRows(timedatectl, text('jc-centos-7.7-timedatectl.out'), { takenAt });
    expect(samplesOf(collected)[0]?.time).toBe('2020-03-11T00:53:21Z');
  });
});

const SHOW = `Timezone=Europe/Berlin
LocalRTC=no
CanNTP=yes
NTP=yes
NTPSynchronized=yes
TimeUSec=Wed 2026-07-01 14:00:00 CEST
RTCTimeUSec=Wed 2026-07-01 14:00:00 CEST
`;

describe('timedatectl show', () => {
  test('its time is a wall clock in the zone that it names', () => {
    const collected = collectRows(timedatectl, SHOW);
    expect(samplesOf(collected)[0]).toMatchObject({ time: '2026-07-01T12:00:00Z', synchronised: true, offset_s: null });
    expect(configurationOf(collected)).toMatchObject({ NTP: 'yes', LocalRTC: 'no', Timezone: 'Europe/Berlin' });
    expect(
      samplesOf(collectRows(timedatectl, SHOW.replace('NTPSynchronized=yes', 'NTPSynchronized=no')))[0]?.synchronised,
    ).toBe(false);
  });

  test('in the hour that a wall clock shows twice, and without a zone, the time must be given', () => {
    const twice = SHOW.replace('2026-07-01 14:00:00 CEST', '2026-10-25 02:30:00 CEST');
    expect(collectRows(timedatectl, twice).problem?.remedy).toContain('--taken-at');
    expect(samplesOf(collectRows(timedatectl, twice, { takenAt }))[0]?.time).toBe('2026-11-21T07:14:00Z');
    expect(collectRows(timedatectl, SHOW.replace('Timezone=Europe/Berlin\n', '')).problem).toBeDefined();
    expect(collectRows(timedatectl, SHOW.replace('Europe/Berlin', 'n/a')).problem).toBeDefined();
    const utc = SHOW.replace('Timezone=Europe/Berlin\n', '').replaceAll('CEST', 'UTC');
    expect(samplesOf(collectRows(timedatectl, utc))[0]?.time).toBe('2026-07-01T14:00:00Z');
  });
});

const STATUS = `               Local time: Sat 2027-12-25 00:02:26 UTC
           Universal time: Sat 2027-12-25 00:02:26 UTC
                 RTC time: Fri 2025-10-31 05:07:35
                Time zone: UTC (UTC, +0000)
System clock synchronized: no
              NTP service: active
          RTC in local TZ: yes

Warning: The system is configured to read the RTC time in the local time zone.
         This mode cannot be fully supported. It will create various problems
         with time zone changes and daylight saving time adjustments.
`;

describe('versions and languages', () => {
  test('newer labels, and the warning about the hardware clock', () => {
    const collected = collectRows(timedatectl, STATUS);
    expect([collected.records, collected.rejects.length]).toEqual([1, 0]);
    expect(samplesOf(collected)[0]).toMatchObject({ time: '2027-12-25T00:02:26Z', synchronised: false });
    expect(configurationOf(collected)).toMatchObject({ 'NTP service': 'active', 'RTC in local TZ': 'yes' });
  });

  test.each([
    [
      'Ubuntu 16.04',
      STATUS.replace('System clock synchronized', 'NTP synchronized').replace(
        'NTP service: active',
        'Network time on: yes',
      ),
    ],
    ['systemd 237', STATUS.replace('NTP service: active', 'systemd-timesyncd.service active: yes')],
    ['the day in another language', STATUS.replaceAll('Sat 2027', '六 2027')],
  ])('%s', (_, report) => {
    const collected = collectRows(timedatectl, report);
    expect([collected.records, collected.rejects.length]).toEqual([1, 0]);
    expect(samplesOf(collected)[0]).toMatchObject({ time: '2027-12-25T00:02:26Z', synchronised: false });
  });

  test('several reports after one another, each a record', () => {
    const both = `${STATUS}${SHOW}${text('gen-timesync-status.txt')}${text('gen-show-timesync.txt')}${STATUS}`;
    const collected = collectRows(timedatectl, both, { takenAt });
    expect([collected.records, collected.rejects.length, collected.rows('config_items').length]).toEqual([5, 0, 5]);
  });
});

describe('what is no measurement', () => {
  const status = text('gen-timesync-status.txt');

  test.each([
    ['leap not synchronized', status.replace('Leap: normal', 'Leap: not synchronized')],
    ['stratum 16', status.replace('Stratum: 3', 'Stratum: 16')],
    [
      'no packets',
      '       Server: 192.0.2.1 (ntp.example.net)\nPoll interval: 0 (min: 32s; max 34min 8s)\n Packet count: 0\n',
    ],
    ['no answer yet', text('gen-show-timesync.txt').replace(/NTPMessage=.*\n/, '')],
    ['a message without packets', text('gen-show-timesync.txt').replace('PacketCount=1', 'PacketCount=0')],
    ['leap 3 in the message', text('gen-show-timesync.txt').replace('Leap=0', 'Leap=3')],
  ])('%s: no offset, not synchronised', (_, report) => {
    const collected = collectRows(timedatectl, report, { takenAt });
    expect(samplesOf(collected)[0]).toMatchObject({ offset_s: null, error_s: null, synchronised: false });
  });

  test('some properties alone do not say that there was no answer', () => {
    const collected = collectRows(timedatectl, 'ServerName=ntp.example.net\nPollIntervalUSec=32s\n', { takenAt });
    expect(samplesOf(collected)[0]).toMatchObject({ reference: 'ntp.example.net', synchronised: null });
  });
});

describe('reports that lost a part', () => {
  test.each([
    ['status without its middle', STATUS.split('\n').slice(0, 4).join('\n')],
    ['status with half a word', STATUS.replace('synchronized: no', 'synchronized: n')],
    ['show without NTPSynchronized', SHOW.split('\n').slice(0, 3).join('\n')],
    ['timesync-status without its server', text('gen-timesync-status.txt').split('\n').slice(1).join('\n')],
    ['timesync-status cut off after its offset', text('gen-timesync-status.txt').split('\n').slice(0, 9).join('\n')],
    ['timesync-status after an invalid answer', text('gen-timesync-status.txt').split('\n').slice(0, 2).join('\n')],
    ['timesync-status without its offset', text('gen-timesync-status.txt').replace(/ +Offset.*\n/, '')],
    ['an offset that is none', text('gen-timesync-status.txt').replace('-136us', '-136')],
    ['a message without its end', text('gen-show-timesync.txt').replace(/, Ignored=.*\n/, '\n')],
    ['another program', 'Filesystem: ext4\n'],
  ])('%s is rejected', (_, report) => {
    const { records, rejects, tables } = collectRows(timedatectl, report, { takenAt });
    expect([records, rejects.length, tables.size]).toEqual([1, 1, 0]);
  });

  test('hostile files are read to their end', () => {
    for (const bytes of Object.values(hostileFiles)) {
      const { tables, problem } = collectRows(timedatectl, bytes, { takenAt });
      expect([tables.size, problem]).toEqual([0, undefined]);
    }
  });
});

test('pieces of any size give the same', () => {
  for (const name of ['gen-show-timesync-all.txt', 'gen-timesync-status.txt', 'jc-centos-7.7-timedatectl.out'])
    expectSamePiecewise(timedatectl, readFixture(`timedatectl/${name}`), { takenAt });
});

describe('show-timesync, collected elsewhere', () => {
  const report = [
    'ServerName=0.arch.pool.ntp.org',
    'ServerAddress=103.47.76.177',
    'NTPMessage={ Leap=0, Version=4, Mode=4, Stratum=2, RootDelay=177.398ms, RootDispersion=142.196ms, OriginateTimestamp=Mon 2018-07-16 13:53:43 +08, ReceiveTimestamp=Mon 2018-07-16 13:53:43 +08, TransmitTimestamp=Mon 2018-07-16 13:53:43 +08, DestinationTimestamp=Mon 2018-07-16 13:53:43 +08, Ignored=no PacketCount=1, Jitter=0 }',
    'Frequency=22520548',
  ];

  test('a zone that is written as an offset tells when the last answer came', () => {
    const { rows, rejects } = collectRows(timedatectl, `${report.join('\n')}\n`);
    expect(rejects).toEqual([]);
    expect(rows('clock_samples')[0]?.['time']).toBe(parseInstant('2018-07-16T05:53:43Z'));
  });

  test('an indent changes nothing', () => {
    const indented = report.map((line) => `  ${line}`).join('\n');
    expect(timedatectl.recognise(Buffer.from(indented)).confidence).toBeGreaterThan(0.9);
    expect(collectRows(timedatectl, `${indented}\n`).rows('clock_samples')).toEqual(
      collectRows(timedatectl, `${report.join('\n')}\n`).rows('clock_samples'),
    );
  });
});
