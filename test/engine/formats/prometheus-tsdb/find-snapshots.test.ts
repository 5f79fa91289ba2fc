import { describe, expect, it } from 'vitest';
import { findSnapshots } from '../../../../engine/formats/prometheus-tsdb/find-snapshots.ts';

const A = '01M7YBW96F9A2EAZNNG3008VV9';
const B = '01M7YQM6SZHP09AHB9MWNNCA88';

/** The files of a block. */
function block(folder: string, ...without: readonly string[]): readonly string[] {
  const files = ['meta.json', 'index', 'chunks/000001', 'tombstones'].filter((name) => !without.includes(name));
  return files.map((name) => `${folder}/${name}`);
}

/** Everything of the list in one snapshot. */
const whole = (folder: string, blocks: number, files: readonly string[]): unknown => ({
  snapshots: [{ folder, blocks, files }],
  others: [],
});

describe('a snapshot is', () => {
  const storage = [
    'wal/00000012',
    'wal/checkpoint.00000010/00000000',
    'wbl/00000000',
    'chunks_head/000001',
    'chunk_snapshot.000012.0000000/000000',
    'lock',
    'queries.active',
    `${B}.tmp-for-creation/index`,
    `${B}.tmp-for-creation/meta.json`,
    `${B}.tmp-for-deletion/chunks/000001`,
  ];
  it.each<[string, string, number, readonly string[]]>([
    ['a folder of blocks', 'snap/', 2, [...block(`snap/${A}`), ...block(`snap/${B}`)]],
    ['blocks at the top', '', 2, [...block(A), ...block(B)]],
    ['one block that was named itself', '', 1, block(A)],
    ['the inside of a block', '', 1, ['meta.json', 'index', 'chunks/000001', 'chunks/000002']],
    [
      'a data folder with the rest of its storage',
      'data/',
      1,
      [...storage.map((name) => `data/${name}`), ...block(`data/${A}`)],
    ],
    ['a data folder at the top', '', 1, [...block(A), ...storage]],
    ['a block without meta.json', 'snap/', 1, block(`snap/${A}`, 'meta.json')],
    ['a block without index', 'snap/', 1, block(`snap/${A}`, 'index')],
    ['a block with chunks alone', 'snap/', 1, [`snap/${A}/chunks/000001`]],
    ['a block with another name', 'snap/', 1, block('snap/block of May')],
    [
      'a block with files that are none of its own',
      'snap/',
      1,
      [...block(`snap/${A}`), `snap/${A}/chunks/notes/x.txt`],
    ],
    ['far down, with spaces and UTF-8', 'a b/größe 日本/\u00a0/', 1, block(`a b/größe 日本/\u00a0/${A}`)],
    ['with names that objects have', 'constructor/__proto__/', 1, block(`constructor/__proto__/${A}`)],
  ])('%s', (_what, folder, blocks, files) => {
    expect(findSnapshots(files)).toEqual(whole(folder, blocks, files));
  });

  it('told apart from what lies beside it, and from another', () => {
    const one = [...block(`in/one/${A}`), 'in/one/wal/00000000'];
    const two = [...block(`in/two/${A}`), ...block(`in/two/${B}`)];
    const others = [
      'in/audit.log',
      'in/one/notes.txt',
      'in/two/sub/audit.log',
      'wal/00000000',
      'lock',
      'in/lock/x.log',
    ];
    expect(findSnapshots([...others.slice(0, 3), ...two, ...one, ...others.slice(3)])).toEqual({
      snapshots: [
        { folder: 'in/one/', blocks: 1, files: one },
        { folder: 'in/two/', blocks: 2, files: two },
      ],
      others,
    });
  });

  it('told apart from one in a folder below it', () => {
    const upper = [...block(A), 'wal/00000000'];
    const lower = [...block(`snapshots/20261121T061442Z-3c301438818ddece/${B}`)];
    expect(findSnapshots([...lower, ...upper])).toEqual({
      snapshots: [
        { folder: '', blocks: 1, files: upper },
        { folder: 'snapshots/20261121T061442Z-3c301438818ddece/', blocks: 1, files: lower },
      ],
      others: [],
    });
  });
});

describe('no snapshot is', () => {
  it.each<[string, readonly string[]]>([
    ['nothing', []],
    ['a file', ['audit.log']],
    ['a site with an index and a meta.json', ['site/index', 'site/meta.json', 'site/auth.log']],
    ['the same at the top', ['index', 'meta.json', 'auth.log']],
    ['a folder named as a block with other things in it', [`objects/${A}/body.json`, `objects/${A}/audit.log`]],
    ['a file named as a block', [`objects/${A}`, 'objects/index']],
    ['a name that is no ULID', ['8ZZZZZZZZZZZZZZZZZZZZZZZZZ/index', `${A}X/index`, `${A.toLowerCase()}/index`]],
    ['what a server was making or removing', block(`data/${A}.tmp-for-creation`)],
    ['a block inside of that', block(`data/${A}.tmp-for-deletion/${B}`)],
    ['a log of the last hours alone', ['data/wal/00000000', 'data/chunks_head/000001', 'data/lock']],
    ['a file that was named itself', ['index/']],
  ])('%s', (_what, files) => {
    expect(findSnapshots(files)).toEqual({ snapshots: [], others: files });
  });
});

it('every path is in one place, and once, whatever is put together', () => {
  const parts = ['', A, B, 'wal', 'lock', 'x', 'index', 'meta.json', 'chunks', '000001', `${A}.tmp-for-creation`];
  let state = 7;
  const next = (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  for (let round = 0; round < 500; round++) {
    const path = (): string => Array.from({ length: 1 + next(5) }, () => parts[next(parts.length)]).join('/');
    const paths = [...new Set(Array.from({ length: 12 }, path))];
    const { snapshots, others } = findSnapshots(paths);
    expect([...snapshots.flatMap(({ files }) => files), ...others].sort()).toEqual([...paths].sort());
    for (const { folder, files, blocks } of snapshots) {
      expect(blocks).toBeGreaterThan(0);
      for (const file of files) expect(file.startsWith(folder)).toBe(true);
    }
  }
});

it('many paths, and paths of many parts, take no time', () => {
  const deep = Array.from({ length: 500 }, (_, i) => `${i}/${'index/'.repeat(90)}x`);
  const wal = Array.from({ length: 50_000 }, (_, i) => `delivery/data/wal/${i}`);
  const began = performance.now();
  expect(findSnapshots([...deep, ...wal, ...block(`delivery/data/${A}`)]).snapshots).toMatchObject([
    { folder: 'delivery/data/', blocks: 1 },
  ]);
  expect(performance.now() - began).toBeLessThan(10_000);
});
