/** What becomes of a gap by records of boots and shutdowns, by what Prometheus measured, and by scans; imported as they come. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, readCaseTimeline, type EvidenceCase } from '../../../engine/index.ts';
import { corroborate } from '../../../engine/timeline/corroboration.ts';
import type { CorroboratedGap, FoundGap } from '../../../engine/timeline/gap.ts';
import { parseInstant, type UtcMicros } from '../../../shared/time.ts';
import { newTestCase, temporaryFolder, testEngine, testJob, year2026 } from '../test-case.ts';

const FIXTURES = 'test/fixtures/prometheus-tsdb';
const HOUR = 3600;
const DAY = Date.UTC(2026, 2, 5) / 1000;

const at = (time: string): UtcMicros => parseInstant(`2026-03-05T${time}:00Z`)!;

function gap(more: Partial<FoundGap> = {}): FoundGap {
  return {
    ...{ system: 'web-1', stream: 'auditd', kind: 'silence', from: at('08:00'), to: at('14:00') },
    ...{ before: null, after: null, usual: { usualS: 60, allowedS: 3600, likelihood: null }, missing: null },
    ...more,
  };
}

const silentSyslog = gap({ stream: 'syslog', from: at('08:01'), to: at('14:01') });

async function caseOf(files: Readonly<Record<string, string>>): Promise<EvidenceCase> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const target = await newTestCase(year2026);
  const report = await importFiles(target, [folder], { system: 'web-1' }, testJob());
  expect(report.files.filter(({ outcome }) => outcome === 'refused')).toEqual([]);
  return target;
}

async function judged(
  files: Readonly<Record<string, string>>,
  ...gaps: FoundGap[]
): Promise<readonly CorroboratedGap[]> {
  const target = await caseOf(files);
  return corroborate(target.database, gaps.length === 0 ? [gap()] : gaps);
}

const says = (found: CorroboratedGap | undefined): string => found!.corroboration.map((one) => one.says).join('\n');

/** A line of an audit log at a time of the day. */
function audit(type: string, time: string, serial: number, more = ''): string {
  const stamp = `${DAY + Number(time.slice(0, 2)) * HOUR + Number(time.slice(3)) * 60}.000:${serial}`;
  return `type=${type} msg=audit(${stamp}): pid=1 uid=0 auid=4294967295 ses=4294967295 ${more} res=success\n`;
}

interface Series {
  readonly name: string;
  readonly job?: string;
  readonly instance?: string;
  /** From `from` to `to`, hours of the day, a sample every five minutes. */
  readonly values: readonly (readonly [from: number, to: number, value: number])[];
}

