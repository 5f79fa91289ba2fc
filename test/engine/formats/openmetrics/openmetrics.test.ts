import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openmetrics } from '../../../../engine/formats/openmetrics/openmetrics.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { formatInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { expositions, fixture, takenAt } from './corpus.ts';
import { labelsBySeries } from './samples.ts';

const read = (...lines: readonly string[]): Collected => collectRows(openmetrics, `${lines.join('\n')}\n`);
const readTaken = (...lines: readonly string[]): Collected =>
  collectRows(openmetrics, `${lines.join('\n')}\n`, { takenAt });

/** Record, time and value of each sample. */
const samples = ({ rows }: Collected): unknown[] =>
  rows('metric_samples').map((row) => [row.record, formatInstant(row['time'] as bigint), row['value']]);
const reasons = ({ rejects }: Collected): unknown[] => rejects.map(({ record, reason }) => [record, reason]);
const onlyLabels = (collected: Collected): unknown => [...labelsBySeries(collected).values()][0];

describe('samples', () => {
  test('become a series and a sample, cited by their lines', () => {
    const collected = collectRows(openmetrics, 'up{instance="web-1:9100",job="node"} 1 1760000400.5\n# EOF\n', {
      system: 'other',
    });
    expect(collected.rows('metric_series')).toEqual([
      {
        record: 1,
        series_id: 1n,
        name: 'up',
        labels: ['__name__', 'up', 'instance', 'web-1:9100', 'job', 'node'],
        system: 'web-1',
        samples_kept: true,
      },
    ]);
    expect(collected.rows('metric_samples')).toEqual([
      { record: 1, series_id: 1n, time: 1_760_000_400_500_000n, value: 1 },
    ]);
    expect(collected.rows('metric_metadata')).toEqual([{ record: 2, kind: 'eof' }]);
    expect(collected.assumptions).toEqual([]);
  });

  test('are of one series however its labels are written, and under the first record of it', () => {
    const collected = read(
      'a{x="1",y="2"} 1 1760000400',
      'a{y="2",x="1",} 2 1760000401',
      'a{x="1",empty="",y="2"} 3 1760000402',
      '{"a",x="1","y"="2"} 4 1760000403',
      'a{x="1",y="3"} 5 1760000400',
      '# EOF',
    );
    expect(collected.rows('metric_samples').map((row) => row['series_id'])).toEqual([1n, 1n, 1n, 1n, 5n]);
    expect(collected.rows('metric_series')).toHaveLength(2);
    expect(reasons(collected)).toEqual([]);
  });

  test('keep a series known when more spellings of series are read than are remembered', () => {
    const lines = Array.from(
      { length: 210_000 },
      (_, i) => `a{i="${i % 105_000}",${i < 105_000 ? '' : ' '}} 1 ${1_760_000_400 + i}`,
    );
    const { rows, rejects } = read(['a{i="0"} 1 1760000399', ...lines, 'a{i="0"} 2 1770000000'].join('\n'));
    expect(rejects).toEqual([]);
    expect(rows('metric_series')).toHaveLength(105_000);
    expect(rows('metric_samples').at(-1)?.['series_id']).toBe(1n);
  });

  test.each([
    [
      'a{b="\\\\n \\n \\" \\q"} 1',
      [
        ['__name__', 'a'],
        ['b', '\\n \n " \\q'],
      ],
    ],
    [
      'a{b=" # {} , \\\\"} 1',
      [
        ['__name__', 'a'],
        ['b', ' # {} , \\'],
      ],
    ],
    [
      '{"my.metric","a label"="x"} 1',
      [
        ['__name__', 'my.metric'],
        ['a label', 'x'],
      ],
    ],
    [
      '\ta \t{ b = "1" , c="2" }\t1 ',
      [
        ['__name__', 'a'],
        ['b', '1'],
        ['c', '2'],
      ],
    ],
    ['a:b_1 1', [['__name__', 'a:b_1']]],
    [
      'a{b="x\0y"} 1',
      [
        ['__name__', 'a'],
        ['b', 'x\0y'],
      ],
    ],
    [
      'a{B="1",_="2",é="3"} 1'.replace('é', '"é"'),
      [
        ['B', '1'],
        ['_', '2'],
        ['__name__', 'a'],
        ['é', '3'],
      ],
    ],
  ])('%s has its labels', (line, labels) => {
    expect(onlyLabels(readTaken(line))).toEqual(labels);
  });

  test.each([
    ['9a 1', 'No metric name begins at "9a 1".'],
    ['a.b 1', '".b 1" follows the metric name without a space.'],
    ['a', 'The line has no value.'],
    ['a{b="c"}', 'The line has no value.'],
    ['a{b="c" 1', 'The labels do not end: a quote or } is missing.'],
    ['a{b="c} 1', 'The labels do not end: a quote or } is missing.'],
    ['a{b=c} 1', 'The value of the label "b" is not in quotes.'],
    ['a{b} 1', 'The label b has no value.'],
    ['a{,} 1', 'No label name begins at ",}".'],
    ['a{b="c",,} 1', 'No label name begins at ",}".'],
    ['a{b="c"d="e"} 1', 'A comma or } is missing before "d="e"}".'],
    ['a{b="c",b="d"} 1', 'The label "b" stands twice.'],
    ['a{__name__="b"} 1', 'The label __name__ stands beside the name of the metric.'],
    ['a{"b"} 1', 'The metric has two names, a and "b".'],
    ['{"a","b"} 1', 'The metric has two names, "a" and "b".'],
    ['{b="c"} 1', 'The sample has no metric name.'],
    ['{"",b="c"} 1', 'The sample has no metric name.'],
    ['{"a",""="c"} 1', 'A label has an empty name.'],
    ['a x', 'The value "x" is not a number that a 64-bit float holds.'],
    ['a 1e400', 'The value "1e400" is not a number that a 64-bit float holds.'],
    ['a 1 NaN', 'The time "NaN" is not a number.'],
    ['a 1 2 3', 'More follows: "3".'],
    ['a 1 # x', 'An exemplar begins, but no labels follow its #.'],
    ['a 1 # {b="c"}', 'The line has no exemplar value.'],
    ['a 1 # {b="c"} 1 Inf', 'The time "Inf" of the exemplar is not a number.'],
    ['a 1 # {b="c",b="d"} 1', 'In the exemplar: The label "b" stands twice.'],
    ['a 1 # {"b"} 1', 'The exemplar has a metric name, "b".'],
    ['\0\x01a 1', 'No metric name begins at "\\x00\\x01a 1".'],
    ['# TYPE', 'The TYPE line names no metric.'],
    ['# TYPE a', 'The TYPE line says no type for a.'],
    ['# HELP 9 x', 'The HELP line has "9" where the name is.'],
  ])('%j is rejected', (line, reason) => {
    const collected = readTaken('before 1', line, 'after 1');
    expect(reasons(collected)).toEqual([[2, reason]]);
    expect(collected.rejects[0]?.raw).toBe(line);
    expect(collected.rows('metric_samples')).toHaveLength(2);
  });

  test('with bytes that are not UTF-8 are rejected, as U+FFFD would make another series', () => {
    const line = Buffer.from('a{b="Z\xfcrich"} 1\n# HELP a \xff\nb{c="\ufffd"} 1\n', 'latin1');
    const collected = collectRows(openmetrics, Buffer.concat([line, Buffer.from('c{d="\ufffd"} 1\n')]), { takenAt });
    expect(reasons(collected).slice(0, 2)).toEqual([
      [1, 'The line has bytes that are not UTF-8.'],
      [2, 'The line has bytes that are not UTF-8.'],
    ]);
    // The character itself may stand in a file.
    expect(collected.rows('metric_series').at(-1)?.['labels']).toEqual(['__name__', 'c', 'd', '\ufffd']);
  });

  test('with exemplars are kept, the exemplars are counted', () => {
    const { rows, assumptions } = read(
      '# TYPE a counter',
      'a_total 1 1760000400 # {trace_id="x"} 0.5 1.2',
      'a_total 2 1760000401 # {} 0.5',
      '# EOF',
    );
    expect(rows('metric_samples')).toHaveLength(2);
    expect(assumptions).toEqual(['2 exemplars were read and not kept.']);
  });
});

