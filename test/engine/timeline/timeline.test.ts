import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollUpSource } from '../../../engine/evidence/roll-ups.ts';
import { coverageLetters, findCoverage } from '../../../engine/timeline/coverage.ts';
import { DEFAULT_CLOCK_THRESHOLD_S } from '../../../engine/timeline/clock-interval.ts';
import { refreshTimeline } from '../../../engine/timeline/stored-timeline.ts';
import { fillWindowDays } from '../../../engine/timeline/window-table.ts';
import { dayOf, formatInstant, type AuditWindow } from '../../../shared/time.ts';
import { makeScratchCase, type ScratchCase } from '../store/locked/scratch-case.ts';

let scratch: ScratchCase;
beforeEach(async () => {
  scratch = await makeScratchCase();
});
afterEach(() => scratch.remove());

const march: AuditWindow = { firstDay: '2026-03-01', lastDay: '2026-03-06', zone: 'UTC' };

async function systems(...rows: readonly string[]): Promise<void> {
  await scratch.database.query(
    `INSERT INTO evidence.systems (source_id, record, system, needs, addresses, scope_from, scope_to) VALUES ${rows.join(', ')}`,
  );
}

/** Events at instants, rolled up as an import does. */
async function events(stream: string, system: string, ...times: readonly string[]): Promise<void> {
  const [{ next }] = (await scratch.database.query(
    'SELECT coalesce(max(source_id), 0) + 1 AS next FROM evidence.events',
  )) as [{ next: number }];
  const rows = times.map((time, index) => `(${next}, ${index + 1}, '${stream}', '${system}', TIMESTAMP '${time}')`);
  await scratch.database.query(
    `INSERT INTO evidence.events (source_id, record, stream, system, time) VALUES ${rows.join(', ')}`,
  );
  await scratch.database.transaction((transaction) =>
    rollUpSource(transaction, { sourceId: next, series: null, dayZone: 'UTC' }),
  );
}

async function scan(id: string, time: string, completed: boolean, ...addresses: readonly string[]): Promise<void> {
  await scanOf('tcp/syn 1-1024', 'up', { id, time, completed, addresses });
}

interface Scan {
  readonly id: string;
  readonly time: string;
  readonly completed: boolean;
  readonly addresses: readonly string[];
}

async function scanOf(scope: string | null, state: string, { id, time, completed, addresses }: Scan): Promise<void> {
  await scratch.database.query(
    `INSERT INTO evidence.scans (source_id, record, scan_id, tool, started, completed, scope) VALUES (90, 1, '${id}', 'nmap', TIMESTAMP '${time}', ${completed}, ${scope === null ? 'NULL' : `'${scope}'`})`,
  );
  for (const address of addresses) {
    await scratch.database.query(
      `INSERT INTO evidence.scan_targets (source_id, record, scan_id, time, address, state) VALUES (90, 1, '${id}', TIMESTAMP '${time}', '${address}', '${state}')`,
    );
  }
}

/** The gaps of the register as lines; nothing is declared or decided. */
async function register(window: AuditWindow): Promise<readonly string[]> {
  const nothing = { expectations: [], decisions: [], clockThresholdS: DEFAULT_CLOCK_THRESHOLD_S, asOf: 0n };
  const { gaps } = await refreshTimeline(scratch.database, { window, ...nothing });
  return gaps.map(({ system, stream, kind, from, to }) =>
    [system, stream, kind, formatInstant(from), formatInstant(to)].join(' '),
  );
}

async function letters(window: AuditWindow): Promise<Record<string, string>> {
  const coverage = await findCoverage(scratch.database, window);
  return Object.fromEntries(coverage.map((one) => [`${one.stream} ${one.system} ${one.basis}`, coverageLetters(one)]));
}

