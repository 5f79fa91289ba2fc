import { describe, expect, it } from 'vitest';
import { inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';
import { fixture, labelsById, readApi, sampleLines } from './rows.ts';

const SNAPSHOT = fixture('live-snapshot.api-range-vector.json.gz');

/** The elements of a result as they are written. Every label of these fixtures is plain, so none holds the joint. */
function elementsOf(answer: Uint8Array): string[] {
  const text = Buffer.from(answer).toString('utf8');
  const from = text.indexOf('"result":[') + '"result":['.length;
  const elements = text.slice(from, text.lastIndexOf(']}}')).split(/(?<=\]\]\}),(?=\{"metric")/);
  for (const element of elements) JSON.parse(element);
  return elements;
}

const HEAD = '{"status":"success","data":{"resultType":"matrix","result":[';
const UP = fixture('query_range_up.json');
const up = elementsOf(UP);

const everything = ({ tables, rejects, spans, assumptions }: Collected): unknown => [
  tables,
  rejects,
  spans,
  assumptions,
];

describe('shapes of a file', () => {
  const expected = sampleLines(readApi(UP));
  const parsed = JSON.parse(Buffer.from(UP).toString()) as {
    status: string;
    data: { resultType: string; result: unknown[] };
  };
  const { resultType, result } = parsed.data;
  const shapes: Record<string, string> = {
    'pretty-printed': JSON.stringify(parsed, null, 2),
    'with a byte order mark': `\ufeff${JSON.stringify(parsed)}`,
    'data before status': JSON.stringify({ data: parsed.data, status: 'success' }),
    'result before its type': JSON.stringify({ status: 'success', data: { result, resultType } }),
    'everything the other way round': JSON.stringify({
      infos: [],
      data: { stats: { a: [1] }, result, resultType },
      status: 'success',
    }),
    'a list of series': JSON.stringify(result),
    'one series a line': result.map((series) => JSON.stringify(series)).join('\n'),
    'data alone': JSON.stringify(parsed.data),
    'one answer for each series': result.map((series) => `${HEAD}${JSON.stringify(series)}]}}`).join('\r\n'),
  };

  it.each(Object.keys(shapes))('reads %s', (name) => {
    const collected = readApi(shapes[name]!);
    expect(collected.rejects).toEqual([]);
    expect(sampleLines(collected)).toEqual(expected);
    expect(collected.assumptions.join()).toContain('Values stand at steps of 5 s');
    expect(collected.assumptions.length).toBe(1);
  });

  it('gives spans that hold exactly the series', () => {
    const collected = readApi(SNAPSHOT);
    const text = Buffer.from(SNAPSHOT);
    expect(collected.spans.map(({ byte, length }) => text.subarray(byte, byte + length).toString())).toEqual(
      elementsOf(SNAPSHOT),
    );
  });

  it.each([1, 7, 4096])('gives the same for pieces of %i bytes', (size) => {
    for (const name of [
      'query_range_special.json',
      'gen-answers.jsonl',
      'gen-promtool-scalar.json',
      'gen-promtool-range.json',
    ]) {
      const bytes = fixture(name);
      expect(everything(readApi(inPieces(bytes, size)))).toEqual(everything(readApi(bytes)));
    }
    const inSnapshot = readApi(inPieces(SNAPSHOT, size));
    expect(sampleLines(inSnapshot)).toEqual(sampleLines(readApi(SNAPSHOT)));
  });
});

describe('what an answer says besides its result', () => {
  it('is kept: warnings, infos, a state that is not success, a part only', () => {
    const around = {
      status: 'error',
      errorType: 'timeout',
      error: 'late',
      warnings: ['w"1'],
      infos: ['i'],
      isPartial: true,
    };
    const text = `${JSON.stringify(around).slice(0, -1)},"data":{"resultType":"matrix","result":[${up[0]!}]}}`;
    expect(readApi(text).assumptions).toEqual([
      'An answer says of itself that it is partial.',
      expect.stringContaining('Values stand at steps of 5 s'),
      'An answer has a status that is the text "error", "timeout", "late": its result may lack something.',
      'An answer has the warning "w\\"1".',
      'An answer has the info "i".',
    ]);
  });

  it('is bounded where it has no end of things to say', () => {
    const warnings = Array.from({ length: 1000 }, (_, i) => `${i} ${'x'.repeat(1000)}`);
    const text = `${HEAD}${up[0]!}]},"warnings":${JSON.stringify(warnings)}}`;
    const { assumptions } = readApi(text);
    expect(assumptions.length).toBe(21);
    expect(Math.max(...assumptions.map((each) => each.length))).toBeLessThan(300);
  });
});

