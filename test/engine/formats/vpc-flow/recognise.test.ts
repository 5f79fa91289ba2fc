import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { vpcFlow } from '../../../../engine/formats/vpc-flow/vpc-flow.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures');
const HEAD = 64 * 1024;

function headOf(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).subarray(0, HEAD);
}

const record =
  '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
const own: Record<string, Uint8Array> = {
  'dataprepper-vpcflow.log': headOf(join(fixtures, 'vpc-flow/dataprepper-vpcflow.log')),
  'made-v5.log': headOf(join(fixtures, 'vpc-flow/made-v5.log')),
  'made-v5-gzip.parquet': headOf(join(fixtures, 'vpc-flow/made-v5-gzip.parquet')),
  cloudwatch: Buffer.from(`2014-12-14T04:06:50.000Z ${record}\n`.repeat(5)),
  cli: Buffer.from(JSON.stringify({ events: [{ timestamp: 1, message: record, ingestionTime: 2 }] })),
  athena: Buffer.from(
    '"version","account_id","srcaddr","dstaddr","start","end","action"\n"2","1","10.0.0.1","10.0.0.2","1418530010","1418530070","ACCEPT"\n',
  ),
  header: Buffer.from('version account-id interface-id srcaddr dstaddr start end\n'),
};

it.each(Object.keys(own))('recognises %s, and no other format comes near', (name) => {
  const { confidence, reason } = vpcFlow.recognise(own[name]!);
  expect(confidence).toBeGreaterThanOrEqual(0.85);
  expect(reason).toMatch(/\.$/);
  const others = recogniseFormat(own[name]!).filter(({ format }) => format.id !== 'vpc-flow');
  for (const other of others)
    expect([other.format.id, other.confidence < confidence - 0.05]).toEqual([other.format.id, true]);
});

it('takes a Parquet file whose end is not seen for what it may be', () => {
  const bytes = readFileSync(join(fixtures, 'vpc-flow/made-v5-gzip.parquet')).subarray(0, 30_000);
  expect(vpcFlow.recognise(bytes)).toEqual({
    confidence: 0.5,
    reason: 'A Parquet file; whether its columns are those of a flow log stands at its end.',
  });
  expect(vpcFlow.recognise(headOf(join(fixtures, 'vpc-flow/other.parquet'))).confidence).toBe(0);
});

it('claims nothing of other formats', () => {
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !path.startsWith('vpc-flow') && statSync(join(fixtures, path)).isFile(),
  );
  expect(files.length).toBeGreaterThan(50);
  const claimed = files.filter((path) => vpcFlow.recognise(headOf(join(fixtures, path))).confidence > 0);
  expect(claimed).toEqual([]);
  for (const text of ['', '\n\n', 'start', '{"start":1}', '[1418530010,2]', 'a,b\n1,2\n', 'PAR1', '\0\0\0\0'])
    expect([text, vpcFlow.recognise(Buffer.from(text)).confidence > 0.5]).toEqual([text, false]);
});
