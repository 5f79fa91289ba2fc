import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lynis } from '../../../../engine/formats/lynis/lynis.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { expectBoundedWhenCut, expectSameInPieces } from '../check-results/promises.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';

const folder = join(import.meta.dirname, '../../../fixtures/lynis');
const fixture = (name: string): Buffer => readFileSync(join(folder, name));
const report = fixture('gen-lynis-report.dat');

const HEAD = [
  '# Lynis Report',
  'report_version_major=1',
  'report_datetime_start=2026-03-01 10:00:00',
  'hostname=web-1',
];
const reportOf = (...lines: string[]): string => [...HEAD, ...lines, ''].join('\n');

/** What the terminal showed of the same audit: text and test of each warning and suggestion. */
function shown(mark: '!' | '*'): readonly string[] {
  const text = fixture('gen-lynis.txt').toString();
  const pattern = mark === '!' ? /^ {2}! (.*) \[([A-Z0-9-]+)\] *$/gm : /^ {2}\* (.*) \[([A-Z0-9-]+)\] *$/gm;
  return [...text.matchAll(pattern)].map(([, title, test]) => `${test!}: ${title!.trim()}`);
}

const told = (read: Collected, word: string): readonly string[] =>
  read
    .rows('config_checks')
    .filter(({ status_text }) => status_text === word)
    .map(({ rule_id, title }) => `${String(rule_id)}: ${String(title)}`);

it('reads the warnings and suggestions that the terminal showed', () => {
  const read = collectRows(lynis, report);
  expect(shown('!')).toHaveLength(5);
  expect(told(read, 'warning')).toEqual(shown('!'));
  expect(shown('*').length).toBeGreaterThan(40);
  expect(told(read, 'suggestion')).toEqual(shown('*'));
  expect(read.rows('scans')).toMatchObject([
    {
      ...{ tool: 'lynis', version: '3.0.8', completed: true, score: 61, score_most: 100, targets: ['vm'] },
      started: parseInstant('2026-11-21T06:38:42Z'),
      finished: parseInstant('2026-11-21T06:39:34Z'),
      scope: 'category all; group all',
    },
  ]);
});

it('accounts for every line but the comment', () => {
  const lines = report
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const read = collectRows(lynis, report);
  expect([read.records, read.rejects.length]).toEqual([lines.length, 0]);
  for (const { record, fields } of read.rows('event_fields')) {
    const [[key, value]] = Object.entries(JSON.parse(fields as string) as Record<string, string>) as [[string, string]];
    expect(lines[record - 1]?.trimEnd()).toBe(`${key}=${value}`);
  }
});

it('gives each test that was executed or skipped a row that is no pass', () => {
  const read = collectRows(lynis, report);
  const listed = (key: string): Set<string> =>
    new Set(
      new RegExp(`^${key}=(.*)$`, 'm')
        .exec(report.toString())![1]!
        .split('|')
        .filter((test) => test !== ''),
    );
  const checks = read.rows('config_checks');
  const found = new Set(
    checks
      .filter(({ status_text }) => !['executed', 'skipped'].includes(status_text as string))
      .map(({ rule_id }) => rule_id),
  );
  const ids = (word: string): unknown[] =>
    checks.filter(({ status_text }) => status_text === word).map(({ rule_id }) => rule_id);
  expect(ids('executed')).toEqual([...listed('tests_executed')].filter((test) => !found.has(test)));
  expect(ids('skipped')).toEqual([...listed('tests_skipped')].filter((test) => !found.has(test)));
  expect(read.rows('scans')[0]?.['excluded']).toEqual([...listed('tests_skipped')]);
  expect(checks.some(({ status }) => status === 'pass')).toBe(false);
});

it('reads each kind of line', () => {
  const read = collectRows(
    lynis,
    reportOf(
      'warning[]=PKGS-7392|Found one or more vulnerable packages.|-|-|',
      'warning[]=AUTH-9308|M|No password set|-|',
      'suggestion[]=FILE-7524|Consider permissions|See log file|text:Use chmod|',
      'details[]=SSH-7408|sshd|desc:sshd option AllowTcpForwarding;field:AllowTcpForwarding;prefval:NO;value:YES;|',
      'exception_event[]=BOOT-5104:001|Unknown service manager|',
      'os=Linux',
    ),
  );
  const place = new Set(['record', 'scan_id', 'time', 'system', 'benchmark']);
  const said = (row: object): unknown => Object.fromEntries(Object.entries(row).filter(([name]) => !place.has(name)));
  expect(read.rows('config_checks').map(said)).toEqual([
    { rule_id: 'PKGS-7392', title: 'Found one or more vulnerable packages.', status: 'fail', status_text: 'warning' },
    { rule_id: 'AUTH-9308', title: 'No password set', status: 'fail', status_text: 'warning', severity: 'medium' },
    {
      ...{ rule_id: 'FILE-7524', title: 'Consider permissions', status: 'informational', status_text: 'suggestion' },
      detail: 'See log file\ntext:Use chmod',
    },
    {
      ...{ rule_id: 'SSH-7408', title: 'sshd option AllowTcpForwarding', resource: 'sshd AllowTcpForwarding' },
      ...{ status: 'informational', status_text: 'details', detail: 'expected: NO\nactual: YES' },
    },
    { rule_id: 'BOOT-5104:001', title: 'Unknown service manager', status: 'error', status_text: 'exception_event' },
  ]);
  expect(read.rows('event_fields').at(-1)).toMatchObject({ stream: 'lynis', fields: '{"os":"Linux"}' });
});