describe('a file that ends early', () => {
  it('keeps the series before its end, says so, and never says that an empty result is one', () => {
    const { length } = UP;
    for (let end = 0; end < length; end += 13) {
      const { records, rejects, assumptions, problem } = readApi(UP.slice(0, end));
      const whole = up.filter((element) => Buffer.from(UP).indexOf(element) + element.length <= end).length;
      if (whole === 0) expect(problem?.code).toBe('damaged_file');
      else {
        expect(problem).toBeUndefined();
        expect(records - rejects.length).toBe(whole);
        expect(assumptions).toContain('The file ends before its JSON does: series after its end are unknown.');
      }
      expect(assumptions.join()).not.toContain('empty');
    }
  });

  it('is refused when nothing is left of it, and an empty result is not', () => {
    expect(readApi('').problem?.message).toBe('The file holds no JSON.');
    expect(readApi(HEAD).problem?.message).toBe('The file ends before its first series.');
    for (const text of [`${HEAD}]}}`, '[]']) {
      const { problem, records, assumptions } = readApi(text);
      expect([problem, records]).toEqual([undefined, 0]);
      expect(assumptions).toEqual(['The result of 1 of 1 answers is empty: the query gave no series.']);
    }
    expect(readApi(Buffer.from(`\ufeff${HEAD}]}}`, 'utf16le')).problem?.message).toContain('UTF-16');
  });
});

describe('damage', () => {
  it.each([1, 2, 3, 4, 5, 6])('to a tenth of the series leaves the others as they are, seed %i', (seed) => {
    const elements = elementsOf(SNAPSHOT);
    const { bytes, damaged } = damageLines(
      elements.map((element) => Buffer.from(element)),
      seed,
    );
    expect(damaged.size).toBeGreaterThan(5);
    const text = Buffer.from(bytes).toString('latin1').trimEnd().split('\n').join(',');
    const collected = readApi(Buffer.from(`${HEAD}${text}]}}`, 'latin1'));
    const whole = elements.filter((_, i) => !damaged.has(i + 1));
    expect(sampleLines(collected)).toEqual(sampleLines(readApi(`${HEAD}${whole.join(',')}]}}`)));
    expect(collected.rejects.length).toBeGreaterThanOrEqual(1);
    expect(collected.rejects.length).toBeLessThanOrEqual(damaged.size + 1);
  });

  it('to what stands around the series takes none of them', () => {
    const at = (text: string, damage: string): string => Buffer.from(UP).toString().replace(text, damage);
    const expected = sampleLines(readApi(UP));
    for (const text of [at('"status"', '"stat\u0000s"'), at('"resultType":', '"resultType"'), at(']}}', ']]}')]) {
      const collected = readApi(text);
      expect(sampleLines(collected)).toEqual(expected);
      expect(collected.rejects.length).toBeGreaterThan(0);
    }
  });

  it('in one answer of several leaves the others as they are', () => {
    const text = Buffer.from(UP).toString();
    const later = text.replaceAll('[1795', '[1796');
    const collected = readApi(`${text.slice(0, -40)}\n${later}\n`);
    const own = sampleLines(readApi(later));
    expect(sampleLines(collected)).toEqual(expect.arrayContaining(own));
  });
});

