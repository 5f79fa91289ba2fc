/** Files of the readers that share the meaning of messages, changed at random: nothing is lost, whatever the pieces. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dmesg } from '../../../../engine/formats/dmesg/dmesg.ts';
import type { Format } from '../../../../engine/formats/format.ts';
import { journald } from '../../../../engine/formats/journald/journald.ts';
import { syslog3164 } from '../../../../engine/formats/syslog-3164/syslog-3164.ts';
import { syslog5424 } from '../../../../engine/formats/syslog-5424/syslog-5424.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { seededRandom } from '../damage.ts';

const fixture = (path: string, most: number): Buffer => readFileSync(`test/fixtures/${path}`).subarray(0, most);
const framed = (text: Buffer): Buffer =>
  Buffer.from(
    text
      .toString()
      .split('\n')
      .map((line) => `${Buffer.byteLength(line)} ${line}`)
      .join(''),
  );

const files: readonly (readonly [string, Format, Buffer])[] = [
  ['RFC 3164', syslog3164, fixture('syslog-rfc3164/jc-generic-syslog-3164.out', 4000)],
  ['RFC 5424', syslog5424, fixture('syslog-rfc5424/gen-all.rfc5424.log', 4000)],
  ['octet counting', syslog5424, framed(fixture('syslog-rfc5424/gen-all.rfc5424.log', 4000))],
  ['journal JSON', journald, fixture('journald/gen-journal.json', 9000)],
  ['journal export', journald, fixture('journald/gen-journal.export', 9000)],
  ['journal SSE', journald, fixture('journald/gen-journal-sse.txt', 4000)],
  ['dmesg', dmesg, fixture('dmesg/gen-dmesg-iso.txt', 4000)],
  ['dmesg JSON', dmesg, fixture('dmesg/gen-dmesg-J.jsonl', 4000)],
];

const INSERTED = ['\n', '\n\n', '{', '"', '<', '\0', ' 12 <3>', 'MESSAGE\n', '__CURSOR=', '\x1e', 'data: {'];
const ROUNDS = 60;

function mutate(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length);
  const before = bytes.subarray(0, at);
  switch (Math.floor(random() * 4)) {
    case 0:
      return Buffer.concat([before, Buffer.of(Math.floor(random() * 256)), bytes.subarray(at + 1)]);
    case 1:
      return Buffer.concat([before, bytes.subarray(at + 1 + Math.floor(random() * 30))]);
    case 2:
      return Buffer.concat([
        before,
        Buffer.from(INSERTED[Math.floor(random() * INSERTED.length)]!),
        bytes.subarray(at),
      ]);
    default:
      return Buffer.concat([bytes, bytes.subarray(at, at + 200)]);
  }
}

test.each(files)('%s', (name, format, bytes) => {
  const random = seededRandom(name.length * 31 + bytes.length);
  const context = { takenAt: BigInt(Date.UTC(2026, 10, 21)) * 1000n };
  for (let round = 0; round < ROUNDS; round++) {
    let mutated = bytes;
    for (let count = Math.floor(random() * 6); count >= 0; count--) mutated = mutate(mutated, random);
    const whole = collectRows(format, mutated, context);
    const pieces = collectRows(format, inPieces(mutated, [1, 3, 17, 1000][round % 4]!), context);
    expect([round, pieces.problem, pieces.rejects]).toEqual([round, whole.problem, whole.rejects]);
    expect(pieces.tables).toEqual(whole.tables);
    expect(pieces.spans).toEqual(whole.spans);
    if (!whole.problem) expect([round, outsideOfRecords(mutated, whole.spans)]).toEqual([round, '']);
  }
});

/** What no record holds, but for what stands between records: white space, NULs, commas, marks of SSE and sequences. */
function outsideOfRecords(bytes: Buffer, spans: readonly { byte: number; length: number }[]): string {
  const covered = new Uint8Array(bytes.length);
  for (const { byte, length } of spans) covered.fill(1, byte, byte + length);
  const left = bytes.filter((_, at) => covered[at] === 0);
  return Buffer.from(left)
    .toString('latin1')
    .replace(/data:/g, '')
    .replace(/[\s\0,\x1e]/g, '');
}