it('says when an audit did not come to its end', () => {
  const cut = collectRows(lynis, reportOf('report_datetime_end=2026-03-01 10:05:00'));
  expect(cut.rows('scans')).toMatchObject([{ completed: false }]);
  expect(cut.assumptions).toContain(
    'The report does not say that the audit came to its end: it may hold less than was found.',
  );
  const whole = collectRows(lynis, reportOf('report_datetime_end=2026-03-01 10:05:00', 'finish=true'), {
    zone: 'Asia/Kolkata',
  });
  expect(whole.rows('scans')).toMatchObject([{ completed: true, finished: parseInstant('2026-03-01T10:05:00+05:30') }]);
  expect(whole.assumptions).toEqual(['Times without an offset are taken in Asia/Kolkata.']);
});

it('knows the host of checks that stand before it', () => {
  const lines = ['lynis_version=3.1.1', 'suggestion[]=LYNIS|Old|-|-|', ...HEAD.slice(2)];
  const read = collectRows(lynis, lines.join('\n'));
  expect(read.rows('config_checks')).toMatchObject([{ system: 'web-1', time: parseInstant('2026-03-01T10:00:00Z') }]);
  expect(read.rows('config_checks')[0]?.['scan_id']).toBe(read.rows('scans')[0]?.['scan_id']);
});

it('asks for --taken-at where there is no start', () => {
  const content = 'lynis_version=3.1.1\nhostname=a\nwarning[]=A-1|Bad|-|-|\n';
  expect(collectRows(lynis, content).problem).toMatchObject({ code: 'bad_request' });
  const read = collectRows(lynis, content, { takenAt: 7_000_000n });
  expect(read.rows('config_checks')).toMatchObject([{ time: 7_000_000n, system: 'a' }]);
  expect(read.assumptions).toContain(
    'The report does not say when it was made; the time that was given for the file counts.',
  );
});

it('refuses the log, the terminal output, and two reports in one file', () => {
  const screen = fixture('gen-lynis.txt');
  const log =
    '2026-11-21 06:38:42 Starting Lynis 3.0.8 with PID 1234, build date 2021-05-31\n2026-11-21 06:38:42 ====\n';
  for (const content of [screen, Buffer.from(log)]) {
    expect(lynis.recognise(content).confidence).toBe(0.9);
    expect(collectRows(lynis, content).problem).toMatchObject({
      code: 'bad_request',
      remedy: 'Import the report instead: /var/log/lynis-report.dat, or what --report-file named.',
    });
  }
  expect(collectRows(lynis, reportOf(reportOf().replace('10:00:00', '11:00:00'))).problem?.message).toMatch(
    /^Line \d+ is the start of a second report: 2026-03-01 11:00:00\.$/,
  );
});

it('rejects lines that are none, and keeps the rest', () => {
  const bytes = Buffer.concat([
    Buffer.from(reportOf('no key here', 'warning[]=|text|', 'suggestion[]=A-1', '__proto__=x')),
    Buffer.from('bad=\xff\n', 'latin1'),
    Buffer.from('nul=\0\n'),
    Buffer.from('report_datetime_end=soon\n'),
  ]);
  const read = collectRows(lynis, bytes);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The line is no key=value.',
    'The warning names no test.',
    'The suggestion of test A-1 has no text.',
    'The line is no key=value.',
    'The line is not valid UTF-8.',
    'The line holds a NUL byte.',
    'The end "soon" is no time.',
  ]);
});

it('reads the other lines as they were when a tenth is damaged', () => {
  const lines = report
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Buffer.from(line));
  const start = lines.slice(0, 20);
  const whole = collectRows(lynis, report);
  for (const seed of [1, 2, 3]) {
    const { bytes, damaged } = damageLines(lines.slice(20), seed);
    const read = collectRows(lynis, Buffer.concat([...start.flatMap((line) => [line, Buffer.from('\n')]), bytes]));
    // The comment is the one line that is no record.
    const isDamaged = (record: number): boolean => damaged.has(record + 1 - 20);
    const undamaged = (of: Collected): unknown =>
      (['config_checks', 'event_fields'] as const).map((table) =>
        of
          .rows(table)
          .filter(
            ({ record, status_text }) => !isDamaged(record) && !['executed', 'skipped'].includes(status_text as string),
          ),
      );
    expect(read.records).toBe(whole.records);
    expect(undamaged(read)).toEqual(undamaged(whole));
  }
});

it('keeps its promises to pieces, cuts and a line without end', () => {
  expectSameInPieces(lynis, report);
  expectBoundedWhenCut(lynis, report);
  expect(collectRows(lynis, fixture('dd-lynis_one_vuln.dat')).rows('config_checks').length).toBeGreaterThan(400);
  const long = collectRows(lynis, [
    Buffer.from(reportOf('a=1')),
    ...Array.from({ length: 20 }, () => Buffer.alloc(1 << 20, 0x41)),
  ]);
  expect(long.rejects.map(({ reason }) => reason)).toEqual([expect.stringMatching(/^The line is 20971520 bytes long/)]);
});

it('recognises reports only', () => {
  const sure = (content: string): number => lynis.recognise(Buffer.from(content)).confidence;
  expect(lynis.recognise(report).confidence).toBeGreaterThan(0.95);
  expect(sure('a=b\nc=d\n')).toBe(0);
  expect(sure('')).toBe(0);
});