describe('coverage', () => {
  it('expects what the inventory declares, while in scope, and names the days nobody spoke', async () => {
    await systems(
      `(1, 1, 'web-1', ['auditd'], ['10.0.0.1'], NULL, NULL)`,
      `(1, 2, 'db-1', ['auditd'], ['10.0.0.2'], TIMESTAMP '2026-03-03', TIMESTAMP '2026-03-05')`,
      `(1, 3, 'log-1', ['auditd', 'syslog'], [], NULL, NULL)`,
    );
    await events('auditd', 'WEB-1', '2026-03-01 00:00:00', '2026-03-02 23:59:59.999999', '2026-03-06 12:00:00');
    await events('auditd', '10.0.0.2', '2026-03-02 10:00:00', '2026-03-03 10:00:00');
    await events('syslog', 'guest', '2026-03-02 10:00:00');
    expect(await letters(march)).toEqual({
      'auditd db-1 declared': '.++-..',
      'auditd log-1 declared': '------',
      'auditd web-1 declared': '++---+',
      'syslog guest none': '.+....',
      'syslog log-1 declared': '------',
    });
  });

  it('learns who speaks where the inventory names nobody', async () => {
    await events('cloudtrail', 'aws:123456789012', '2026-02-01 10:00:00', '2026-03-02 10:00:00');
    expect(await letters(march)).toEqual({ 'cloudtrail aws:123456789012 learned': '-+----' });
  });

  it('counts a day as scanned only by a completed scan', async () => {
    await systems(`(1, 1, 'web-1', ['nmap'], ['10.0.0.1'], NULL, NULL)`);
    await scan('a', '2026-03-01 02:00:00', true, '10.0.0.1');
    await scan('b', '2026-03-02 02:00:00', false, '10.0.0.1');
    await scan('c', '2026-03-03 02:00:00', true, '10.0.0.9');
    expect(await letters(march)).toEqual({ 'nmap web-1 declared': '+-----', 'nmap 10.0.0.9 none': '..+...' });
  });

  it('counts a day as scanned only where the host was up and the scan looked at ports', async () => {
    await systems(`(1, 1, 'web-1', ['nmap'], ['10.0.0.1'], NULL, NULL)`);
    const looks = [
      ['tcp/syn 1-1024', 'down'],
      [null, 'up'],
      ['', 'up'],
      ['ip/ipproto 0-255', 'up'],
      ['tcp/syn 1-1024', 'unknown'],
      ['ip/ipproto 0-255; udp/udp 53', 'up'],
    ] as const;
    for (const [index, [scope, state]] of looks.entries()) {
      const time = `2026-03-0${index + 1} 02:00:00`;
      await scanOf(scope, state, { id: `scan-${index}`, time, completed: true, addresses: ['10.0.0.1'] });
    }
    expect(await letters(march)).toEqual({ 'nmap web-1 declared': '-----+' });
  });

  it('gives an hour that straddles midnight to both days, where days begin on the half hour', async () => {
    const kolkata = { firstDay: '2026-03-01', lastDay: '2026-03-03', zone: 'Asia/Kolkata' };
    await systems(`(1, 1, 'a', ['auditd'], [], NULL, NULL)`, `(1, 2, 'b', ['auditd'], [], NULL, NULL)`);
    await events('auditd', 'a', '2026-03-01 18:29:59', '2026-03-01 18:30:00');
    await events('auditd', 'b', '2026-03-01 18:30:00', '2026-03-01 18:59:00');
    expect(await letters(kolkata)).toEqual({ 'auditd a declared': '++-', 'auditd b declared': '-+-' });
  });

  it('knows the 23 and 25 hours of days on which clocks change', async () => {
    const berlin = { firstDay: '2026-03-28', lastDay: '2026-03-30', zone: 'Europe/Berlin' };
    const days = await fillWindowDays(scratch.database, berlin);
    expect(days.map(({ from, to }) => Number((to - from) / 3_600_000_000n))).toEqual([24, 23, 24]);
    await events('auditd', 'a', '2026-03-29 21:59:59');
    expect(dayOf(days[1]!.to - 1_000_000n, 'Europe/Berlin')).toBe('2026-03-29');
    expect(await letters(berlin)).toEqual({ 'auditd a learned': '-+-' });
    expect(
      await scratch.database.query('SELECT day, day_to - day_from AS long FROM window_days ORDER BY day'),
    ).toHaveLength(3);
  });

  it('gives nothing for a case without evidence', async () => {
    expect(await findCoverage(scratch.database, march)).toEqual([]);
    expect(await register(march)).toEqual([]);
  });
});

describe('gaps', () => {
  it('begin with the last record and end with the first, within window and scope', async () => {
    await systems(
      `(1, 1, 'web-1', ['auditd'], [], NULL, NULL)`,
      `(1, 2, 'db-1', ['auditd', 'nmap'], ['10.0.0.2'], NULL, TIMESTAMP '2026-03-04 12:00:00')`,
      `(1, 3, 'log-1', ['auditd'], [], TIMESTAMP '2026-03-02 06:00:00', NULL)`,
    );
    await events(
      'auditd',
      'web-1',
      '2026-02-27 10:00:00',
      '2026-03-02 22:10:00',
      '2026-03-05 01:30:00',
      '2026-03-06 09:00:00',
    );
    await events('auditd', 'db-1', '2026-03-01 10:00:00');
    await scan('a', '2026-03-01 02:00:00', true, '10.0.0.2');
    await scan('b', '2026-03-04 02:00:00', true, '10.0.0.2');
    expect(await register(march)).toEqual([
      'db-1 auditd silence 2026-03-01T10:00:00Z 2026-03-04T12:00:00Z',
      'log-1 auditd missing 2026-03-02T06:00:00Z 2026-03-07T00:00:00Z',
      'web-1 auditd silence 2026-03-01T00:00:00Z 2026-03-02T22:10:00Z',
      'web-1 auditd silence 2026-03-02T22:10:00Z 2026-03-05T01:30:00Z',
      'db-1 nmap scan-missed 2026-03-02T00:00:00Z 2026-03-04T00:00:00Z',
    ]);
  });
});
