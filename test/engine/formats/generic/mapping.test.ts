import { expect, it } from 'vitest';
import { readMapping } from '../../../../engine/formats/generic/mapping.ts';
import { MAX_MAPPING_CHARACTERS } from '../../../../engine/formats/generic/mapping-yaml.ts';
import { parsePath, pathText, valueAt } from '../../../../engine/formats/generic/member-path.ts';
import { makeTimeForm } from '../../../../engine/formats/generic/time-forms.ts';
import { parseInstant } from '../../../../shared/time.ts';

function refusal(text: string): string {
  const read = readMapping(text);
  return read.kind === 'refused' ? read.because.message : 'not refused';
}

it('takes events for the table where none is named', () => {
  const read = readMapping('stream: app\ncolumns:\n  time: ts\n  message: { from: msg }\n');
  expect(read).toMatchObject({
    kind: 'mapping',
    mapping: {
      tables: [
        {
          table: 'events',
          stream: 'app',
          columns: [
            { column: 'time', from: 'ts' },
            { column: 'message', from: 'msg' },
          ],
        },
      ],
    },
  });
});

it('names the place of what is wrong, with its line', () => {
  const cases: [string, RegExp][] = [
    ['table: event\ncolumns: {}', /table \(line 1\): "event" is no evidence table; these are: events, /],
    ['stream: a\ncolumns:\n  time: ts\n  tme: ts', /columns\.tme \(line 4\): events has no such column; it has time, /],
    [
      'stream: a\ncolumns:\n  time: { from: ts, as: epoch }',
      /columns\.time\.as \(line 3\): "epoch" is no form of time: give rfc3339/,
    ],
    [
      'stream: a\ncolumns:\n  time: { from: ts, format: x }',
      /columns\.time\.format \(line 3\): there is no such member/,
    ],
    [
      'stream: a\ncolumns:\n  time: { from: ts, as: "%Y-%m-%d" }',
      /columns\.time\.as \(line 3\): "%Y-%m-%d" has no %z, so state the zone/,
    ],
    ['stream: a\ncolumns:\n  time: { from: ts, as: "%Y-%d", zone: UTC }', /has no month/],
    ['stream: a\ncolumns:\n  time: { from: ts, as: "%Q" }', /%Q, which is no directive/],
    [
      'stream: a\ncolumns:\n  time: { from: ts, zone: Europe/Nowhere }',
      /columns\.time\.zone \(line 3\): "Europe\/Nowhere" is no time zone/,
    ],
    [
      'stream: a\ncolumns:\n  time: ts\n  message: { from: m, as: rfc3339 }',
      /columns\.message\.as \(line 4\): message is no time, but longtext/,
    ],
    [
      'stream: a\ncolumns:\n  time: ts\n  outcome: { from: r, values: { ok: fine } }',
      /columns\.outcome\.values\.ok \(line 4\): "fine" is neither success nor failure/,
    ],
    [
      'stream: a\ncolumns:\n  time: ts\n  src_port: { value: web }',
      /columns\.src_port\.value \(line 4\): "web" is not a whole number/,
    ],
    [
      'stream: a\ncolumns:\n  time: ts\n  actor: { from: a, value: b }',
      /columns\.actor \(line 4\): it needs either "from"/,
    ],
    [
      'stream: a\ncolumns:\n  time: ts\n  actor: { from: a, otherwise: b }',
      /columns\.actor\.otherwise \(line 4\): it stands beside "values" only/,
    ],
    ['stream: a\ncolumns:\n  time: ts\n  actor: 7', /columns\.actor \(line 4\): /],
    ['columns:\n  time: ts', /stream \(line 1\): it is missing: the rows of events belong to a stream/],
    [
      'stream: a\ncolumns:\n  message: m',
      /columns\.time \(line 3\): it is missing, and no row of events is without it/,
    ],
    ['stream: A B\ncolumns:\n  time: ts', /stream \(line 1\): is not a name of lower case letters/],
    [
      'stream: a\ntable: accounts\ncolumns:\n  account: a',
      /stream \(line 1\): the rows of accounts belong to no stream/,
    ],
    ['stream: a\ncolumns:\n  time: ts\n  stream: s', /columns\.stream \(line 4\): the stream is named once/],
    ['table: metric_samples\ncolumns:\n  time: ts', /metric_samples holds series of metrics/],
    ['stream: a\nlist: "a[0]"\ncolumns:\n  time: ts', /list \(line 2\): "a\[0\]" is no path of names/],
    ['stream: a\nonly: error\ncolumns:\n  time: ts', /only \(line 2\): "error" is not written "column = value"/],
    ['stream: a\ncolumns:\n  time: { value: 2026-01-01T00:00:00Z }', /no column of the file is named in it/],
    ['stream: a\ncolumns:\n  time: ts\nmore: 1', /more \(line 4\): there is no such member/],
    ['columns: 3', /columns \(line 1\): is not a map of columns/],
    ['- a', /The mapping is not a map with the member "columns"/],
    ['', /The mapping is not a map with the member "columns"/],
  ];
  for (const [text, message] of cases) expect(refusal(text), text).toMatch(message);
});