describe('metadata', () => {
  test('is a row a line', () => {
    const { rows, assumptions } = read(
      '# HELP a_s Text with \\n and \\\\.',
      '# TYPE a_s gauge',
      '# UNIT a_s s',
      'a_s 1 1760000400',
      '# TYPE "my.metric" untyped',
      '# HELP "my.metric"  two spaces ',
      '# EOF',
    );
    expect(rows('metric_metadata')).toEqual([
      { record: 1, name: 'a_s', kind: 'help', value: 'Text with \n and \\.' },
      { record: 2, name: 'a_s', kind: 'type', value: 'gauge' },
      { record: 3, name: 'a_s', kind: 'unit', value: 's' },
      { record: 5, name: 'my.metric', kind: 'type', value: 'untyped' },
      { record: 6, name: 'my.metric', kind: 'help', value: ' two spaces ' },
      { record: 7, kind: 'eof' },
    ]);
    expect(assumptions).toEqual([]);
  });

  test('that is no TYPE, HELP, UNIT or EOF is a comment', () => {
    const lines = ['#', '# a comment', '#TYPE a gauge', '# HELPFUL a', '# EOFF'];
    expect(readTaken(...lines).rows('metric_metadata')).toEqual(
      ['', 'a comment', 'TYPE a gauge', 'HELPFUL a', 'EOFF'].map((value, at) => ({
        record: at + 1,
        kind: 'comment',
        value,
      })),
    );
  });
});