describe('a series that is not as Prometheus writes it', () => {
  const with_ = (metric: string, samples: string): string => `{"metric":${metric},${samples}}`;
  const good = '{"__name__":"x"}';
  const cases: [string, string][] = [
    [with_('{"a":1}', '"values":[[1,"2"]]'), 'The label "a" is number 1, not a text.'],
    [with_('{"a":null}', '"values":[[1,"2"]]'), 'The label "a" is null, not a text.'],
    [with_('{"":"b"}', '"values":[[1,"2"]]'), 'metric has a label without a name.'],
    [with_('{"a":"b","a":"c"}', '"values":[[1,"2"]]'), 'metric has the label "a" twice.'],
    [with_('{"a":"b","\\u0061":"b"}', '"values":[[1,"2"]]'), 'metric has the label "a" twice.'],
    [with_('{"a":"\\ud800"}', '"values":[[1,"2"]]'), 'The label "a" is no Unicode text.'],
    [with_('[]', '"values":[[1,"2"]]'), 'metric is a list, not an object of labels.'],
    ['{"values":[[1,"2"]]}', 'metric is missing, not an object of labels.'],
    ['{"metric":{},"__proto__":{"values":[[1,"2"]]}}', 'The series has no value.'],
    [with_(good, '"values":[[1,"2"]],"values":[[3,"4"]]'), 'The series has the member "values" twice.'],
    [with_(good, '"values":[]'), 'The series has no value.'],
    [with_(good, '"values":{"0":[1,"2"]}'), 'values is an object, not a list.'],
    [
      with_(good, '"value":[1,"2"],"values":[[3,"4"]]'),
      'The series has both the value of an instant and the values of a stretch of time.',
    ],
    [with_(good, '"values":[[1,"2"],7]'), 'values[1] is number 7, not a list of time and value.'],
    [with_(good, '"values":[[1,"2"],[3]]'), 'values[1] has 1 elements, not a time and a value.'],
    [with_(good, '"values":[[1,"2"],["3","4"]]'), 'values[1] has the time the text "3", not a number of seconds.'],
    [with_(good, '"values":[[1e308,"2"]]'), 'values[0] has the time 1e+308, not in the years 1 to 9999.'],
    [with_(good, '"values":[[1e999,"2"]]'), 'values[0] has the time Infinity, not in the years 1 to 9999.'],
    [with_(good, '"values":[[-62135596801,"2"]]'), 'values[0] has the time -62135596801, not in the years 1 to 9999.'],
    [with_(good, '"values":[[2,"2"],[2.0004,"2"]]'), 'values[1] has the time 2, which is not after the one before, 2.'],
    [with_(good, '"values":[[2,"2"],[1.5,"2"]]'), 'values[1] has the time 1.5, which is not after the one before, 2.'],
    [with_(good, '"value":[1,2]'), 'value has the value number 2, not a text that is a number of Prometheus.'],
    ...['', ' 1', '0x10', '1_0', 'nan', 'Inf', 'Infinity', '1e999', '1.', '.5', '+1', '１', '9'.repeat(400)].map(
      (text): [string, string] => [
        with_(good, `"values":[[1,${JSON.stringify(text)}]]`),
        `values[0] has the value the text ${JSON.stringify(text.slice(0, 200) + (text.length > 200 ? '…' : ''))}, not a text that is a number of Prometheus.`,
      ],
    ),
    [with_(good, '"histograms":[[1,"2"]]'), 'histograms[0] has the histogram the text "2", not an object.'],
    [
      with_(good, '"histogram":[1,{"count":"2"}]'),
      'histogram has the sum missing, not a text that is a number of Prometheus.',
    ],
    [
      with_(good, '"histogram":[1,{"count":"2","sum":"1","buckets":[[0,"1","2","1"],[4,"1","2","1"]]}]'),
      'histogram has buckets whose number 2 is not bounds, lower, upper and count.',
    ],
    [
      with_(good, '"values":[[1,"2"]],"histograms":[[1,{"count":"2","sum":"1"}]]'),
      'The series has a value and a histogram at 1.',
    ],
    ['7', 'An element of the result is number 7, not a series.'],
  ];

  it.each(cases)('is rejected as a whole: %s', (element, reason) => {
    const { rejects, rows, problem } = readApi(`${HEAD}${up[0]!},${element},${up[1]!}]}}`);
    expect(problem).toBeUndefined();
    expect(rejects).toEqual([{ record: 2, reason, raw: Buffer.from(element).toString('latin1') }]);
    expect(rows('metric_series').map(({ record }) => record)).toEqual([1, 3]);
  });

  it('can have any label, also those that objects inherit', () => {
    const labels = { constructor: 'a', toString: 'b', 10: 'c', 'ü 😀': '\u0000"\\' };
    const metric = `{"__proto__":"p",${JSON.stringify(labels).slice(1)}`;
    const collected = readApi(`${HEAD}{"metric":${metric},"values":[[1.001,"-0"],[2,"1e-310"]]}]}}`);
    const expected = [...Object.entries({ ...labels }), ['__proto__', 'p']].sort(([a], [b]) => (a! < b! ? -1 : 1));
    expect([...labelsById(collected).values()]).toEqual([JSON.stringify(expected)]);
    expect(collected.rows('metric_samples')).toMatchObject([{ time: 1_001_000n, value: -0 }, { time: 2_000_000n }]);
  });

  it('says when a time is finer than a millisecond', () => {
    const read = (time: string): Collected => readApi(`${HEAD}{"metric":{},"values":[[${time},"1"]]}]}}`);
    expect(read('1795241568.1034').assumptions).toContain('Times are rounded to milliseconds.');
    expect(read('1795241568.1034').rows('metric_samples')[0]?.['time']).toBe(1_795_241_568_103_000n);
    for (let i = 0; i < 2000; i++) {
      const millis = 253_402_300_799_999 - i * 7_654_321_987;
      const { rows, assumptions } = read((millis / 1000).toFixed(3));
      expect(rows('metric_samples')[0]?.['time']).toBe(BigInt(millis) * 1000n);
      expect(assumptions.join()).not.toContain('rounded');
    }
  });
});

