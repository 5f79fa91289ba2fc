/** A journal made for the test, printed by journalctl in each of its forms: all must give the same rows. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { journald } from '../../../../engine/formats/journald/journald.ts';
import { syslog3164 } from '../../../../engine/formats/syslog-3164/syslog-3164.ts';
import { collectRows, type Collected, type CollectedRow } from '../collect-rows.ts';
import { journalToolsMissing, throughJournal } from './journalctl.ts';

const missing = journalToolsMissing();
const START = 1_772_323_200_000_000n;

/** One entry; values that hold line ends, or are bytes, are written with their size. */
function entryOf(at: number, fields: readonly (readonly [string, string | Buffer])[]): Buffer {
  const all: (readonly [string, string | Buffer])[] = [
    ['__REALTIME_TIMESTAMP', String(START + BigInt(at) * 1_000_003n)],
    ['__MONOTONIC_TIMESTAMP', String(1_000_000 + at)],
    ['_BOOT_ID', at < 10 ? 'dd953c1729984d1ca712a7765122359b' : 'aa953c1729984d1ca712a7765122359b'],
    ['_HOSTNAME', 'web-1'],
    ...fields,
  ];
  return Buffer.concat([...all.map(([name, value]) => fieldOf(name, value)), Buffer.from('\n')]);
}

function fieldOf(name: string, value: string | Buffer): Buffer {
  if (typeof value === 'string' && !value.includes('\n')) return Buffer.from(`${name}=${value}\n`);
  const data = Buffer.from(value);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, data, Buffer.from('\n')]);
}

const messages: readonly (readonly [string, string | Buffer])[] = [
  [
    'sshd',
    'Accepted publickey for alice from 198.51.100.7 port 50122 ssh2: ED25519-CERT SHA256:x ID a (serial 1) CA RSA SHA256:y',
  ],
  ['sshd', 'Failed password for invalid user x from 192.0.2.1 port 1 ssh2'],
  ['sudo', '   alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh -c "a\nb"'],
  ['sudo', 'bob : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh'],
  ['su', '(to root) bob on pts/1'],
  ['kernel', 'nf_conntrack: table full, dropping packet'],
  ['app', 'several\nlines\n\n__CURSOR=x\n'],
  ['app', Buffer.from([0x62, 0, 1, 0xff, 0x20])],
  ['app', '\u001b[31mcolour\u001b[0m'],
  ['app', `long ${'x'.repeat(9000)}`],
  ['app', 'Ünïcode ✓ 漢字'],
  ['app', ''],
];

const journal = (): Buffer =>
  Buffer.concat(
    messages.map(([program, message], at) =>
      entryOf(at, [
        ['_SOURCE_REALTIME_TIMESTAMP', String(START + BigInt(at) * 1_000_003n - 417n)],
        ['SYSLOG_IDENTIFIER', program],
        ['PRIORITY', String(at % 8)],
        ['TAG', 'one'],
        ['TAG', 'two'],
        ['MESSAGE', message],
      ]),
    ),
  );

describe.skipIf(missing !== undefined)(`journalctl${missing === undefined ? '' : `: ${missing}`}`, () => {
  const rowsOf = (collected: Collected, table: 'events' | 'event_fields' | 'authentications') =>
    collected.rows(table).map((row) => withFields(row));
  const withFields = ({ fields, ...row }: CollectedRow) => ({
    ...row,
    ...(fields === undefined ? {} : { fields: JSON.parse(String(fields)) as unknown }),
  });

  test.each([
    ['made here', journal],
    ['of the corpus', () => readFileSync('test/fixtures/journald/gen-journal.export')],
  ])('a journal %s gives the same rows in every form', (_, entries) => {
    const forms = [
      'json --all',
      'json-pretty --all',
      'json-seq --all',
      'json-sse --all',
      'export --all',
      'short-iso-precise --all',
    ];
    const printed = throughJournal(entries(), forms);
    const expected = collectRows(journald, entries());
    for (const form of forms.slice(0, -1)) {
      const read = collectRows(journald, printed.get(form)!);
      expect([form, read.rejects]).toEqual([form, []]);
      // The cursor names the file; all other columns are those of what was put in.
      expect([form, rowsOf(read, 'authentications')]).toEqual([form, rowsOf(expected, 'authentications')]);
      const bare = (rows: readonly Record<string, unknown>[]) => rows.map(({ sequence: _, ...row }) => row);
      expect([form, bare(rowsOf(read, 'events'))]).toEqual([form, bare(rowsOf(expected, 'events'))]);
      expect(read.rows('events').map((row) => row['sequence'])).toEqual(
        expected.rows('events').map((_, at) => BigInt(at + 1)),
      );
      const fields = (rows: readonly Record<string, unknown>[]) =>
        rows.map((row) => ({ ...(row['fields'] as object), __CURSOR: undefined, __MONOTONIC_TIMESTAMP: undefined }));
      expect([form, fields(rowsOf(read, 'event_fields'))]).toEqual([form, fields(rowsOf(expected, 'event_fields'))]);
    }
    const short = collectRows(syslog3164, printed.get('short-iso-precise --all')!);
    const shown = expected.rows('events').filter((row) => row['message'] !== undefined);
    expect(
      short.rows('events').map((row) => [row['time'], row['system'], row['class'], row['actor'], row['outcome']]),
    ).toEqual(shown.map((row) => [row['time'], row['system'], row['class'], row['actor'], row['outcome']]));
  });

  test('without --all, what is over 4096 bytes is null, and everything else the same', () => {
    const read = collectRows(journald, throughJournal(journal(), ['json']).get('json')!);
    const long = messages.findIndex(([, message]) => message.length > 4096);
    expect(read.rows('events').map((row) => row['message'])).toEqual(
      collectRows(journald, journal())
        .rows('events')
        .map((row, at) => (at === long ? undefined : row['message'])),
    );
    expect(read.assumptions[0]).toMatch(/^Entries with values that journalctl left out .*: 1;/);
  });
});