function answer(...series: readonly Series[]): string {
  const result = series.map(({ name, job = 'node', instance = 'web-1:9100', values }) => ({
    metric: { __name__: name, job, instance },
    values: values.flatMap(([from, to, value]) =>
      Array.from({ length: (to - from) * 12 }, (_, i) => [DAY + from * HOUR + i * 300, String(value)]),
    ),
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}

const upWithOutage: Series = {
  name: 'up',
  values: [
    [0, 8, 1],
    [8, 14, 0],
    [14, 24, 1],
  ],
};

describe('records of boots and shutdowns', () => {
  it('of the audit log prove that the host was down', async () => {
    const [stopped] = await judged({ 'audit.log': audit('SYSTEM_SHUTDOWN', '08:00', 7) });
    expect(stopped?.cause).toBe('host-down');
    expect(says(stopped)).toContain('The host was shut down at 2026-03-05T08:00:00Z.');
    const [booted] = await judged({ 'audit.log': audit('SYSTEM_BOOT', '14:00', 7) });
    expect(booted?.cause).toBe('host-down');
    expect(booted?.corroboration[0]?.cites).toEqual([{ sourceId: 1, record: 1 }]);
  });

  it('of the same second are one sentence, with all that say so', async () => {
    const line = 'Mar  5 08:00:00 web-1 systemd-logind[600]: System is rebooting.\n';
    const [found] = await judged({ 'audit.log': audit('SYSTEM_SHUTDOWN', '08:00', 7), 'syslog.log': line });
    expect(found?.corroboration.map(({ says: told, cites }) => [told, cites.length])).toEqual([
      ['The host was shut down at 2026-03-05T08:00:00Z.', 2],
    ]);
  });

  it('of the audit daemon alone do not: it may have been stopped on a host that ran', async () => {
    const stop = audit('DAEMON_END', '08:00', 7, 'op=terminate');
    const start = audit('DAEMON_START', '14:00', 9, 'op=start ver=3.0.9');
    const [found] = await judged({ 'audit.log': stop + start });
    expect(found?.cause).toBe('unknown');
    expect(says(found)).toContain('What writes auditd stopped at 2026-03-05T08:00:00Z, by its own record.');
    expect(says(found)).toContain('What writes auditd started at 2026-03-05T14:00:00Z, by its own record.');
  });

  it.each([
    ['Mar  5 13:59:30 web-1 kernel: [    0.000000] Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)'],
    ['2026-03-05T13:59:30+00:00 web-1 kernel: Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)'],
    ['Mar  5 08:00:10 web-1 systemd[1]: Reached target System Power Off.'],
    ['Mar  5 08:00:10 web-1 systemd-logind[600]: System is powering down.'],
    ['Mar  5 08:00:10 web-1 systemd-logind[600]: System is rebooting.'],
    ['Mar  5 08:00:10 web-1 systemd[1]: Reached target reboot.target - System Reboot.'],
    ['Mar  5 08:00:10 web-1 systemd[1]: Shutting down.'],
  ])('of syslog do: %s', async (line) => {
    const [found] = await judged({ 'syslog.log': `${line}\n` });
    expect(found?.cause).toBe('host-down');
  });

  it('of the journal do', async () => {
    const entry = (time: string, message: string, more: object): string =>
      JSON.stringify({
        ...{ __REALTIME_TIMESTAMP: String(at(time)), _HOSTNAME: 'web-1', PRIORITY: '6', MESSAGE: message, ...more },
      });
    const boot = entry('13:59', 'Linux version 6.1.0-18-amd64', { _TRANSPORT: 'kernel', SYSLOG_IDENTIFIER: 'kernel' });
    expect((await judged({ 'journal.json': boot }))[0]?.cause).toBe('host-down');
    const stop = entry('08:00', 'System is rebooting.', { SYSLOG_IDENTIFIER: 'systemd-logind', _PID: '600' });
    expect((await judged({ 'journal.json': stop }))[0]?.cause).toBe('host-down');
  });

  it('in other words, or of other hosts, do not', async () => {
    const lines = [
      'Mar  5 13:59:30 web-2 kernel: [    0.000000] Linux version 6.1.0-18-amd64',
      'Mar  5 13:59:31 web-1 app[9]: the service said: Linux version 6.1.0-18-amd64',
      'Mar  5 08:00:10 web-1 app[9]: Shutting down worker 3',
    ];
    expect((await judged({ 'syslog.log': `${lines.join('\n')}\n` }))[0]?.cause).toBe('unknown');
  });
});

describe('what Prometheus measured', () => {
  it('is that the host was down where its exporter did not answer and two of its logs are silent', async () => {
    const [found] = await judged({ 'up.json': answer(upWithOutage) }, gap(), silentSyslog);
    expect(found?.cause).toBe('host-down');
    expect(says(found)).toContain('No exporter of the host answered Prometheus from 2026-03-05T08:00:00Z');
    expect(says(found)).toContain('Its syslog was silent too');
  });

  it('is not, with one silent log alone, but it is told', async () => {
    const [found] = await judged({ 'up.json': answer(upWithOutage) });
    expect(found?.cause).toBe('unknown');
    expect(says(found)).toContain('No exporter of the host answered Prometheus');
  });

  it('is not, where another log spoke or another exporter answered', async () => {
    const spoke = { 'up.json': answer(upWithOutage), 'syslog.log': 'Mar  5 11:00:10 web-1 cron[1]: hello\n' };
    expect((await judged(spoke, gap(), gap({ stream: 'journald' })))[0]?.cause).toBe('stream-alone');
    const other: Series = { name: 'up', job: 'app', instance: 'web-1:8080', values: [[0, 24, 1]] };
    const [found] = await judged({ 'up.json': answer(upWithOutage, other) }, gap(), silentSyslog);
    expect(found?.cause).toBe('stream-alone');
    expect(says(found)).toContain('Its exporter answered Prometheus within the gap');
  });

  it('is this stream alone where the exporter answered meanwhile, in a gap of minutes too', async () => {
    const up: Series = { name: 'up', values: [[0, 24, 1]] };
    expect((await judged({ 'up.json': answer(up) }))[0]?.cause).toBe('stream-alone');
    const short = gap({ from: at('08:12'), to: at('08:47') });
    expect((await judged({ 'up.json': answer(up) }, short))[0]?.cause).toBe('stream-alone');
  });

  it('is that the host was started, where node_boot_time_seconds changed', async () => {
    const boot: Series = {
      name: 'node_boot_time_seconds',
      values: [
        [0, 8, DAY - 40 * 86_400],
        [14, 24, DAY + 13.9 * HOUR],
      ],
    };
    const [found] = await judged({ 'boot.json': answer(boot) });
    expect(found?.cause).toBe('host-down');
    expect(says(found)).toContain('node_boot_time_seconds changed: the host was started at 2026-03-05T13:54:00Z.');
  });

  it('is not, where node_boot_time_seconds only moved by a second', async () => {
    const boot: Series = {
      name: 'node_boot_time_seconds',
      values: [
        [0, 8, DAY - 86_400],
        [14, 24, DAY - 86_399],
      ],
    };
    expect((await judged({ 'boot.json': answer(boot) }))[0]?.cause).toBe('unknown');
  });

  const scrape = gap({ stream: 'prometheus', kind: 'scrape', target: 'node web-1:9100', usual: null });

  it('is unknown of a scrape alone, with how often it was asked in vain', async () => {
    const [found] = await judged({ 'up.json': answer(upWithOutage) }, scrape);
    expect(found?.cause).toBe('unknown');
    expect(says(found)).toMatch(
      /^Prometheus asked 71 times from 2026-03-05T08:05:00Z to 2026-03-05T13:55:00Z, and `up` was 0\.$/m,
    );
  });

  it('is of a scrape that the host was down, where two of its logs are silent', async () => {
    const [found] = await judged({ 'up.json': answer(upWithOutage) }, scrape, gap(), silentSyslog);
    expect(found?.cause).toBe('host-down');
    expect((await judged({ 'up.json': answer(upWithOutage) }, scrape, gap()))[0]?.cause).toBe('unknown');
  });

  it('is the server itself where three targets were not asked together, and not where it asked in vain', async () => {
    const systems = ['web-1', 'web-2', 'web-3'];
    const series = (values: Series['values']): string =>
      answer(...systems.map((system) => ({ name: 'up', instance: `${system}:9100`, values })));
    const gaps = systems.map((system) => ({ ...scrape, system, target: `node ${system}:9100` }));
    const notAsked = await judged(
      {
        'up.json': series([
          [0, 8, 1],
          [14, 24, 1],
        ]),
      },
      ...gaps,
    );
    expect(notAsked.map(({ cause }) => cause)).toEqual(['collector-down', 'collector-down', 'collector-down']);
    const inVain = await judged({ 'up.json': series(upWithOutage.values) }, ...gaps);
    expect(inVain.map(({ cause }) => cause)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(says(inVain[0])).toContain('3 systems were silent in prometheus together');
  });

  it('is of the outage that a driver made of a real exporter that it alone did not answer', async () => {
    const target = await newTestCase({ ...year2026, window: { from: '2026-11-21', to: '2026-11-21', zone: 'UTC' } });
    await importFiles(target, [`${FIXTURES}/live-snapshot`], {}, testJob());
    const events = readFileSync(`${FIXTURES}/live-snapshot.events.txt`, 'utf8');
    const stopped = Date.parse(/^(\S+) node_exporter stopped/m.exec(events)![1]!);
    const { gaps } = await readCaseTimeline(target, testEngine().effects.now());
    const found = gaps.find(
      ({ stream, from }) => stream === 'prometheus' && Math.abs(Number(from / 1000n) - stopped) <= 1000,
    );
    expect(found).toMatchObject({ kind: 'scrape', target: 'node 127.0.0.1:19091', cause: 'stream-alone' });
    expect(says(found)).toMatch(/Its exporter prometheus \S+ answered Prometheus meanwhile\./);
    expect(says(found)).toMatch(/Prometheus asked 3\d times .* and `up` was 0\./);
    for (const { cites } of found!.corroboration) expect(cites.length).toBeGreaterThan(0);
  });
});

describe('scans, systems that never spoke, and numbers', () => {
  const missed = (system: string): FoundGap =>
    gap({ system, stream: 'nmap', kind: 'scan-missed', from: at('00:00'), to: at('23:59'), usual: null });

  it('have an unknown cause where a whole scan is missing, and where the host spoke', async () => {
    const files = { 'syslog.log': 'Mar  5 11:00:10 web-1 cron[1]: hello\n' };
    const found = await judged(files, missed('web-1'), missed('web-2'), missed('web-3'));
    expect(found.map(({ cause }) => cause)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(says(found[0])).toContain('3 systems were not looked at by nmap');
    expect(says(found[0])).toContain('A whole scan is missing, or one was cut off.');
    expect((await judged(files, missed('web-1')))[0]?.cause).toBe('unknown');
  });

  it('cite the scan that was cut off', async () => {
    const scan = `<?xml version="1.0"?>
<nmaprun scanner="nmap" args="nmap -sS 10.0.0.0/24" start="${DAY + 9 * HOUR}" version="7.93" xmloutputversion="1.05">
<scaninfo type="syn" protocol="tcp" numservices="1" services="22"/>
<host starttime="${DAY + 9 * HOUR}" endtime="${DAY + 9 * HOUR + 5}"><status state="up" reason="syn-ack" reason_ttl="0"/>
<address addr="10.0.0.9" addrtype="ipv4"/><ports><port protocol="tcp" portid="22"><state state="open" reason="syn-ack" reason_ttl="0"/></port></ports></host>
`;
    const target = await caseOf({ 'scan.xml': scan });
    const [found] = await corroborate(target.database, [missed('web-1'), missed('web-2'), missed('web-3')]);
    expect(says(found)).toContain('A scan began at 2026-03-05T09:00:00Z and did not finish.');
  });

  it('of a system that never spoke is unknown, unless another of its streams did', async () => {
    const never = gap({ kind: 'missing', usual: null });
    expect((await judged({}, never))[0]?.cause).toBe('unknown');
    const files = { 'syslog.log': 'Mar  5 11:00:10 web-1 cron[1]: hello\n' };
    expect((await judged(files, never))[0]?.cause).toBe('stream-alone');
  });

  it('of numbers that are skipped is unknown, whatever else spoke or was started', async () => {
    const loss = gap({ kind: 'sequence-loss', missing: 7, usual: null });
    const boot = 'Mar  5 13:59:30 web-1 kernel: Linux version 6.1.0-18-amd64\nMar  5 11:00:10 web-1 cron[1]: hello\n';
    const [found] = await judged({ 'syslog.log': boot }, loss);
    expect(found).toMatchObject({ cause: 'unknown' });
    expect(says(found)).toContain('By their numbers 7 records are missing.');
  });
});

describe('the collector', () => {
  it('is cited with what it wrote of itself, within the time in which three hosts were silent', async () => {
    const line = (time: string): string =>
      `[2026/03/05 ${time}] [ warn] [engine] chunk '1-1772690400.562770377.flb' cannot be retried: task_id=0, input=tail.0 > output=http.0\n`;
    const files = {
      'fluent-bit.log': `[2026/03/05 01:00:00] [ info] [engine] started (pid=1)\n${line('09:00:00')}${line('09:10:00')}`,
    };
    const found = await judged(files, gap(), gap({ system: 'web-2' }), gap({ system: 'web-3' }));
    expect(found.map(({ cause }) => cause)).toEqual(['collector-down', 'collector-down', 'collector-down']);
    expect(says(found[1])).toContain(
      'Fluent Bit of web-1 wrote retry_exhausted 2 times, first at 2026-03-05T09:00:00Z.',
    );
  });
});