describe('a series that comes again', () => {
  const series = (samples: string, labels = '{"__name__":"x","a":""}'): string =>
    `{"metric":${labels},"values":[${samples}]}`;
  const read = (...elements: string[]): Collected => readApi(elements.map((each) => `${HEAD}${each}]}}`).join('\n'));

  it('goes on where its times lie after or before all it has', () => {
    const { rejects, rows } = read(
      series('[10,"1"],[20,"2"]'),
      series('[30,"3"]', '{"__name__":"x"}'),
      series('[5,"0"]'),
    );
    expect(rejects).toEqual([]);
    expect(rows('metric_series').length).toBe(1);
    expect(rows('metric_samples').map(({ record, series_id, value }) => [record, series_id, value])).toEqual([
      [1, 1n, 1],
      [1, 1n, 2],
      [2, 1n, 3],
      [3, 1n, 0],
    ]);
  });

  it('is rejected where its times do not, and the first is kept', () => {
    for (const samples of ['[15,"1"]', '[20,"2"]', '[20,"7"],[30,"1"]', '[1,"1"],[30,"1"]', '[10,"1"],[20,"2"]']) {
      const { rejects, rows } = read(series('[10,"1"],[20,"2"]'), series(samples));
      expect(rejects.length).toBe(1);
      expect(rejects[0]?.reason).toMatch(
        /^The series of record 1 has values from 1970-01-01T00:00:10Z to 1970-01-01T00:00:20Z already; these are from .*Z\.$/,
      );
      expect(rows('metric_samples').length).toBe(2);
    }
  });

  it('has the sample at the seam of two ranges once when it is the same', () => {
    const { rejects, rows, assumptions } = read(series('[10,"1"],[20,"NaN"]'), series('[20,"NaN"],[30,"2"]'));
    expect(rejects).toEqual([]);
    expect(rows('metric_samples').map(({ time }) => time)).toEqual([10_000_000n, 20_000_000n, 30_000_000n]);
    expect(assumptions).toContain('Samples at the seam of two answers, the same in both, are taken once: 1.');
  });

  it('is taken as the same without a name too, which is said', () => {
    const { assumptions } = read(series('[10,"1"]', '{}'), series('[20,"1"]', '{}'));
    expect(assumptions.join()).toContain('Series without a name are the same where their labels are');
  });
});

describe('hostile files', () => {
  const bounded = (text: string): Collected => {
    const started = performance.now();
    const collected = readApi(text);
    expect(performance.now() - started).toBeLessThan(10_000);
    return collected;
  };

  it('are read in bounded time', () => {
    const labels = Array.from({ length: 100_000 }, (_, i) => `"l${i}":"v"`).join(',');
    const many = bounded(`${HEAD}${up[0]!},{"metric":{${labels}},"values":[[1,"2"]]}]}}`);
    expect(many.rejects.map(({ reason }) => reason)).toEqual([
      'metric has 100000 labels, which is more than are read.',
    ]);
    const deep = bounded(`${HEAD}${up[0]!},{"metric":${'{"a":'.repeat(1e5)}`);
    expect(deep.rejects[0]?.reason).toContain('nested deeper than 512 levels');
    expect(deep.rows('metric_series').length).toBe(1);
    const opened = bounded(`${HEAD}${up[0]!}]},${'"data":{"result":[],'.repeat(50_000)}`);
    expect(opened.rows('metric_series').length).toBe(1);
    const values = Array.from({ length: 300_000 }, (_, i) => `[${i},"1"]`).join(',');
    expect(bounded(`${HEAD}{"metric":{},"values":[${values}]}]}}`).rows('metric_samples').length).toBe(300_000);
  });

  it('of lists that are no results have no series', () => {
    expect(bounded('[[1,"2"').problem?.code).toBe('damaged_file');
    expect(bounded('[1,"2",3]').problem?.message).toContain('result has 3 elements');
    expect(bounded('{"status":"success","data":{"resultType":"matrix","result":null}}').problem?.message).toContain(
      'The answer has no list data.result: its data is an object with resultType, result.',
    );
  });
});