it('refuses what makes a small text a large or another value', () => {
  const bomb = [
    'a: &a [x, x]',
    ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]}, `.repeat(9)}]`),
  ];
  expect(refusal(bomb.join('\n'))).toMatch(/anchor|alias/);
  expect(refusal('a: &a x\nb: *a')).toContain('anchor');
  expect(refusal('a: &a x')).toContain('anchor');
  expect(refusal('b: *a')).toMatch(/not read/);
  expect(refusal('a: !!js/function "x"')).toContain('tag');
  expect(refusal('a: !own x')).toContain('tag');
  expect(refusal('a: !!str x')).toContain('tag');
  expect(refusal('a: 1\na: 2')).toContain('Map keys must be unique (line 2)');
  expect(refusal('{ ? [a, b] : c }')).toMatch(/not read as YAML/);
  expect(refusal('<<: { a: 1 }')).toContain('<<');
  expect(refusal('columns: { __proto__: { from: x } }')).toContain('"__proto__" is no name');
  expect(refusal('stream: a\ncolumns: { time: t, constructor: x }')).toContain('events has no such column');
  expect(refusal('a: 007')).toContain('Write 007 in quotes');
  expect(refusal('a: 1e3')).toContain('Write 1e3 in quotes');
  expect(refusal('['.repeat(60_000))).toContain('nested deeper than 20 levels');
  expect(refusal('- '.repeat(30_000))).toContain('nested deeper than 20 levels');
  expect(refusal('? '.repeat(30_000))).toContain('nested deeper than 20 levels');
  expect(refusal('a'.repeat(MAX_MAPPING_CHARACTERS + 1))).toContain(`at most ${MAX_MAPPING_CHARACTERS} are read`);
  expect(refusal('--- a\n--- b')).toContain('not read as YAML');
  const indented = Array.from({ length: 340 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
  expect(refusal(indented)).toContain('no such member');
});

it('reads paths, and never through what every object inherits', () => {
  expect(parsePath('user.name')).toEqual(['user', 'name']);
  expect(parsePath('records[0].x')).toEqual(['records', 0, 'x']);
  expect(parsePath('[2][3]')).toEqual([2, 3]);
  expect(parsePath('["a.b"].c["\\"]"]')).toEqual(['a.b', 'c', '"]']);
  expect(parsePath('Datum und Zeit')).toEqual(['Datum und Zeit']);
  for (const text of [
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'a[',
    'a[x]',
    'a]',
    'a[*]',
    'a["b"',
    'a[0]b',
    'a"b',
    `${'a.'.repeat(70)}a`,
  ])
    expect(parsePath(text), text).toBeUndefined();
  for (const steps of [
    ['a', 0, 'b'],
    ['a.b', 'c d', '"'],
    [0, '__proto__'],
  ])
    expect(parsePath(pathText(steps))).toEqual(steps);
  const record: unknown = JSON.parse('{"a":{"b":[1,{"c":2}]},"__proto__":{"x":3}}');
  expect(valueAt(record, ['a', 'b', 1, 'c'])).toBe(2);
  expect(valueAt(record, ['__proto__', 'x'])).toBe(3);
  for (const path of [
    'toString',
    'constructor.name',
    '__proto__.toString',
    'a.__proto__',
    'a.b.length',
    'a.b["1"]',
    'a[0]',
  ])
    expect(valueAt(record, parsePath(path)!), path).toBeUndefined();
});

