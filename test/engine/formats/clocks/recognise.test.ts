/** Each file of a clock is recognised as its own format and as no other; no other file is taken for one of a clock. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chrony } from '../../../../engine/formats/chrony/chrony.ts';
import { ntpd } from '../../../../engine/formats/ntpd/ntpd.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { timedatectl } from '../../../../engine/formats/timedatectl/timedatectl.ts';
import { filesBelow, hostileFiles } from './readings.ts';

const clocks = [chrony, ntpd, timedatectl];
const folders = clocks.map(({ id }) => `test/fixtures/${id}`);
const headOf = (path: string): Uint8Array => readFileSync(path).subarray(0, 64 * 1024);

/** Files beside the samples: parses by others, messages, and counts that are too few numbers to be known. */
const isSample = (path: string): boolean => !/\.json$|-activity-\w+\.csv$|chronyd-messages/.test(path);

describe.each(clocks)('$id', (format) => {
  const own = filesBelow(`test/fixtures/${format.id}`).filter(isSample);

  test.each(own)('%s', (path) => {
    const head = headOf(path);
    const { confidence, reason } = format.recognise(head);
    expect(confidence).toBeGreaterThan(0.9);
    expect(reason).toMatch(/^\d+ of the first \d+ lines .*\.$/);
    for (const other of clocks.filter(({ id }) => id !== format.id)) expect(other.recognise(head).confidence).toBe(0);
    const others = recogniseFormat(head).filter((candidate) => candidate.format.id !== format.id);
    for (const candidate of others) expect(candidate.confidence).toBeLessThan(confidence - 0.05);
  });

  test('no file of another format', () => {
    const others = filesBelow('test/fixtures').filter(
      (path) => !folders.some((folder) => path.startsWith(folder)) || !isSample(path),
    );
    for (const path of others) expect([path, format.recognise(headOf(path)).confidence]).toEqual([path, 0]);
  });

  test('no hostile file, but what ntpq could have printed', () => {
    for (const [name, bytes] of Object.entries(hostileFiles)) {
      const { confidence } = format.recognise(bytes.subarray(0, 64 * 1024));
      if (format !== ntpd || !/prototype|quotes/.test(name)) expect([name, confidence]).toEqual([name, 0]);
    }
  });
});

test('a log that was just begun, with its heading only', () => {
  const heading = readFileSync('test/fixtures/chrony/gen-tracking.log').subarray(0, 396);
  expect(chrony.recognise(heading).confidence).toBeGreaterThan(0.9);
});
