/** ntpd's loopstats, peerstats and clockstats: every column, the signs, times, and lines that lost a part. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ntpd } from '../../../../engine/formats/ntpd/ntpd.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { expectSamePiecewise, expectUndamagedUnchanged, fieldsOf, readFixture, samplesOf } from '../clocks/readings.ts';

const text = (name: string): string => readFileSync(`test/fixtures/ntpd/${name}`, 'utf8');
const columnsOf = (name: string): readonly (readonly string[])[] =>
  text(name)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));

/** The time of a line, reckoned another way: day 51544 is the first of the year 2000. */
function instantOf(day = '', seconds = ''): string {
  const midnight = Date.UTC(2000, 0, 1) + (Number(day) - 51_544) * 86_400_000;
  return formatInstant(BigInt(midnight) * 1000n + BigInt(Math.round(Number(seconds) * 1e6)));
}

describe('loopstats', () => {
  test('every column of every line; a positive offset there is a clock that is behind', () => {
    const collected = collectRows(ntpd, text('gen-loopstats'), { system: 'web-1' });
    const lines = columnsOf('gen-loopstats');
    expect([collected.records, collected.rejects.length, lines.length]).toEqual([74, 0, 74]);
    for (const [at, [day, seconds, offset, frequency, jitter, wander, constant]] of lines.entries()) {
      expect(samplesOf(collected)[at]).toEqual({
        time: instantOf(day, seconds),
        offset_s: -Number(offset),
        error_s: null,
        stratum: null,
        reference: null,
        synchronised: null,
      });
      expect(fieldsOf(collected)[at]).toEqual({
        log: 'loopstats',
        offset_s: Number(offset),
        frequency_ppm: Number(frequency),
        jitter_s: Number(jitter),
        wander_ppm: Number(wander),
        time_constant: Number(constant),
      });
    }
  });

  test('the examples of the manuals, of ntp 4 and of xntp 3', () => {
    const lines =
      '50935 75440.031 0.000006019 13.778190 0.000351733 0.0133806 6\n48773 10847.650 0.0001307 17.3478 2\n';
    const collected = collectRows(ntpd, lines);
    expect(samplesOf(collected).map(({ time, offset_s }) => [time, offset_s])).toEqual([
      ['1998-05-02T20:57:20.031Z', -0.000006019],
      ['1992-05-31T03:00:47.65Z', -0.0001307],
    ]);
  });
});

describe('peerstats', () => {
  test('every column of every line; the error is the dispersion and half of the delay', () => {
    const collected = collectRows(ntpd, text('gen-peerstats'));
    const lines = columnsOf('gen-peerstats');
    expect([collected.records, collected.rejects.length, lines.length]).toEqual([140, 0, 140]);
    const samples = samplesOf(collected);
    const fields = fieldsOf(collected);
    let used = 0;
    for (const [at, [day, seconds, peer, status = '', ...numbers]] of lines.entries()) {
      const [offset, delay, dispersion, jitter] = numbers.map(Number);
      // Second hexadecimal digit: 4 is a candidate, 6 the system peer. First: odd is reachable.
      const isReached = Number.parseInt(status[0] ?? '', 16) % 2 === 1;
      const isUsed = '46'.includes(status[1] ?? '-');
      const isPlaceholder = offset === 0 && delay === 0 && (dispersion ?? 0) >= 8;
      const isMeasured = isReached && !isPlaceholder;
      expect(samples[at]).toEqual({
        time: instantOf(day, seconds),
        offset_s: isMeasured ? -(offset ?? NaN) : null,
        error_s: isMeasured ? Number(((dispersion ?? NaN) + (delay ?? NaN) / 2).toPrecision(12)) : null,
        stratum: null,
        reference: peer,
        synchronised: isMeasured ? (isUsed ? true : null) : false,
      });
      expect(fields[at]).toMatchObject({
        log: 'peerstats',
        status,
        reachable: isReached,
        offset_s: offset,
        delay_s: delay,
        dispersion_s: dispersion,
        jitter_s: jitter,
      });
      if (samples[at]?.synchronised === true) used++;
    }
    expect(used).toBeGreaterThan(100);
    // The reference clock SHM(1) was silent for 20 s: seven zeros that are no offsets, two of them called unreachable.
    expect(samples.filter(({ offset_s }) => offset_s === null)).toHaveLength(7);
  });

  test('the example of the manual, with and without the jitter, and peers of other kinds', () => {
    const lines = [
      '48773 10847.650 SPECTRACOM(4) 9714 -0.001605376 0.000000000 0.001424877 0.000958674',
      '48773 10847.650 127.127.4.1 9714 -0.001605 0.00000 0.00142',
      '60000 86400.500 2001:db8::1 b41a 0.010000000 0.020000000 0.001000000 0.000100000',
      '60000 0.000 ntp1.example.net 961d 0.010000000 0.020000000 0.001000000 0.000100000',
    ];
    const collected = collectRows(ntpd, `${lines.join('\n')}\n`);
    expect(
      samplesOf(collected).map(({ offset_s, error_s, synchronised }) => [offset_s, error_s, synchronised]),
    ).toEqual([
      [0.001605376, 0.001424877, true],
      [0.001605, 0.00142, true],
      [-0.01, 0.011, true],
      [-0.01, 0.011, true],
    ]);
    expect(samplesOf(collected)[2]?.time).toBe('2023-02-26T00:00:00.5Z');
  });

  test('unreachable, never measured, or the own clock: no offset of 0', () => {
    const lines = [
      '60000 1.000 192.0.2.1 8014 0.000000000 0.000000000 0.001000000 0.000000000',
      '60000 2.000 192.0.2.1 9014 0.000000000 0.000000000 16.000000000 0.000000000',
      '60000 2.500 SHM(1) 941b 0.000000000 0.000000000 8.000143415 0.000637135',
      '60000 3.000 127.127.1.0 963a 0.000000000 0.000000000 0.010000000 0.000000000',
      '60000 4.000 LOCAL(0) 963a 0.000000000 0.000000000 0.010000000 0.000000000',
    ];
    const samples = samplesOf(collectRows(ntpd, `${lines.join('\n')}\n`));
    expect(samples.map(({ offset_s, synchronised }) => [offset_s, synchronised])).toEqual(
      lines.map(() => [null, false]),
    );
  });
});