it('reads times in every form, exactly, and only those that are written so', () => {
  const cases: [as: string, zone: string | undefined, text: string, time: string | undefined][] = [
    ['rfc3339', undefined, '2026-03-01T10:00:00.123456789+02:00', '2026-03-01T08:00:00.123456Z'],
    ['rfc3339', undefined, '2026-03-01T10:00:00', undefined],
    ['rfc3339', 'Europe/Berlin', '2026-03-01T10:00:00', '2026-03-01T09:00:00Z'],
    ['rfc3339', 'Europe/Berlin', '2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z'],
    ['epoch-s', undefined, '1767225600', '2026-01-01T00:00:00Z'],
    ['epoch-s', undefined, '1767225600.123456', '2026-01-01T00:00:00.123456Z'],
    ['epoch-s', undefined, '1.7e9', undefined],
    ['epoch-s', undefined, '1767225600000', undefined],
    ['epoch-ms', undefined, '1767225600000.5', '2026-01-01T00:00:00.000500Z'],
    ['epoch-us', undefined, '1767225600000001', '2026-01-01T00:00:00.000001Z'],
    ['epoch-ms', undefined, '-1', '1969-12-31T23:59:59.999Z'],
    ['%d.%m.%Y %H:%M:%S', 'Europe/Berlin', '01.07.2026 12:00:00', '2026-07-01T10:00:00Z'],
    ['%d.%m.%Y %H:%M:%S', 'Europe/Berlin', '31.02.2026 12:00:00', undefined],
    ['%m/%d/%Y %I:%M:%S %p', 'America/New_York', '3/7/2026 12:05:09 AM', '2026-03-07T05:05:09Z'],
    ['%m/%d/%Y %I:%M:%S %p', 'America/New_York', '3/7/2026 13:05:09 AM', undefined],
    ['%d/%b/%Y:%H:%M:%S %z', undefined, '10/Oct/2025:13:55:36 -0700', '2025-10-10T20:55:36Z'],
    ['%a, %d %B %y %T.%f %Z', undefined, 'Tue, 3 March 26 01:02:03.5 GMT', '2026-03-03T01:02:03.500Z'],
    ['%F %R', 'Asia/Kolkata', '2026-03-03 05:30', '2026-03-03T00:00:00Z'],
    ['%Y%m%d%H%M%S', 'UTC', '20260303010203', '2026-03-03T01:02:03Z'],
    ['%Y-%m-%d', 'UTC', '2026-03-03', '2026-03-03T00:00:00Z'],
    ['[%Y-%m-%d] 100%%', 'UTC', '[2026-03-03] 100%', '2026-03-03T00:00:00Z'],
    ['%d/%m/%y', 'UTC', '03/03/69', '1969-03-03T00:00:00Z'],
  ];
  for (const [as, zone, text, time] of cases) {
    const form = makeTimeForm(as, zone);
    if (typeof form === 'string') throw new Error(form);
    expect(form.read(text), `${as} ${text}`).toBe(time === undefined ? undefined : parseInstant(time));
  }
  const form = makeTimeForm('%Y %m %d %H %M %S', 'UTC');
  if (typeof form === 'string') throw new Error(form);
  expect(form.read(`2026${' '.repeat(200_000)}`)).toBeUndefined();
});