describe('times', () => {
  test('are seconds or milliseconds by their size', () => {
    expect(samples(read('a 1 1760000400.25', '# EOF'))).toEqual([[1, '2025-10-09T09:00:00.25Z', 1]]);
    expect(samples(read('a 1 1760000400250'))).toEqual([[1, '2025-10-09T09:00:00.25Z', 1]]);
    expect(samples(read('a 1 99999999999', '# EOF'))).toEqual([[1, '5138-11-16T09:46:39Z', 1]]);
    expect(samples(read('a 1 100000000000'))).toEqual([[1, '1973-03-03T09:46:40Z', 1]]);
    expect(samples(read('a 1 -62135596800', '# EOF'))).toEqual([[1, '0001-01-01T00:00:00Z', 1]]);
  });

  test('say nothing more when # EOF and their size agree', () => {
    expect(read('a 1 1760000400', '# EOF').assumptions).toEqual([]);
    expect(read('a 1 1760000400000').assumptions).toEqual([]);
  });

  test('in milliseconds before # EOF, or in seconds without one, are read and told', () => {
    expect(read('a 1 1760000400000', '# EOF').assumptions).toEqual([
      'The file ends in # EOF, as OpenMetrics does, whose times are seconds; its times are read as milliseconds, because as seconds they lie after the year 5138.',
    ]);
    expect(read('a 1 1760000400').assumptions).toEqual([
      'The file has no # EOF, as the Prometheus text format, whose times are milliseconds; its times are read as seconds, because as milliseconds they lie before 1974.',
      'The file has times in seconds, as OpenMetrics does, but not its # EOF: the end may be missing.',
    ]);
  });

  test('in two units are rejected where they differ from most of the first ones', () => {
    const collected = read(
      'a 1 17600004',
      'a 1 1760000400000',
      'a 2 1760000400001',
      'a 3 1760000401.5',
      'a 4 1760000400002',
    );
    expect(samples(collected).map((sample) => (sample as unknown[])[0])).toEqual([2, 3, 5]);
    expect(reasons(collected)).toEqual([
      [1, 'The time 17600004 is in seconds, but the times of this file are in milliseconds.'],
      [4, 'The time 1760000401.5 is in seconds, but the times of this file are in milliseconds.'],
    ]);
  });

  test('of the first one count where as many have each unit', () => {
    expect(reasons(read('a 1 1760000400', 'b 1 1760000400000'))).toEqual([
      [2, 'The time 1760000400000 is in milliseconds, but the times of this file are in seconds.'],
    ]);
  });

  test('that first stand far down in a file are read too', () => {
    const undated = Array.from({ length: 5000 }, (_, i) => `undated{i="${i}"} 1`);
    const collected = readTaken(...undated, 'a 1 1760000400000', 'b 1 1760000400');
    expect(collected.rows('metric_samples')).toHaveLength(5001);
    expect(reasons(collected)).toHaveLength(1);
  });

  test.each(['100000000000.5', '1e12', '253402300800000', '-62135596801'])('%s is no time', (time) => {
    const collected = read(`a 1 ${time}`, 'b 1 1760000400');
    expect(samples(collected)).toHaveLength(1);
    expect(reasons(collected)[0]).toEqual([1, expect.stringMatching(/^The time .* (too large|not in the years)/)]);
  });

  test('with digits below the millisecond are cut, and that is told', () => {
    const collected = read('a 1 1760000400.0019', 'a 2 1760000401.001000', 'a 3 1760000402.5e0', '# EOF');
    expect(samples(collected)[0]).toEqual([1, '2025-10-09T09:00:00.001Z', 1]);
    expect(collected.assumptions).toEqual([
      '1 time has digits below the millisecond, which are cut off as Prometheus does.',
    ]);
  });
});

