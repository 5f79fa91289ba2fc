import { describe, expect, it } from 'vitest';
import { tripwire } from '../../../../engine/formats/tripwire/tripwire.ts';
import { formatInstant, parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { attributesOf, changesOf, everything, report } from '../integrity-checks.ts';

const TREE = '/srv/lab/tripwire/dev/tree';
const CHECKED = parseInstant('2026-11-21T06:40:26Z');
const read = (name: string) => collectRows(tripwire, report('tripwire', name), { takenAt: CHECKED });
const levels = ['gen-check-changed.txt', ...[1, 2, 3, 4].map((level) => `gen-twprint-level${level}.txt`)];
const changed = [
  `added ${TREE}/etc/new file`,
  `changed ${TREE}/etc`,
  `changed ${TREE}/etc/hosts`,
  `changed ${TREE}/etc/passwd`,
  `removed ${TREE}/etc/group`,
];

describe('one report', () => {
  it.each(levels)('names the same files at every level: %s', (name) => {
    const all = read(name);
    expect(changesOf(all)).toEqual(changed);
    expect(all.rejects).toEqual([]);
    expect(all.rows('scans')).toMatchObject([{ tool: 'tripwire', started: CHECKED }]);
  });

  it.each(levels.filter((name) => !name.includes('level1')))('has rules, host, end and errors: %s', (name) => {
    const all = read(name);
    expect(all.rows('scans')).toMatchObject([
      {
        version: '2.4.3.7',
        completed: true,
        finished: CHECKED,
        targets: ['vm'],
        profile: '/srv/lab/tripwire/dev/tw.pol',
        scope: '8 objects; rules: Config files, Binaries, Missing dir',
      },
    ]);
    expect(all.rows('file_changes').every(({ severity, system }) => severity === '100' && system === 'vm')).toBe(true);
    // What could not be looked at is told, and is no host without findings.
    expect(all.rows('scan_targets')).toMatchObject([
      { resource: `${TREE}/none`, state: 'unknown', reason: 'File system error. No such file or directory' },
      { system: 'vm', address: '127.0.0.1', state: 'up' },
    ]);
  });

  it('says at levels 3 and 4 what changed, from what to what', () => {
    for (const level of [3, 4])
      expect(attributesOf(read(`gen-twprint-level${level}.txt`), `${TREE}/etc/passwd`)).toEqual({
        size: { old: '7', new: '9' },
        modify_time: { old: 'Sat Nov 21 06:40:14 2026', new: 'Sat Nov 21 06:40:26 2026' },
        crc32: { old: 'BwFaU2', new: 'AjF51P' },
        md5: { old: 'Bq8obwUJ58Fmq/cQhQ9E/E', new: 'DdjMyUHnTNMy5w+o06piK3' },
      });
  });

  it('is counted and not named at level 0', () => {
    const all = read('gen-twprint-level0.txt');
    expect(all.rows('scans')).toMatchObject([{ completed: true, started: CHECKED, targets: ['vm'] }]);
    expect(all.assumptions.join(' ')).toContain('A report counts 5 violations and names 0 of them');
  });

  it('needs a time at level 1, and does not count as completed there', () => {
    const undated = collectRows(tripwire, report('tripwire', 'gen-twprint-level1.txt'));
    expect(undated.problem).toMatchObject({
      code: 'bad_request',
      remedy: expect.stringContaining('--taken-at') as string,
    });
    expect(read('gen-twprint-level1.txt').rows('scans')).toMatchObject([{ completed: false }]);
  });
});

it('gives a completed scan without changes where there are no violations', () => {
  const all = read('gen-check-clean.txt');
  expect(all.rows('file_changes')).toEqual([]);
  expect(all.rows('scans')).toMatchObject([{ completed: true }]);
  expect(all.rows('scan_targets').at(-1)).toMatchObject({ system: 'vm', state: 'up', reason: 'No violations.' });
});

it('is not completed where the report is cut off, wherever that is', () => {
  const whole = Buffer.from(report('tripwire', 'gen-twprint-level4.txt'));
  const end = whole.indexOf('*** End of report');
  for (let at = 200; at < end; at += 301) {
    const all = collectRows(tripwire, whole.subarray(0, at));
    expect(all.rows('scans')).toMatchObject([{ completed: false }]);
    expect(all.rows('scans')[0]).not.toHaveProperty('finished');
  }
});

it('takes its times in the zone of the import, also as other locales write them', () => {
  const started = (written: string): string => {
    const text = `Open Source Tripwire(R) 2.4.2.2 Integrity Check Report\n\nReport created on:            ${written}\n`;
    const [scan] = collectRows(tripwire, text, { zone: 'Europe/Berlin' }).rows('scans');
    return formatInstant(scan!['started'] as bigint);
  };
  expect(started('Sat Mar  7 10:00:00 2026')).toBe('2026-03-07T09:00:00Z');
  expect(started('Sat 07 Mar 2026 10:00:00 PM CET')).toBe('2026-03-07T21:00:00Z');
  expect(started('Sat 07 Mar 2026 12:00:00 AM UTC')).toBe('2026-03-07T00:00:00Z');
});

it('reads values that are longer than their column, and names of rules that are', () => {
  const text = [
    'Tripwire(R) 2.3.0 Integrity Check Report',
    'Report created on:            Sat Mar  7 10:00:00 2026',
    '===============================================================================',
    'Rule Summary:',
    '===============================================================================',
    '* A name of a rule that is longer than its column',
    '                                  66                0        0        1        ',
    '  (/etc)',
    '===============================================================================',
    'Object Detail:',
    '===============================================================================',
    'Rule Name: A name of a rule that is longer than its column (/etc)',
    'Severity Level: 66',
    'Modified object name:  /etc/ssl/a\\"b\\xc3\\xa9',
    '',
    '  Property:            Expected                    Observed                    ',
    '  -------------        -----------                 -----------                 ',
    '  Object Type          Regular File                Regular File                ',
    '* SHA                  0123456789012345678901234567890123456789',
    '                                                   9876543210987654321098765432109876543210',
    '* UID                  root (0)                    daemon (1)                  ',
    '*** End of report ***',
  ].join('\n');
  const all = collectRows(tripwire, text);
  expect(all.rejects).toEqual([]);
  expect(all.rows('file_changes')).toMatchObject([{ path: '/etc/ssl/a"bé', kind: 'file', severity: '66' }]);
  expect(attributesOf(all, '/etc/ssl/a"bé')).toEqual({
    sha: { old: '0123456789012345678901234567890123456789', new: '9876543210987654321098765432109876543210' },
    uid: { old: 'root (0)', new: 'daemon (1)' },
  });
});

describe('robustness', () => {
  it.each([1, 7, 4096])('gives the same rows from pieces of %i bytes', (size) => {
    const bytes = report('tripwire', 'gen-twprint-level4.txt');
    expect(everything(collectRows(tripwire, inPieces(bytes, size)))).toEqual(everything(collectRows(tripwire, bytes)));
  });

  it('reads a byte order mark and carriage returns', () => {
    const text = Buffer.from(report('tripwire', 'gen-twprint-level4.txt')).toString('utf8');
    const all = collectRows(tripwire, `\ufeff${text.replaceAll('\n', '\r\n')}`);
    expect(changesOf(all)).toEqual(changed);
    expect(all.rejects).toEqual([]);
  });

  it('rejects the object with a damaged line, and keeps the others', () => {
    const text = Buffer.from(report('tripwire', 'gen-twprint-level3.txt')).toString('latin1');
    const all = collectRows(tripwire, Buffer.from(text.replace('* Mode   ', '* M\xff\x00e   '), 'latin1'));
    expect(all.rejects).toMatchObject([{ reason: 'A line of the record is not valid UTF-8.' }]);
    expect(all.rejects[0]!.raw).toContain('Modified object name:');
    expect(changesOf(all)).toEqual(changed.filter((row) => !row.endsWith('/hosts')));
    expect(all.assumptions.join(' ')).toMatch(/counts 5 violations and names 4/);
  });

  it('rejects what Tripwire does not write, and stays bounded with a long line', () => {
    const text = Buffer.from(report('tripwire', 'gen-check-clean.txt')).toString('utf8');
    const all = collectRows(tripwire, `${text}'; DROP TABLE scans; <script>\n${'x'.repeat(17 * 1024 * 1024)}\n`);
    expect(all.rejects.map(({ reason }) => reason.slice(0, 30))).toEqual([
      'The line is none that Tripwire',
      'The line is 17825792 bytes lon',
    ]);
  });

  it('refuses a file that holds no report', () => {
    expect(collectRows(tripwire, 'Note: Report is not encrypted.\n').problem?.code).toBe('damaged_file');
  });

  it('claims its own files, and no others', () => {
    for (const name of [...levels, 'gen-check-clean.txt', 'gen-twprint-level0.txt'])
      expect(tripwire.recognise(report('tripwire', name)).confidence).toBeGreaterThan(0.8);
    for (const name of ['gen-policy.txt', 'gen-exit-codes.txt'])
      expect(tripwire.recognise(report('tripwire', name)).confidence).toBe(0);
    expect(tripwire.recognise(report('aide', 'gen-check-detail.txt')).confidence).toBe(0);
    expect(tripwire.recognise(Buffer.from('')).confidence).toBe(0);
  });
});
