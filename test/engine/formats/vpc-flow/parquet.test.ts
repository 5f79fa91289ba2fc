import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FlowSink } from '../../../../engine/formats/vpc-flow/flow-sink.ts';
import { readDelta } from '../../../../engine/formats/vpc-flow/parquet-delta.ts';
import { ParquetFlow } from '../../../../engine/formats/vpc-flow/parquet-flow.ts';
import { readRuns } from '../../../../engine/formats/vpc-flow/parquet-runs.ts';
import { checkThrift } from '../../../../engine/formats/vpc-flow/parquet-thrift.ts';
import { vpcFlow } from '../../../../engine/formats/vpc-flow/vpc-flow.ts';
import { collectRows, inPieces, testContext } from '../collect-rows.ts';
import { seededRandom } from '../damage.ts';

const folder = join(import.meta.dirname, '../../../fixtures/vpc-flow');
const fixture = (name: string): Buffer => readFileSync(join(folder, name));
const files = ['made-v5-gzip.parquet', 'made-v5-snappy-v2.parquet', 'made-v5-delta.parquet', 'made-v5-plain.parquet'];

it.each(files)('gives the same rows for %s as for the same log in lines', (name) => {
  const lines = collectRows(vpcFlow, fixture('made-v5.log'));
  const read = collectRows(vpcFlow, fixture(name));
  expect(read.problem).toBeUndefined();
  expect(read.rejects).toEqual([]);
  expect(read.records).toBe(600);
  expect(read.rows('flow_records')).toEqual(lines.rows('flow_records'));
  expect(read.rows('events')).toEqual(lines.rows('events'));
});

it('points at the row group of a row', () => {
  const bytes = fixture('made-v5-gzip.parquet');
  const { spans } = collectRows(vpcFlow, bytes);
  const groups = [...new Map(spans.map((span) => [span.byte, span])).values()];
  expect(spans.map(({ byte }) => byte).filter((byte) => byte === groups[0]!.byte).length).toBe(250);
  expect(groups.length).toBe(3);
  for (const [i, { byte, length }] of groups.entries())
    expect(byte + length).toBeLessThanOrEqual(groups[i + 1]?.byte ?? bytes.length);
  expect(groups[0]!.byte).toBe(4);
});

it('refuses what it does not read, and says what that is', () => {
  const zstd = collectRows(vpcFlow, fixture('made-zstd.parquet'));
  expect(zstd.problem).toMatchObject({ code: 'damaged_file' });
  expect(zstd.problem?.message).toContain('column "version": it is compressed with ZSTD, which is not read here.');
  const other = collectRows(vpcFlow, fixture('other.parquet'));
  expect(other.problem).toMatchObject({ code: 'missing_column' });
  expect(other.problem?.message).toContain('it has a, b.');
  const cut = collectRows(vpcFlow, fixture('made-v5-gzip.parquet').subarray(0, 20_000));
  expect(cut.problem?.message).toBe('The Parquet file is cut off: after 20000 bytes there is no footer.');
  const encrypted = collectRows(vpcFlow, Buffer.from('PARE12345678PARE'));
  expect(encrypted.problem?.message).toBe('The footer of the Parquet file is encrypted.');
});

it('holds no more of a file than its limit', () => {
  const said: string[] = [];
  const none = {
    record: () => 1,
    row: () => undefined,
    recordsAreLines: () => undefined,
    columns: () => {
      throw new Error('Flow records are rows.');
    },
    seriesId: () => 1n,
    reject: () => undefined,
    sawTime: () => undefined,
  };
  const sink = new FlowSink({ ...none, assume: (statement) => said.push(statement) }, testContext);
  const reader = new ParquetFlow(sink, 'big.parquet', 30_000);
  for (const piece of inPieces(fixture('made-v5-gzip.parquet'), 4096)) reader.push(piece);
  expect(reader.finish()).toMatchObject({
    code: 'limit_reached',
    message: expect.stringMatching(/^The Parquet file has \d+ bytes, over the limit of 30000\.$/) as string,
  });
});

it.each(files)('gives all rows or a problem, whatever byte of %s is damaged', (name) => {
  const clean = fixture(name);
  const rows = collectRows(vpcFlow, clean).rows('flow_records').length;
  const random = seededRandom(17);
  let refused = 0;
  for (let run = 0; run < 40; run++) {
    const bytes = Uint8Array.from(clean);
    const from = run % 2 === 0 ? clean.length - 14_000 : 0;
    const at = Math.max(4, from + Math.floor(random() * (clean.length - from)));
    bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
    const { problem, records } = collectRows(vpcFlow, bytes);
    if (problem) refused++;
    else expect(records).toBe(rows);
  }
  expect(refused).toBeGreaterThan(0);
});

it('makes no more values than are wanted, whatever a run promises', () => {
  // A header that promises 2^31 - 1 times the value 1, and one of as many packed groups.
  expect([...readRuns(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x0f, 1), 1, 3)]).toEqual([1, 1, 1]);
  expect([...readRuns(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0b101), 1, 3)]).toEqual([1, 0, 1]);
  expect([...readRuns(Uint8Array.of(0x04, 0x07, 0x03, 0x88, 0xc6, 0xfa), 3, 10)]).toEqual([
    7, 7, 0, 1, 2, 3, 4, 5, 6, 7,
  ]);
  expect(() => readRuns(Uint8Array.of(0x02), 1, 3)).toThrow('too early');
});

it('refuses structures that are made to keep a reader busy', () => {
  const endless = new Uint8Array(1_000_000).fill(0x80);
  expect(() => checkThrift(Buffer.concat([Uint8Array.of(0x16), endless]), 0)).toThrow('longer than any can be');
  expect(() => checkThrift(Buffer.alloc(1000, 0x1c), 0)).toThrow('nested too deep');
  expect(() => checkThrift(Uint8Array.of(0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x0f), 0)).toThrow(
    'longer than what holds it',
  );
  expect(() => readDelta('DELTA_BINARY_PACKED', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x08, 1, 3, 0), 64, 3)).toThrow(
    'blocks of',
  );
});