describe('samples without a time', () => {
  test('get the one that was said for the file', () => {
    const collected = readTaken('a 1', 'b 1 1760000400000');
    expect(samples(collected)).toEqual([
      [1, '2026-11-21T06:30:00Z', 1],
      [2, '2025-10-09T09:00:00Z', 1],
    ]);
    expect(collected.assumptions).toEqual([
      'Samples without a time of their own: 1 of 2; they are dated 2026-11-21T06:30:00Z, as given for the file.',
    ]);
  });

  test('are rejected where others have one and none was said', () => {
    const collected = read('a 1', 'b 1 1760000400000');
    expect(samples(collected)).toHaveLength(1);
    expect(reasons(collected)).toEqual([
      [1, 'The sample has no time, and it was not said when the file was made (--taken-at TIME).'],
    ]);
  });

  test('alone make a file that is refused', () => {
    expect(read('# TYPE a gauge', 'a 1', 'b 1').problem).toEqual({
      code: 'bad_request',
      message: 'The file says nothing about when it was scraped: none of its 2 samples has a time.',
      remedy: 'Say when it was made with --taken-at TIME.',
    });
    expect(collectRows(openmetrics, fixture('gen-node_exporter.prom')).problem?.code).toBe('bad_request');
    expect(read('# TYPE a gauge').problem).toBeUndefined();
    expect(read('').problem).toBeUndefined();
  });
});

describe('a series with one time twice', () => {
  test('keeps the first; the same value is counted, another one is rejected', () => {
    const collected = read(
      'a NaN 1760000400',
      'a NaN 1760000400',
      'a 1 1760000400.0001',
      'b 0 1760000400',
      'b -0 1760000400',
      '# EOF',
    );
    expect(samples(collected)).toEqual([
      [1, '2025-10-09T09:00:00Z', NaN],
      [4, '2025-10-09T09:00:00Z', 0],
    ]);
    expect(reasons(collected)).toEqual([
      [2, 'Record 1 is the same sample; it is kept once.'],
      [3, 'Record 1 has the value NaN for this series at this time, not 1.'],
      [5, 'Record 4 has the value 0 for this series at this time, not -0.'],
    ]);
    expect(collected.assumptions).toContain(
      '1 sample stands in the file again with the same time and value; the first is kept.',
    );
  });
});

describe('the end of a file', () => {
  const cutShort = 'The last line has no line end: it may have been cut off.';

  test('without a line end is told, unless it is # EOF', () => {
    expect(collectRows(openmetrics, 'a 1 1760000400000').assumptions).toEqual([cutShort]);
    expect(collectRows(openmetrics, 'a 1 1760000400\n# EOF').assumptions).toEqual([]);
    expect(collectRows(openmetrics, 'a 1 1760000400\n# EOF\n  ').assumptions).toEqual([]);
  });

  test.each([
    ['# UNIT a_s s', 'a UNIT'],
    ['# TYPE a stateset', 'the type stateset'],
    ['a 1 # {} 1', 'exemplars'],
  ])('is missing without # EOF after %s', (line, sign) => {
    expect(readTaken(line, 'b 1').assumptions).toContain(
      `The file has ${sign}, as OpenMetrics does, but not its # EOF: the end may be missing.`,
    );
  });

  test('is the last # EOF: lines after the first are read and told', () => {
    const collected = read('a 1 1760000400', '# EOF', 'a 2 1760000500', '# EOF');
    expect(samples(collected)).toHaveLength(2);
    expect(collected.assumptions).toEqual([
      'A line stands after # EOF (record 3).',
      'A line stands after # EOF (record 4).',
    ]);
  });
});

