import { expect, it } from 'vitest';
import { baselines } from '../../../../engine/formats/baselines/baselines.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';

const at = (text: string): bigint => parseInstant(text)!;

const item = {
  source_id: 3,
  record: 17,
  captured: '2026-01-05 10:00:00+00',
  provider: 'aws',
  account: '123456789012',
  region: 'eu-west-1',
  resource_type: 'security_group',
  resource_id: 'sg-1',
  approved_at: '2026-01-10T09:00:00Z',
  approved_by: 'Ana',
};
const configuration = '{"rules": [1.0, 12345678901234567890], "note":"<b>\\u00e9</b>"}';
const line = `${JSON.stringify(item).slice(0, -1)},"configuration":${configuration}}`;
const expected = {
  record: 1,
  approved_at: at('2026-01-10T09:00:00Z'),
  approved_by: 'Ana',
  provider: 'aws',
  account: '123456789012',
  region: 'eu-west-1',
  resource_type: 'security_group',
  resource_id: 'sg-1',
  configuration,
};

it('reads JSON lines, lists and documents; a configuration keeps its bytes', () => {
  for (const text of [line, `${line}\n`, `[${line}]`, `{"items":[${line}],"n":1}`]) {
    for (const size of [1, 7, 4096])
      expect(collectRows(baselines, inPieces(Buffer.from(text), size)).rows('baselines')).toEqual([expected]);
    expect(baselines.recognise(Buffer.from(text)).confidence).toBe(0.95);
  }
});

it('reads CSV with the configuration as JSON text, and names what it does not read', () => {
  const names = [...Object.keys(item), 'configuration'];
  const cells = [...Object.values(item).map(String), configuration].map((text) => `"${text.replaceAll('"', '""')}"`);
  const read = collectRows(baselines, `${names.join(',')}\n${cells.join(',')}\n`);
  expect(read.rows('baselines')).toEqual([expected]);
  expect(read.assumptions).toEqual(['The columns "source_id", "record", "captured" are not read.']);
});

it('rejects what nobody approved, what is of nothing, and configurations that are no JSON', () => {
  const without = (name: string, value: unknown = null): string =>
    JSON.stringify({ ...item, configuration: '{}', [name]: value });
  const text = [
    without('approved_at'),
    without('approved_at', '10/01/2026'),
    without('approved_by', ''),
    without('resource_id'),
    without('resource_type', 3),
    without('configuration', 'open to all'),
    '[1]',
    '"x"',
    `${line.slice(0, -1)},"approved_by":"Ben"}`,
    line,
  ].join('\n');
  const read = collectRows(baselines, text);
  expect(read.records).toBe(10);
  expect(read.rows('baselines').map(({ record }) => record)).toEqual([5, 10]);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'Column "approved_at" has no time: what was never approved is no baseline.',
    expect.stringContaining('which number is the day is not said'),
    'Column "approved_by" is empty.',
    'Columns "resource_id", "resource_name" and "system" are all empty: nothing says what was approved.',
    'Column "configuration" is not JSON.',
    'The record is not a JSON object.',
    'The record is not a JSON object.',
    'The record has "approved_by" twice.',
  ]);
});

it('refuses a file without a baseline, and one without the columns', () => {
  expect(collectRows(baselines, '{"a":1}\n').problem?.message).toMatch(/^None of 1 records is a baseline\. Record 1: /);
  expect(collectRows(baselines, 'provider,resource_type,configuration\naws,x,{}\n').problem?.code).toBe(
    'missing_column',
  );
});

it('is recognised by what only it has', () => {
  for (const text of ['{"resource_type":"x","configuration":{}}\n', 'provider,resource_type,configuration\n', '[]', ''])
    expect(baselines.recognise(Buffer.from(text)).confidence).toBe(0);
  expect(recogniseFormat(Buffer.from(line)).filter(({ format }) => format.id !== 'baselines')).toEqual([]);
});
