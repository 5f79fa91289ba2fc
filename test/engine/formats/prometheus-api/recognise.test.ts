import { readdirSync, readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { prometheusApi } from '../../../../engine/formats/prometheus-api/prometheus-api.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { fixture } from './rows.ts';

const HEAD_BYTES = 64 * 1024;
const recognise = (content: Uint8Array | string): ReturnType<typeof prometheusApi.recognise> =>
  prometheusApi.recognise((typeof content === 'string' ? Buffer.from(content) : content).subarray(0, HEAD_BYTES));

const answers = {
  'query_range_up.json': 'It is a Prometheus API answer with a matrix result.',
  'live-snapshot.api-range-vector.json.gz': 'It is a Prometheus API answer with a matrix result: 17 of the first 17',
  'gen-histograms.json.gz': 'It is a Prometheus API answer with a matrix result: 3 of the first 3',
  'gen-answers.jsonl': 'It is a Prometheus API answer with a vector result.',
  'gen-error.json': 'It is a Prometheus API answer with an error.',
  'gen-promtool-range.json': '3 of the first 3 JSON records are series with times and values',
  'gen-promtool-instant.json': '1 of the first 1 JSON records are series with times and values',
  'gen-promtool-scalar.json': 'It is a list of a time and a value',
};

describe('recognition', () => {
  it.each(Object.entries(answers))('knows %s, says why, and no other format knows it', (name, reason) => {
    const { confidence, reason: said } = recognise(fixture(name));
    expect(confidence).toBeGreaterThanOrEqual(name.includes('scalar') ? 0.5 : 0.8);
    expect(said).toContain(reason);
    const others = recogniseFormat(fixture(name).subarray(0, HEAD_BYTES));
    expect(others.map(({ format: { id } }) => id).filter((id) => id !== prometheusApi.id)).toEqual([]);
  });

  it('knows an answer in whatever order it is written', () => {
    const { status, data } = JSON.parse(Buffer.from(fixture('query_range_up.json')).toString()) as {
      status: string;
      data: { resultType: string; result: unknown[] };
    };
    const turned = { data: { result: data.result, resultType: data.resultType }, status };
    expect(recognise(JSON.stringify(turned, null, 1)).confidence).toBe(0.98);
    expect(recognise(JSON.stringify({ ...turned, data: { ...turned.data, result: [] } })).reason).toContain('matrix');
    const cut = JSON.stringify(turned).slice(0, -60);
    expect(recognise(cut).confidence).toBeGreaterThan(0.85);
  });

  it('knows an answer whose first series is longer than the head', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => `[${1_795_000_000 + i},"${i}"]`).join(',');
    const series = `{"metric":{"__name__":"long"},"values":[${values}]}`;
    for (const text of [
      `{"status":"success","data":{"resultType":"matrix","result":[${series}]}}`,
      `[${series}]`,
      series,
    ]) {
      const { confidence, reason } = recognise(text);
      expect([confidence, reason]).toEqual([
        0.9,
        'It begins with a series with times and values, as Prometheus gives them.',
      ]);
    }
  });

  it('leaves other answers of the API alone', () => {
    for (const name of [
      'prom_alerts_during.json',
      'rules.json',
      'series.json',
      'status_tsdb.json',
      'targets_during.json',
    ])
      expect(recognise(fixture(name)).confidence).toBe(0);
    const loki =
      '{"status":"success","data":{"resultType":"streams","result":[{"stream":{"a":"b"},"values":[["1","x"]]}]}}';
    const export_ = '{"metric":{"__name__":"up"},"values":[1,2],"timestamps":[1000,2000]}';
    for (const text of [loki, export_, '[]', '{}', '', '[[1,"2"],[3,"4"]]', '{"result":[{"number":"INC1"}]}'])
      expect(recognise(text).confidence).toBe(0);
  });

  it('leaves every fixture of other formats alone', () => {
    const others = filesOf('test/fixtures').filter((path) => !path.startsWith('test/fixtures/prometheus-api/'));
    expect(others.length).toBeGreaterThan(50);
    const claimed = others.filter((path) => recognise(contentOf(path)).confidence > 0);
    expect(claimed).toEqual([]);
  });

  it('takes bounded time over a head made to be slow', () => {
    const started = performance.now();
    for (const text of ['{"result":[{"metric":{', '{"metric":{}', '{"a":"result":[', '}]'])
      expect(recognise(text.repeat(10_000)).confidence).toBe(0);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}

function contentOf(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}