test('a clock that is half a second ahead by construction: ntpd writes -0.5, the table has +0.5', () => {
  // ntpd (clock discipline off) asked a server that shows true time - 0.5 s.
  for (const name of ['loopstats', 'peerstats']) {
    const written = columnsOf(`ahead/${name}`).map((columns) => Number(columns[name === 'loopstats' ? 2 : 4]));
    expect(Math.max(...written)).toBeLessThan(-0.48);
    for (const { offset_s } of samplesOf(collectRows(ntpd, readFixture(`ntpd/ahead/${name}`))))
      expect(offset_s).toBeCloseTo(0.5, 1);
  }
});

describe('clockstats', () => {
  test('the receiver spoke, and what it said; that is no offset', () => {
    const lines =
      '49213 525.624 127.127.4.1 93 226 00:08:29.606 D\n61365 23222.940 NMEA(0) $GPRMC,062702,A,4807.038,N\n';
    const collected = collectRows(ntpd, lines);
    expect(samplesOf(collected)).toMatchObject([
      { time: '1993-08-14T00:08:45.624Z', offset_s: null, reference: '127.127.4.1', synchronised: null },
      { time: '2026-11-21T06:27:02.94Z', offset_s: null, reference: 'NMEA(0)', synchronised: null },
    ]);
    expect(fieldsOf(collected).map(({ timecode }) => timecode)).toEqual([
      '93 226 00:08:29.606 D',
      '$GPRMC,062702,A,4807.038,N',
    ]);
  });
});

describe('lines that lost a part, and other files of ntpd', () => {
  test.each([
    ['a time that does not exist', '61365 86401.000 0.000526778 0.000000 0.000000060 0.000000 1'],
    ['a day before 1970', '40000 100.000 0.000526778 0.000000 0.000000060 0.000000 1'],
    ['loopstats with two columns too few', '61365 23222.940 0.000526778 0.000000 0.000000060'],
    ['peerstats without a dispersion', '61365 23222.940 SHM(0) 9014 0.000526778 0.000000000'],
    ['peerstats with a word for a number', '61365 23222.940 SHM(0) 9014 0.000526778 0.000000000 nan 0.000000000'],
    [
      'rawstats',
      '59786 36302.768 192.0.2.1 192.0.2.2 3867818701.119346355 3867818701.152009264 3867818701.152010426 3867818702.768490825 0 4 4 1 13 -29 0.000244 0.000488 .NIST. 0 1 2000',
    ],
    [
      'rawstats of a reference clock',
      '59786 36302.768 127.127.20.0 192.0.2.2 3867818701.119346355 3867818701.152009264 3867818701.152010426 3867818702.768490825 0 4 4 1 13',
    ],
    ['sysstats', '59935 82782.547 3600 36082754 31287166 26510580 4779042 113 19698 1997 428 4773352 0 366120'],
    ['protostats', '49213 525.624 128.4.1.1 963a 8a sys_peer'],
    ['protostats of a reference clock', '49213 525.624 127.127.4.1 963a 8a clock_event'],
    ['a comment', '# loopstats'],
  ])('%s is rejected', (_, line) => {
    const { records, rejects, tables } = collectRows(ntpd, `${line}\n`);
    expect([records, rejects.length, tables.size]).toEqual([1, 1, 0]);
  });

  test('a last line that is cut anywhere never gives another offset or bound', () => {
    for (const name of ['gen-loopstats', 'gen-peerstats']) {
      const content = text(name).trimEnd();
      const whole = samplesOf(collectRows(ntpd, content));
      const last = content.length - content.lastIndexOf('\n') - 1;
      for (let cut = 1; cut < last; cut++) {
        const { records, rejects } = collectRows(ntpd, content.slice(0, -cut));
        expect([name, cut, records, rejects.length]).toEqual([name, cut, whole.length, 1]);
      }
    }
  });

  test('a last line without a line end is kept when it is whole', () => {
    for (const name of ['gen-loopstats', 'gen-peerstats'])
      expect(collectRows(ntpd, text(name).trimEnd()).rejects).toEqual([]);
  });

  test('a tenth of the lines damaged: the others are unchanged', () => {
    for (const name of ['gen-loopstats', 'gen-peerstats']) expectUndamagedUnchanged(ntpd, text(name), () => false);
  });
});

test('pieces of any size give the same', () => {
  for (const name of ['gen-loopstats', 'gen-peerstats', 'ahead/peerstats'])
    expectSamePiecewise(ntpd, readFixture(`ntpd/${name}`), {});
});
