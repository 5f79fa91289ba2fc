import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sha256 } from '../../../engine/core/hash.ts';
import { canonicalJson } from '../../../engine/core/canonical-json.ts';
import { Ledger, NO_ENTRY } from '../../../engine/intake/ledger.ts';
import { temporaryFolder, testEngine } from '../test-case.ts';

const { effects } = testEngine();

async function threeEntries(): Promise<string> {
  const path = join(await temporaryFolder(), 'ledger.jsonl');
  const ledger = await Ledger.create(path);
  for (const n of [1, 2, 3]) await ledger.append({ kind: 'test', data: { n, text: 'ä\u2028"' } }, effects);
  return path;
}

it('each entry names the hash of the one before, over canonical JSON', async () => {
  const lines = (await readFile(await threeEntries(), 'utf8')).trimEnd().split('\n');
  let previous = NO_ENTRY;
  for (const line of lines) {
    const { hash, ...body } = JSON.parse(line) as { hash: string; previous: string };
    expect(line).toBe(canonicalJson({ ...body, hash }));
    expect(hash).toBe(sha256(canonicalJson(body)));
    expect(body.previous).toBe(previous);
    previous = hash;
  }
  expect(lines).toHaveLength(3);
});

it.each([
  ['a changed entry', (lines: string[]) => [lines[0]!.replace('"n":1', '"n":9'), lines[1]!, lines[2]!], 1],
  ['a removed entry', (lines: string[]) => [lines[0]!, lines[2]!], 2],
  ['entries in another order', (lines: string[]) => [lines[1]!, lines[0]!, lines[2]!], 1],
  ['a line that is no entry', (lines: string[]) => [lines[0]!, '{"seq":2}', lines[2]!], 2],
])('%s is named with its line', async (_name, change, line) => {
  const path = await threeEntries();
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  await writeFile(path, `${change(lines).join('\n')}\n`);
  await expect(Ledger.open(path)).rejects.toMatchObject({ problem: { code: 'case_damaged', where: { line } } });
});

it('a last line that a crash cut short is taken off, and the next entry follows the last whole one', async () => {
  const path = await threeEntries();
  await appendFile(path, '{"at":"2027-01-04T09:0');
  const ledger = await Ledger.open(path);
  expect(ledger.head.seq).toBe(3);
  await ledger.append({ kind: 'test', data: {} }, effects);
  expect((await Ledger.open(path)).head).toEqual(ledger.head);
});

it('an entry that is taken back leaves the file as it was', async () => {
  const path = await threeEntries();
  const before = await readFile(path, 'utf8');
  const ledger = await Ledger.open(path);
  await ledger.append({ kind: 'test', data: { text: 'ü' } }, effects);
  await ledger.retractAfter(3);
  expect(await readFile(path, 'utf8')).toBe(before);
  expect(ledger.head.seq).toBe(3);
});

it('entries that are added together are as those added one by one', async () => {
  const one = await threeEntries();
  const many = await threeEntries();
  const added = ['a', 'b', 'c'].map((text) => ({ kind: 'test', data: { text } }));
  const first = await Ledger.open(one);
  for (const entry of added) await first.append(entry, effects);
  const second = await Ledger.open(many);
  await second.appendAll(added, effects);
  expect(await readFile(many, 'utf8')).toBe(await readFile(one, 'utf8'));
  expect((await Ledger.open(many)).head).toEqual(first.head);
});