describe('broken rules', () => {
  test('of OpenMetrics are none of the Prometheus text format', () => {
    const lines = ['# A comment', '# TYPE a_total counter', 'a_total{x="1", }  -1', 'b 1', 'a_total{x="2"} NaN'];
    expect(readTaken(...lines).assumptions).toHaveLength(1);
    expect(readTaken(...lines, '# EOF').assumptions).toEqual([
      expect.stringMatching(/^Samples without a time/),
      'Spaces or commas are not as OpenMetrics has them (record 3).',
      'A comment begins "# A comment" (record 1).',
      'Lines of metric family a_total do not stand together (record 5).',
      'Counter a_total has a sample named a_total (record 3).',
      'Counter a_total has a sample named a_total (record 5).',
    ]);
  });

  test('are told five times each and then counted', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `a_total{i="${i}"} -1 1760000400`);
    const { assumptions } = read('# TYPE a counter', ...lines, '# EOF');
    expect(assumptions).toHaveLength(6);
    expect(assumptions[0]).toBe('Counter a_total has the negative value -1, which a count cannot be (record 2).');
    expect(assumptions[5]).toBe(
      'The rule "Counts and sums are numbers that are not negative; info is 1; states are 0 or 1." is broken 995 more times.',
    );
  });

  test('are found in histograms of several metrics and times', () => {
    const point = (label: string, time: number, infinite: number): string[] => [
      `h_bucket{${label === '' ? '' : `${label},`}le="1"} 1 ${time}`,
      `h_bucket{${label === '' ? '' : `${label},`}le="+Inf"} ${infinite} ${time}`,
      `h_count{${label}} 2 ${time}`,
      `h_sum{${label}} 3 ${time}`,
    ];
    const { assumptions } = read(
      '# TYPE h histogram',
      ...point('', 1_760_000_400, 2),
      ...point('', 1_760_000_415, 2),
      ...point('a="1"', 1_760_000_400, 2),
      ...point('a="2"', 1_760_000_400, 0),
      '# EOF',
    );
    expect(assumptions).toEqual([
      'Histogram h{a="2"} has 0 in the bucket +Inf, fewer than 1 in the one before (record 14).',
      'Histogram h{a="2"} has the count 2, but 0 in its bucket for +Inf (record 14).',
    ]);
  });
});

describe('recognise', () => {
  const recognise = (text: string) => openmetrics.recognise(Buffer.from(text));

  test.each(expositions.filter((name) => !name.startsWith('conformance/')))('%s is one', (name) => {
    const head = fixture(name).subarray(0, 64 * 1024);
    expect(openmetrics.recognise(head).confidence).toBeGreaterThan(0.9);
    expect(recogniseFormat(head).filter(({ format }) => format.id !== openmetrics.id)).toEqual([]);
  });

  test('says why', () => {
    expect(recognise('# a comment\n# TYPE a gauge\na 1\na{b="c"} 1\nprose here\n')).toEqual({
      confidence: 0.75,
      reason: '3 of the first 5 lines are metric samples or their comments.',
    });
    expect(recognise('a 1\nb 2\n').reason).toBe(
      '2 of the first 2 lines are metric samples or their comments. None of them has labels, a TYPE or # EOF, so they may be anything.',
    );
  });

  const others = ['auditd', 'auth-log', 'cloudtrail', 'nmap', 'syslog-rfc3164', 'tickets', 'oscal'].flatMap((folder) =>
    readdirSync(`test/fixtures/${folder}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`),
  );
  test(`is not one of ${others.length} files of other formats`, () => {
    const taken = others.filter(
      (path) => openmetrics.recognise(readFileSync(path).subarray(0, 64 * 1024)).confidence > 0,
    );
    expect(others.length).toBeGreaterThan(80);
    expect(taken).toEqual([]);
  });

  test.each([
    ['YAML', '# A file\n# of settings\nversion: 1\nretries: 3\nname: x\n'],
    ['a configuration', '# TYPE of server\n# HELP me\nPort 22\nLoginGraceTime 120\nPermitRootLogin no\n'],
    ['comments alone', '# one\n# two\n#three\n'],
    ['CSV', 'name,value\na,1\nb,2\n'],
    ['JSON', '{"a": 1}\n{"a": 2}\n'],
    ['prose', 'This is 1 text.\nIt has 2 lines.\n'],
    ['kernel counters', 'nr_free_pages 1234\nnr_dirty 5\n'],
    ['nginx', 'server {\n  listen 80;\n}\nworker_processes 4;\n'],
    ['syslog', 'Nov 21 06:30:00 web-1 sshd[1]: up{a="b"} 1\n'],
    ['prose that quotes a sample', `${'Some words of a text.\n'.repeat(20)}up{job="a"} 1\n`],
    ['nothing', ''],
    ['zeros', '\0'.repeat(1000)],
  ])('%s is not one', (_, text) => {
    expect(recognise(text).confidence).toBe(0);
  });
});

