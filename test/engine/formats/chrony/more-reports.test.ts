/** ntpdata, and what chronyc prints beside it that says nothing of the offset. */
import { describe, expect, test } from 'vitest';
import { chrony } from '../../../../engine/formats/chrony/chrony.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { expectSamePiecewise, fieldsOf, readFixture, samplesOf } from '../clocks/readings.ts';

const takenAt = parseInstant('2026-11-25T16:49:44Z')!;
const text = (name: string): string => Buffer.from(readFixture(`chrony/${name}`)).toString('utf8');

describe('chronyc ntpdata', () => {
  test('its offset is positive when the clock is behind: the signs are those of sources of the same moment', () => {
    const collected = collectRows(chrony, text('ahead/ntpdata.txt'), { takenAt });
    expect([collected.records, collected.rejects]).toEqual([2, []]);
    expect(samplesOf(collected)).toEqual([
      {
        time: '2026-11-25T16:49:44Z',
        offset_s: -0.000833339,
        error_s: 0.00126386,
        stratum: 2,
        reference: '127.0.0.1',
        synchronised: null,
      },
      {
        time: '2026-11-25T16:49:44Z',
        offset_s: -0.750035286,
        error_s: 0.0003946165,
        stratum: 2,
        reference: '127.0.0.2',
        synchronised: null,
      },
    ]);
    const measured = fieldsOf(collectRows(chrony, text('ahead/ntpdata-sources.csv'), { takenAt }));
    expect(samplesOf(collected).map(({ offset_s }) => offset_s)).toEqual(
      measured.map(({ measured_offset_s }) => measured_offset_s),
    );
  });

  test('text and CSV of the same moment give the same rows', () => {
    const ofText = collectRows(chrony, text('ahead/ntpdata.txt'), { takenAt });
    const ofCsv = collectRows(chrony, text('ahead/ntpdata.csv'), { takenAt });
    expect(samplesOf(ofCsv)).toEqual(samplesOf(ofText));
    expect(ofCsv.rejects).toEqual([]);
  });

  test('without the time at which it was made there is no row', () => {
    expect(collectRows(chrony, text('ahead/ntpdata.txt')).problem?.remedy).toContain('--taken-at');
  });

  test.each([
    ['never answered', /^Total valid RX.*$/m, 'Total valid RX  : 0'],
    ['not synchronised itself', /^Leap status.*$/m, 'Leap status     : Not synchronised'],
    ['its answers failed a test', /^NTP tests.*$/m, 'NTP tests       : 111 011 1111'],
    ['no stratum', /^Stratum.*$/m, 'Stratum         : 0'],
  ])('a server that %s gives no offset', (_, line, instead) => {
    const report = text('ahead/ntpdata.txt').replace(line, instead);
    expect(samplesOf(collectRows(chrony, report, { takenAt }))[0]).toMatchObject({
      offset_s: null,
      synchronised: false,
    });
  });

  test('a report that was cut off is rejected as one record, the one before it is kept', () => {
    const whole = text('ahead/ntpdata.txt');
    const { rejects, records } = collectRows(chrony, whole.slice(0, whole.lastIndexOf('Peer delay')), { takenAt });
    expect([records, rejects.length]).toEqual([2, 1]);
    expect(rejects[0]?.reason).toContain('cut off');
  });

  test('tracking after ntpdata begins a report of its own, though both have a stratum', () => {
    const both = `${text('ahead/ntpdata.txt')}\n${text('ahead/tracking.txt')}`;
    const collected = collectRows(chrony, both, { takenAt });
    expect([collected.records, collected.rejects]).toEqual([3, []]);
    expect(fieldsOf(collected).map(({ report }) => report)).toEqual(['ntpdata', 'ntpdata', 'tracking']);
  });

  test('in pieces of any size', () => {
    expectSamePiecewise(chrony, readFixture('chrony/ahead/ntpdata.txt'), { takenAt });
  });
});

test('reports that were collected with an indent are read like others', () => {
  const indented = text('ahead/tracking.txt').replaceAll(/^/gm, '    ');
  const plain = collectRows(chrony, text('ahead/tracking.txt'), { takenAt });
  expect(samplesOf(collectRows(chrony, indented, { takenAt }))).toEqual(samplesOf(plain));
  expect(chrony.recognise(Buffer.from(indented)).confidence).toBeGreaterThan(0.9);
});

test.each(['gen-chronyc-activity-end.txt', 'gen-chronyc-activity-unreach.txt'])(
  '%s is known, and is one record that says nothing of the offset',
  (name) => {
    const { records, rejects, problem } = collectRows(chrony, text(name), { takenAt });
    expect([records, rejects.length, problem]).toEqual([1, 1, undefined]);
    expect(rejects[0]?.reason).toBe('It is of chronyc activity, which does not say how far the clock is off.');
  },
);

test('UTF-16, as a shell of Windows saves what it got from ssh', () => {
  const bytes = Buffer.from(`\ufeff${text('ahead/tracking.txt').replaceAll('\n', '\r\n')}`, 'utf16le');
  const plain = collectRows(chrony, text('ahead/tracking.txt'), { takenAt });
  expect(samplesOf(collectRows(chrony, bytes, { takenAt }))).toEqual(samplesOf(plain));
});
