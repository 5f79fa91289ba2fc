import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollUpSource } from '../../../engine/evidence/roll-ups.ts';
import { corroborate, rankGaps } from '../../../engine/timeline/corroboration.ts';
import type { CorroboratedGap, FoundGap } from '../../../engine/timeline/gap.ts';
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { makeScratchCase, type ScratchCase } from '../store/locked/scratch-case.ts';

let scratch: ScratchCase;
beforeEach(async () => {
  scratch = await makeScratchCase();
});
afterEach(() => scratch.remove());

function at(time: string): UtcMicros {
  return parseInstant(`2026-03-${time}:00Z`)!;
}

function gap(more: Partial<FoundGap> = {}): FoundGap {
  return {
    ...{ system: 'web-1', stream: 'auditd', kind: 'silence', from: at('05T00:00'), to: at('06T00:00') },
    ...{ before: { sourceId: 70, record: 9 }, after: { sourceId: 71, record: 1 } },
    ...{ usual: { usualS: 60, allowedS: 3600, likelihood: null }, missing: null },
    ...more,
  };
}

interface Said {
  readonly stream: string;
  readonly time: string;
  readonly code?: string;
  readonly message?: string;
}

let sources = 0;
async function say(...records: readonly Said[]): Promise<number> {
  sources += 1;
  const text = (value: string | undefined): string => (value === undefined ? 'NULL' : `'${value}'`);
  const rows = records.map(
    ({ stream, time, code, message }, index) =>
      `(${sources}, ${index + 1}, '${stream}', 'web-1', make_timestamp(${at(time)}), ${text(code)}, ${text(message)})`,
  );
  await scratch.database.query(
    `INSERT INTO evidence.events (source_id, record, stream, system, time, code, message) VALUES ${rows.join(', ')}`,
  );
  await scratch.database.transaction((transaction) =>
    rollUpSource(transaction, { sourceId: sources, series: null, dayZone: 'UTC' }),
  );
  return sources;
}

async function judged(...gaps: readonly FoundGap[]): Promise<readonly CorroboratedGap[]> {
  return corroborate(scratch.database, gaps);
}

async function file(sourceId: number, path: string, first: string, last: string): Promise<void> {
  await scratch.database.query(
    `INSERT INTO sources (source_id, original_path, first_time, last_time)
     VALUES (${sourceId}, '${path}', make_timestamp(${at(first)}), make_timestamp(${at(last)}))`,
  );
}

