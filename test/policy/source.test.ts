import { sep } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { linesMatching, projectFiles, ROOT, type ProjectFile } from './project-files.ts';

let product: readonly ProjectFile[];
let everything: readonly ProjectFile[];

beforeAll(async () => {
  product = await projectFiles(['engine', 'shared', 'renderer', 'electron', 'cli', 'samples'], ['.ts', '.tsx']);
  everything = await projectFiles(['.'], ['.ts', '.tsx', '.mjs', '.md', '.yml', '.yaml', '.json', '.sql', '.css']);
});

const within = (rooms: RegExp, but?: RegExp) =>
  product.filter(({ path }) => rooms.test(path) && !(but?.test(path) ?? false));

test('the search itself finds what is there', () => {
  expect(product.length).toBeGreaterThan(50);
  expect(linesMatching(product, /\bexport async function startWebHost\b/)).toHaveLength(1);
  expect(everything.map(({ path }) => path)).toContain('package.json');
});

test('the product does not speak to the console', () => {
  expect(linesMatching(product, /\bconsole\s*\.\s*\w+\s*\(/)).toEqual([]);
});

test('no room but the hosts opens a connection', () => {
  // What needs no import, and so escapes the import rules.
  const calls = /\b(fetch|XMLHttpRequest|EventSource|WebSocketStream|sendBeacon|importScripts)\s*\(/;
  expect(linesMatching(within(/^(engine|shared|samples|cli|electron|renderer)\//), calls)).toEqual([]);
  const sockets = /\bnew (WebSocket|EventSource|XMLHttpRequest|RTCPeerConnection)\b/;
  expect(
    linesMatching(within(/^(engine|shared|samples|electron|renderer)\//, /^renderer\/connect\.ts$/), sockets),
  ).toEqual([]);
});

test('nothing names a machine’s own paths', () => {
  // A folder at the top of the disk has too plain a name to be looked for.
  const here = ROOT.split(sep).length > 2 ? [`(?<![\\w.])${escape(ROOT)}(?![\\w-])`] : [];
  const pattern = new RegExp([...here, '[A-Z]:\\\\{1,2}Users\\\\', '/Users/[a-z]'].join('|'));
  expect(linesMatching(everything, pattern)).toEqual([]);
});

test('the window makes no HTML from text', () => {
  const sinks =
    /dangerouslySetInnerHTML|\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(/;
  expect(linesMatching(within(/^(renderer|shared)\//), sinks)).toEqual([]);
});

test('results come from the evidence, not from the hour or from chance', () => {
  const rooms = /^(engine\/(formats|evidence|timeline|controls|workpapers|verify)|samples|shared)\//;
  expect(
    linesMatching(within(rooms), /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)|toLocale|Intl\.Collator|localeCompare/),
  ).toEqual([]);
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