describe('hostile input', () => {
  test('a line of 200 MB is rejected with its beginning, and what follows is read', () => {
    const piece = Buffer.alloc(1024 * 1024, 'a{b="c",');
    const pieces = [Buffer.from('before 1\n'), ...Array.from({ length: 200 }, () => piece), Buffer.from('\nafter 1\n')];
    const collected = collectRows(openmetrics, pieces, { takenAt });
    expect(reasons(collected)).toEqual([[2, expect.stringContaining('209715200 bytes long')]]);
    expect(collected.rows('metric_samples').map(({ record }) => record)).toEqual([1, 3]);
  });

  test('a label value of 15 MB is kept', () => {
    const value = 'x\\n'.repeat(5_000_000);
    const { rows, rejects } = readTaken(`a{b="${value}"} 1`);
    expect(rejects).toEqual([]);
    expect((rows('metric_series')[0]?.['labels'] as string[])[3]).toHaveLength(10_000_000);
  });

  test.each([
    ['a name', 'a'.repeat(15_000_000), 'The line has no value.'],
    ['a value', `a ${'1'.repeat(15_000_000)}`, 'is not a number'],
    ['quotes', `a{b=${'"'.repeat(15_000_001)}`, 'The labels do not end'],
    ['backslashes', `a{b="${'\\'.repeat(15_000_000)}"} x`, 'is not a number'],
    ['help', `# HELP ${'"\\'.repeat(7_000_000)}`, 'where the name is'],
    ['braces', `a${'{'.repeat(15_000_000)}`, 'The labels do not end'],
    ['a time', `a 1 ${'1.'.repeat(7_000_000)}`, 'is not a number'],
  ])('15 MB of %s are rejected', (_, line, reason) => {
    const [rejected, ...others] = reasons(readTaken(line));
    expect(others).toEqual([]);
    expect((rejected as unknown[])[1]).toContain(reason);
    expect(String((rejected as unknown[])[1]).length).toBeLessThan(200);
  });

  test('10,000 labels are kept, and a name among them that stands twice is found', () => {
    const labels = Array.from({ length: 10_000 }, (_, i) => `l${i}="${i}"`);
    const { rows } = readTaken(`a{${labels.join(',')}} 1`);
    expect(rows('metric_series')[0]?.['labels']).toHaveLength(20_002);
    expect(reasons(readTaken(`a{${labels.join(',')},l77="x"} 1`))).toEqual([[1, 'The label "l77" stands twice.']]);
  });

  test('names that JavaScript has for itself are names', () => {
    const { rows, rejects } = readTaken(
      '# TYPE __proto__ constructor',
      '__proto__{constructor="1",toString="2"} 1',
      '# TYPE a toString',
      '# EOF',
    );
    expect(rejects).toEqual([]);
    expect(rows('metric_series')[0]?.['labels']).toEqual([
      '__name__',
      '__proto__',
      'constructor',
      '1',
      'toString',
      '2',
    ]);
  });
});
