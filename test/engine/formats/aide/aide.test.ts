import { describe, expect, it } from 'vitest';
import { aide } from '../../../../engine/formats/aide/aide.ts';
import { formatInstant, parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { seededRandom } from '../damage.ts';
import { attributesOf, changesOf, everything, report } from '../integrity-checks.ts';

const ROOT = '/srv/lab/aide/dev/root';
const read = (name: string) => collectRows(aide, report('aide', name));
const json = read('gen-check-changed.json');
const CHECKED = parseInstant('2026-11-21T06:40:13Z');

describe('reports of one check', () => {
  it('are the same in text as in JSON', () => {
    const text = read('gen-check-changed.txt');
    const rows = (all: typeof text) => all.rows('file_changes').map(({ record: _, scan_id: __, ...row }) => row);
    expect(rows(text)).toHaveLength(12);
    expect(rows(text)).toEqual(rows(json));
  });

  it.each(['gen-check-level.txt', 'gen-check-detail.txt', 'gen-update.txt', 'gen-compare.txt'])(
    'name the same files at other levels: %s',
    (name) => {
      const all = read(name);
      expect(changesOf(all)).toEqual(changesOf(json));
      expect(all.rejects).toEqual([]);
      expect(all.problem).toBeUndefined();
    },
  );

  it('say what changed, from what to what', () => {
    expect(attributesOf(json, `${ROOT}/etc/shadow`)).toEqual({
      perm: { old: '-rw-r--r--', new: '-rw-rw-rw-' },
      change_time: { old: '2026-11-21 06:40:11 +0000', new: '2026-11-21 06:40:13 +0000' },
    });
    const text = read('gen-check-changed.txt');
    expect(attributesOf(text, `${ROOT}/bin/ls`)).toMatchObject({
      sha256: {
        old: 'yzDWmyQkW/Ls3J5/U7utGRWZmZcLbYLAwAx9MtnjeqQ=',
        new: 'sEe+xvj+14rZxZyO2iTWdy1Ruqdm/A9x9ZNtRSZ+QDY=',
      },
    });
  });

  it('say of added and removed files what they are, where the level gives it', () => {
    const all = read('gen-check-detail.txt');
    expect(attributesOf(all, `${ROOT}/etc/cron.new`)).toMatchObject({
      size: { old: null, new: '4' },
      sha256: { old: null, new: '7aa7a5359173d05b63cfd682e3c38487f3cb4f7f1d60659fe59fab1505977d4c' },
    });
    expect(attributesOf(all, `${ROOT}/etc/group`)).toMatchObject({ size: { old: '17', new: null } });
  });

  it('give a scan with its own times, that finished', () => {
    expect(json.rows('scans')).toMatchObject([
      { tool: 'aide', version: '0.18.3', started: CHECKED, finished: CHECKED, completed: true },
    ]);
  });
});

it('gives a completed scan without changes where nothing differs, and where a database is made', () => {
  for (const name of ['gen-check-clean.txt', 'gen-init.txt']) {
    const all = read(name);
    expect(all.rows('file_changes')).toEqual([]);
    expect(all.rows('scans')).toMatchObject([{ completed: true }]);
    expect(all.rows('scan_targets')).toMatchObject([{ state: 'up', resource: 'filesystem' }]);
  }
});

it('is not completed where the report is cut off, wherever that is', () => {
  const whole = Buffer.from(report('aide', 'gen-check-changed.txt'));
  const end = whole.indexOf('End timestamp');
  for (let at = 100; at < end; at += 97) {
    const all = collectRows(aide, whole.subarray(0, at));
    expect(all.rows('scans')).toMatchObject([{ completed: false }]);
    expect(all.rows('scans')[0]).not.toHaveProperty('finished');
  }
  const cut = collectRows(aide, Buffer.from(report('aide', 'gen-check-changed.json')).subarray(0, 4000));
  expect(cut.problem?.code).toBe('damaged_file');
});

describe('the time of a report', () => {
  const start = (written: string): string =>
    formatInstant(
      collectRows(
        aide,
        `Start timestamp: ${written}\nAIDE found NO differences between database and filesystem. Looks okay!!\n`,
        { zone: 'Europe/Berlin' },
      ).rows('scans')[0]!['started'] as bigint,
    );

  it('honours its offset, and takes one without in the zone of the import', () => {
    expect(start('2026-03-01 10:00:00 -0500 (AIDE 0.17.4)')).toBe('2026-03-01T15:00:00Z');
    expect(start('2026-03-01 10:00:00')).toBe('2026-03-01T09:00:00Z');
  });

  it('is asked for where the report has none', () => {
    const minimal = 'AIDE found differences between database and filesystem!!\n';
    expect(collectRows(aide, minimal).problem).toMatchObject({
      code: 'bad_request',
      remedy: expect.stringContaining('--taken-at') as string,
    });
    const dated = collectRows(aide, minimal, { takenAt: CHECKED });
    expect(dated.rows('scans')).toMatchObject([{ started: CHECKED, completed: true }]);
    expect(dated.assumptions.join(' ')).toMatch(/names none .*report_level/);
  });

  it('is not guessed from a start that cannot be read', () => {
    const all = collectRows(
      aide,
      'Start timestamp: yesterday (AIDE 0.18)\nAIDE found NO differences between database and filesystem.\n',
      { takenAt: CHECKED },
    );
    expect(all.rejects).toMatchObject([{ reason: 'The start "yesterday" is no time.' }]);
  });
});

describe('older and other forms', () => {
  it('are read from before 0.16', () => {
    const all = collectRows(
      aide,
      [
        'AIDE 0.15.1 found differences between database and filesystem!!',
        'Start timestamp: 2014-06-15 08:30:00',
        '',
        'Summary:',
        '  Total number of files:\t56123',
        '  Added files:\t\t\t1',
        '  Removed files:\t\t0',
        '  Changed files:\t\t1',
        '',
        '---------------------------------------------------',
        'Added files:',
        '---------------------------------------------------',
        '',
        'added: /etc/new',
        '',
        '---------------------------------------------------',
        'Changed files:',
        '---------------------------------------------------',
        '',
        'changed: /etc/gshadow-',
        '',
        '---------------------------------------------------',
        'Detailed information about changes:',
        '---------------------------------------------------',
        '',
        '',
        'File: /etc/gshadow-',
        '  Size     : 414                              , 425',
        '  MD5      : cvx+ZXNhPL78HfMjAbnH9g==         , 7hfWtwz10Tdya557L4uVZA==',
        '  SHA256   : NJPbsAoNwx3SUna9m2BcyPBdUbaeNrZK , +hEhuoo1WSgYv6i5VPRKMrTDtIQ/7/5R',
        '',
        'End timestamp: 2014-06-15 08:32:00',
      ].join('\n'),
    );
    expect(all.rejects).toEqual([]);
    expect(changesOf(all)).toEqual(['added /etc/new', 'changed /etc/gshadow-']);
    expect(attributesOf(all, '/etc/gshadow-')).toEqual({
      size: { old: '414', new: '425' },
      md5: { old: 'cvx+ZXNhPL78HfMjAbnH9g==', new: '7hfWtwz10Tdya557L4uVZA==' },
      sha256: { old: 'NJPbsAoNwx3SUna9m2BcyPBdUbaeNrZK', new: '+hEhuoo1WSgYv6i5VPRKMrTDtIQ/7/5R' },
    });
    expect(all.rows('scans')).toMatchObject([{ version: '0.15.1', completed: true }]);
  });

  it('are read with several reports below each other, as report_append leaves them', () => {
    const both = Buffer.concat([report('aide', 'gen-check-clean.txt'), report('aide', 'gen-check-changed.txt')]);
    const all = collectRows(aide, both);
    expect(all.rows('scans').map(({ completed }) => completed)).toEqual([true, true]);
    expect(new Set(all.rows('file_changes').map((row) => row['scan_id'])).size).toBe(1);
    expect(all.rows('file_changes')).toHaveLength(12);
  });

  it('are read as ndjson', () => {
    const all = collectRows(
      aide,
      [
        '{ "type": "startup","start_time": "2026-01-02 03:04:05 +0000","aide_version": "0.20" }',
        '{ "type": "outline","outline": "AIDE found differences between database and filesystem!!" }',
        '{ "type": "number_of_entries","total": 7,"added": 1,"removed": 0,"changed": 1 }',
        '{ "type": "addition","/etc/new": "f+++++++++++++++++" }',
        '{ "type": "change","/etc/passwd": "f > ... mc..H     " }',
        '{ "type": "details","/etc/passwd": {"size": {"old": 18,"new": 23}} }',
        '{ "type": "databases","/var/lib/aide/aide.db": {"md5": "x"} }',
        '{ "type": "shutdown","end_time": "2026-01-02 03:05:05 +0000","run_time_seconds": 60 }',
      ].join('\n'),
    );
    expect(all.rejects).toEqual([]);
    expect(changesOf(all)).toEqual(['added /etc/new', 'changed /etc/passwd']);
    expect(attributesOf(all, '/etc/passwd')).toMatchObject({ size: { old: '18', new: '23' } });
    expect(all.rows('scans')).toMatchObject([{ completed: true, version: '0.20' }]);
    // The lines of a run that was ended have no shutdown.
    expect(
      aide.recognise(Buffer.from('{ "type": "startup","start_time": "x","aide_version": "0.20" }\n')).confidence,
    ).toBeGreaterThan(0.9);
  });

  it('are read from 0.16, with ACLs, and with what a terminal shows around them', () => {
    const all = collectRows(
      aide,
      [
        '[root@web-1 ~]# time aide --check',
        'Start timestamp: 2026-06-04 14:37:26 +0800 (AIDE 0.16)',
        'AIDE found differences between database and filesystem!!',
        'Config version used: 3 | Limit: ^/etc | Report level: changed_attributes',
        'Number of entries:\t2',
        'Changed entries:',
        'f   p..    .C.A. : /etc/passwd',
        'Detailed information about changes:',
        'File: /etc/passwd',
        '  ACL      : A: user::rw-                     | A: user::rwx',
        '             A: group::r--                    | A: group::rwx',
        '  SHA512   : Xfiu531lV84nXNKCTph0oyo7suFzJO5c | Q6R3tkSd/Ko7Sz1zQnBd1uYGOx0/F434',
        '             C4xETokrgrn7CL5sjKR5P7JIhGZj82nZ | IxIJrYjU5vWA0PKsCjXKYRSr4U+Wdgs0',
        '             u3LC59L0FaW0k6UKabJO6w==         | +VdOSErPYSjG/GVznkMgZg==',
        'End timestamp: 2026-06-04 14:42:41 +0800 (run time: 5m 15s)',
        '',
        'real\t5m15.1s',
        'exit=4',
      ].join('\n'),
    );
    expect(all.rejects).toEqual([]);
    expect(all.rows('scans')).toMatchObject([{ profile: '3', completed: true }]);
    expect(attributesOf(all, '/etc/passwd')).toEqual({
      acl: { old: 'A: user::rw-\nA: group::r--', new: 'A: user::rwx\nA: group::rwx' },
      sha512: {
        old: 'Xfiu531lV84nXNKCTph0oyo7suFzJO5cC4xETokrgrn7CL5sjKR5P7JIhGZj82nZu3LC59L0FaW0k6UKabJO6w==',
        new: 'Q6R3tkSd/Ko7Sz1zQnBd1uYGOx0/F434IxIJrYjU5vWA0PKsCjXKYRSr4U+Wdgs0+VdOSErPYSjG/GVznkMgZg==',
      },
    });
  });

  it('name the host, where the script that ran AIDE did', () => {
    const head =
      'This is an automated report generated by the Advanced Intrusion Detection\nEnvironment on web-1 started at 2026-11-21 06:40:10.\n\nAIDE returned with exit code 7. Added, removed and changed files detected!\n';
    const all = collectRows(aide, Buffer.concat([Buffer.from(head), report('aide', 'gen-check-changed.txt')]));
    expect(all.rejects).toEqual([]);
    expect(all.rows('scans')).toMatchObject([{ targets: ['web-1'] }]);
    expect(all.rows('file_changes')[0]).toMatchObject({ system: 'web-1' });
  });

  it('give attributes without values where only the flags say them', () => {
    const all = collectRows(
      aide,
      'Start timestamp: 2026-03-01 10:00:00 +0000 (AIDE 0.18)\nAIDE found differences between database and filesystem!!\n\nChanged entries:\n\nf < p.. mc..H A   : /etc/a: b\n',
    );
    expect(all.rows('file_changes')).toMatchObject([{ path: '/etc/a: b', kind: 'file', change: 'changed' }]);
    expect(Object.keys(attributesOf(all, '/etc/a: b') as object)).toEqual([
      'size',
      'perm',
      'modify_time',
      'change_time',
      'checksums',
      'acl',
    ]);
  });
});

describe('robustness', () => {
  it.each([1, 7, 4096])('gives the same rows from pieces of %i bytes', (size) => {
    for (const name of ['gen-check-detail.txt', 'gen-check-changed.json']) {
      const bytes = report('aide', name);
      expect(everything(collectRows(aide, inPieces(bytes, size)))).toEqual(everything(collectRows(aide, bytes)));
    }
  });

  it('reads a byte order mark and carriage returns', () => {
    const text = Buffer.from(report('aide', 'gen-check-changed.txt')).toString('utf8');
    const all = collectRows(aide, `\ufeff${text.replaceAll('\n', '\r\n')}`);
    expect(changesOf(all)).toEqual(changesOf(json));
    expect(attributesOf(all, `${ROOT}/etc/shadow`)).toEqual(attributesOf(json, `${ROOT}/etc/shadow`));
  });

  it('keeps the other files where some lines are damaged', () => {
    const lines = Buffer.from(report('aide', 'gen-check-changed.txt')).toString('latin1').split('\n');
    const random = seededRandom(7);
    let damaged = 0;
    const changed = lines.map((line) => {
      if (!/^[fdl].{17}: /.test(line) || random() > 0.3) return line;
      damaged++;
      return `\xff${line}`;
    });
    const all = collectRows(aide, Buffer.from(changed.join('\n'), 'latin1'));
    expect(damaged).toBeGreaterThan(1);
    expect(all.rejects).toHaveLength(damaged);
    // What the details say of those files is still there.
    expect(all.rows('scans')).toMatchObject([{ completed: true }]);
    expect(all.assumptions.join(' ')).toMatch(/could not be read/);
    for (const row of changesOf(all)) expect(changesOf(json)).toContain(row);
  });

  it('rejects what is no line of AIDE, and stays bounded with a long one', () => {
    const text = Buffer.from(report('aide', 'gen-check-clean.txt')).toString('utf8');
    const all = collectRows(aide, `${text}DROP TABLE scans; <script>\n${'x'.repeat(17 * 1024 * 1024)}\n`);
    expect(all.rejects.map(({ reason }) => reason.slice(0, 40))).toEqual([
      'The line is none that AIDE writes after ',
      'The line is 17825792 bytes long, over th',
    ]);
  });

  it('survives wrong types in every member of the JSON', () => {
    const odd = [1, true, null, 'x', [], {}, [[]], { __proto__: 1 }, -1e400];
    const names = [
      'start_time',
      'outline',
      'aide_version',
      'number_of_entries',
      'added',
      'removed',
      'changed',
      'entries',
      'details',
      'databases',
      'end_time',
      'limit',
    ];
    const base = JSON.parse(Buffer.from(report('aide', 'gen-check-changed.json')).toString('utf8')) as Record<
      string,
      unknown
    >;
    for (const name of names)
      for (const value of odd) collectRows(aide, JSON.stringify({ ...base, [name]: value }), { takenAt: CHECKED });
    const hostile =
      '{"start_time":"2026-01-01 00:00:00 +0000","aide_version":"0.18","outline":"AIDE found differences","changed":{"__proto__":"f > ... mc..H     ","/a":"=cmd()"},"details":{"__proto__":{"size":{"old":1,"new":2}}}}';
    expect(changesOf(collectRows(aide, hostile))).toEqual(['changed /a', 'changed __proto__']);
  });

  it('claims its own files, and neither empty ones nor others', () => {
    for (const name of ['gen-check-clean.txt', 'gen-check-detail.txt', 'gen-init.txt', 'gen-check-changed.json'])
      expect(aide.recognise(report('aide', name)).confidence).toBeGreaterThan(0.9);
    expect(aide.recognise(report('aide', 'gen-aide.conf')).confidence).toBe(0);
    expect(aide.recognise(report('tripwire', 'gen-twprint-level4.txt')).confidence).toBe(0);
    for (const text of ['', '{}', '[]', '{"type":"change","id":1}', 'aide --check\n'])
      expect(aide.recognise(Buffer.from(text)).confidence).toBe(0);
  });
});