describe('the cause of a gap', () => {
  it('is unknown where nothing else spoke', async () => {
    expect((await judged(gap()))[0]).toMatchObject({ cause: 'unknown', corroboration: [] });
  });

  it('is this stream alone where another one of the host spoke, which is cited', async () => {
    const sourceId = await say({ stream: 'syslog', time: '05T10:00' }, { stream: 'syslog', time: '05T11:00' });
    const [found] = await judged(gap());
    expect(found?.cause).toBe('stream-alone');
    expect(found?.corroboration).toEqual([
      {
        says: 'Its syslog spoke within the gap, between 2026-03-05T10:00:00Z and 2026-03-05T11:00:00Z.',
        cites: [
          { sourceId, record: 1 },
          { sourceId, record: 2 },
        ],
      },
    ]);
  });

  it('is the same in a gap of minutes within one hour', async () => {
    await say(
      { stream: 'syslog', time: '05T10:01' },
      { stream: 'syslog', time: '05T10:30' },
      { stream: 'syslog', time: '05T10:59' },
    );
    const [found] = await judged(gap({ from: at('05T10:10'), to: at('05T10:50') }));
    expect(found?.cause).toBe('stream-alone');
  });

  it('is not this stream alone where others only spoke at its ends', async () => {
    await say({ stream: 'syslog', time: '05T00:02' }, { stream: 'syslog', time: '05T23:58' });
    expect((await judged(gap()))[0]?.cause).toBe('unknown');
  });

  it('is a host that was down where it boots at the end and nothing spoke', async () => {
    const sourceId = await say({ stream: 'syslog', time: '05T23:59', message: 'Linux version 6.1.0-18-amd64' });
    expect((await judged(gap()))[0]).toMatchObject({
      cause: 'host-down',
      corroboration: [{ says: 'The host was started at 2026-03-05T23:59:00Z.', cites: [{ sourceId, record: 1 }] }],
    });
  });

  it('is a host that was down where its shutdown is the last record', async () => {
    await say({ stream: 'auditd', time: '05T00:00', code: 'SYSTEM_SHUTDOWN' });
    expect((await judged(gap()))[0]?.cause).toBe('host-down');
  });

  it('is not the host where it was started at the beginning and spoke on', async () => {
    await say(
      { stream: 'syslog', time: '05T00:05', message: 'Linux version 6.1.0-18-amd64' },
      { stream: 'syslog', time: '05T12:00' },
    );
    expect((await judged(gap()))[0]?.cause).toBe('stream-alone');
  });

  it('is the collector where three hosts were silent together, and not where two were', async () => {
    const other = (system: string): FoundGap => gap({ system, from: at('05T00:03'), to: at('06T00:04') });
    const three = await judged(gap(), other('web-2'), other('web-3'));
    expect(three.map(({ cause }) => cause)).toEqual(['collector-down', 'collector-down', 'collector-down']);
    expect(three[0]?.corroboration[0]?.says).toContain('3 systems were silent in auditd together');
    const two = await judged(gap(), other('web-2'), gap({ system: 'web-3', from: at('05T09:00') }));
    expect(two.map(({ cause }) => cause)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it('is the host for the one of them that proves it', async () => {
    await say({ stream: 'syslog', time: '05T23:59', message: 'Linux version 6.1.0-18-amd64' });
    const found = await judged(gap(), gap({ system: 'web-2' }), gap({ system: 'web-3' }));
    expect(found.map(({ cause }) => cause)).toEqual(['host-down', 'collector-down', 'collector-down']);
  });

  it('is a file where a number of the set is not there', async () => {
    await file(70, '/e/audit.log.3', '01T00:00', '05T00:00');
    await file(71, '/e/audit.log.1', '06T00:00', '09T00:00');
    const [found] = await judged(gap());
    expect(found).toMatchObject({ kind: 'truncated', cause: 'file-cut' });
    expect(found?.corroboration[0]?.says).toContain('number 2 of the set is not in the case');
  });

  it('is a file where a date of the set is not there', async () => {
    await file(69, '/e/messages-20260303', '02T00:00', '03T00:00');
    await file(68, '/e/messages-20260304', '03T00:00', '04T00:00');
    await file(70, '/e/messages-20260305', '04T00:00', '05T00:00');
    await file(71, '/e/messages-20260307', '06T00:00', '07T00:00');
    expect((await judged(gap()))[0]).toMatchObject({ kind: 'truncated', cause: 'file-cut' });
  });

  it.each([
    ['daily, by day', ['messages-20260303', 'messages-20260304', 'messages-20260305', 'messages-20260307']],
    ['weekly', ['messages-20260215.gz', 'messages-20260222.gz', 'messages-20260301.gz', 'messages-20260315.gz']],
    ['monthly', ['messages-2025-12.log', 'messages-2026-01.log', 'messages-2026-02.log', 'messages-2026-04.log']],
    ['monthly, by day', ['messages-20251201', 'messages-20260101', 'messages-20260201', 'messages-20260401']],
    ['hourly', ['messages-2026030500', 'messages-2026030501', 'messages-2026030502', 'messages-2026030505']],
  ])('is a file where a date of a set is not there: %s', async (_, names) => {
    await file(68, `/e/${names[0]}`, '01T00:00', '02T00:00');
    await file(69, `/e/${names[1]}`, '02T00:00', '03T00:00');
    await file(70, `/e/${names[2]}`, '03T00:00', '05T00:00');
    await file(71, `/e/${names[3]}`, '06T00:00', '07T00:00');
    expect((await judged(gap()))[0]).toMatchObject({ kind: 'truncated', cause: 'file-cut' });
  });

  it.each([
    ['daily', ['messages-20260303', 'messages-20260304', 'messages-20260305', 'messages-20260306']],
    ['monthly', ['messages-20251201', 'messages-20260101', 'messages-20260201', 'messages-20260301']],
    [
      'with seconds',
      ['a-20260303-1772496000', 'a-20260304-1772582400', 'a-20260305-1772668800', 'a-20260306-1772755200'],
    ],
  ])('is none where no date of a set is left out: %s', async (_, names) => {
    await file(68, `/e/${names[0]}`, '01T00:00', '02T00:00');
    await file(69, `/e/${names[1]}`, '02T00:00', '03T00:00');
    await file(70, `/e/${names[2]}`, '03T00:00', '05T00:00');
    await file(71, `/e/${names[3]}`, '06T00:00', '07T00:00');
    expect((await judged(gap()))[0]).toMatchObject({ kind: 'silence', cause: 'unknown' });
  });

  it('is a file that many hosts write into, whichever of them spoke last', async () => {
    await file(70, '/e/all.log.3', '01T00:00', '05T02:00');
    await file(71, '/e/all.log.1', '05T23:00', '09T00:00');
    expect((await judged(gap()))[0]).toMatchObject({ kind: 'truncated', cause: 'file-cut' });
  });

  it('is no file where the two of them leave little of the gap open', async () => {
    await file(70, '/e/all.log.3', '01T00:00', '05T15:00');
    await file(71, '/e/all.log.1', '05T23:00', '09T00:00');
    expect((await judged(gap()))[0]).toMatchObject({ kind: 'silence', cause: 'unknown', corroboration: [] });
  });

  it('stays a silence between files that follow each other, which is told', async () => {
    await file(70, '/e/audit.log.2', '01T00:00', '05T00:00');
    await file(71, '/e/audit.log.1', '06T00:00', '09T00:00');
    const [plain] = await judged(gap());
    expect(plain).toMatchObject({ kind: 'silence', cause: 'unknown' });
    expect(plain?.corroboration[0]?.says).toContain('before its successor in the rotated set');
    expect((await judged(gap({ missing: 12 })))[0]).toMatchObject({ kind: 'truncated', cause: 'file-cut' });
  });
});

describe('a target that Prometheus was told to ask no more', () => {
  it('is told by the stale marker on its up', async () => {
    const up = `1, 'up', MAP {'job': 'node', 'instance': 'web-1:9100'}, 'web-1', true`;
    await scratch.database.query(
      `INSERT INTO evidence.metric_series (source_id, record, series_id, name, labels, system, samples_kept) VALUES (5, 1, ${up})`,
    );
    await scratch.database.query(
      `INSERT INTO evidence.metric_presence (source_id, record, series_id, "from", "to", samples, interval_ms, ended_by, stale_at)
       VALUES (5, 1, 1, make_timestamp(${at('01T00:00')}), make_timestamp(${at('05T00:00')}), 100, 15000, 'stale', make_timestamp(${at('05T00:01')}))`,
    );
    await scratch.database.query(
      `INSERT INTO evidence.text_samples VALUES (5, 1, 1, make_timestamp(${at('05T00:00')}), 1), (5, 1, 1, make_timestamp(${at('06T00:00')}), 1)`,
    );
    const scrape = gap({ stream: 'prometheus', kind: 'scrape', target: 'node web-1:9100', before: null, after: null });
    const [found] = await judged(scrape);
    expect(found?.cause).toBe('unknown');
    expect(found?.corroboration).toEqual([
      {
        says: 'A stale marker ended `up` at 2026-03-05T00:01:00Z: Prometheus was told to ask this target no more.',
        cites: [{ sourceId: 5, record: 1 }],
      },
    ]);
  });
});

describe('the order of gaps', () => {
  it('has what auditors fear first, then the longest against what is usual', async () => {
    const make = (cause: CorroboratedGap['cause'], to: string): CorroboratedGap => ({
      ...gap({ to: at(to) }),
      ...{ cause, corroboration: [] },
    });
    const ranked = rankGaps([
      make('host-down', '09T00:00'),
      make('stream-alone', '05T06:00'),
      make('stream-alone', '07T00:00'),
    ]);
    expect(ranked.map(({ cause, to }) => `${cause} ${to}`)).toEqual([
      `stream-alone ${at('07T00:00')}`,
      `stream-alone ${at('05T06:00')}`,
      `host-down ${at('09T00:00')}`,
    ]);
  });
});
