/** Hostile input too large for a test: what the command line says of it, in how much memory and time, and what it leaves. */
import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { startRandom } from '../conformance/random.ts';
import { say, sayTable } from './bench-table.ts';
import { runMeasured } from './child-usage.ts';
import { withScratchFolder } from './scratch-folder.ts';

const MIB = 1024 * 1024;
const ENTRY = resolve('dist/cli/main.js');
const LF = 10;

const USAGE = `npm run bench hostile [-- --files N]
  --files  how many files lie in the large folder, 10000 if left out`;

/** Writes a file or a folder at a path. */
type Write = (path: string) => void;

function inputs(files: number): Readonly<Record<string, Write>> {
  const zeros = gzipSync(Buffer.alloc(64 * MIB), { level: 9 });
  return {
    'a million lines of noise': (path) => writeAll(path, noise(1_000_000)),
    'as many after an audit log': (path) => writeAll(path, [auditLines(1000), ...noise(1_000_000)]),
    'a line of 200 MiB': (path) =>
      writeAll(path, [auditLines(1000), ...Array<Buffer>(200).fill(Buffer.alloc(MIB, 'a')), Buffer.from('\n')]),
    '10 GiB of zeros in gzip': (path) =>
      writeAll(path, [gzipSync(auditLines(1000)), ...Array<Buffer>(160).fill(zeros)]),
    'the same twice compressed': (path) => writeAll(path, [gzipSync(Buffer.concat(Array<Buffer>(160).fill(zeros)))]),
    [`${files} files`]: (path) => {
      mkdirSync(path);
      for (let i = 0; i < files; i++)
        writeFileSync(join(path, `${i}.log`), i % 500 === 0 ? auditLines(1, i) : 'nothing that anybody knows\n');
    },
  };
}

function* noise(lines: number): Generator<Buffer> {
  const random = startRandom(1);
  for (let written = 0; written < lines; written += 1000) {
    const parts: Buffer[] = [];
    for (let i = 0; i < 1000; i++) {
      const line = Buffer.alloc(21 + random.below(80));
      for (let at = 0; at < line.length - 1; at++) line[at] = random.below(256) || 1;
      for (let at = line.indexOf(LF); at >= 0; at = line.indexOf(LF, at)) line[at] = LF + 1;
      line[line.length - 1] = LF;
      parts.push(line);
    }
    yield Buffer.concat(parts);
  }
}

function auditLines(count: number, first = 1): Buffer {
  const start = Date.UTC(2026, 2, 1) / 1000;
  const line = (i: number): string =>
    `type=USER_LOGIN msg=audit(${start + i}.000:${first + i}): pid=100 uid=0 auid=1000 ses=1 msg='op=login res=success'\n`;
  return Buffer.from(Array.from({ length: count }, (_, i) => line(i)).join(''));
}

function writeAll(path: string, pieces: Iterable<Buffer>): void {
  const file = openSync(path, 'w');
  for (const piece of pieces) writeSync(file, piece);
  closeSync(file);
}

async function measure(folder: string, name: string, write: Write): Promise<readonly string[]> {
  const input = join(folder, `${name.replaceAll(' ', '-')}.in`);
  write(input);
  const root = join(folder, `${name.replaceAll(' ', '-')}.fieldwork`);
  const created = [ENTRY, 'new', root, '--entity', 'Bench', '--from', '2026-01-01', '--to', '2026-12-31'];
  const made = await runMeasured(process.execPath, created);
  if (made.exitCode !== 0) throw new Error(made.stderr);
  const usage = await runMeasured(process.execPath, [ENTRY, 'import', root, input], { keepOutput: true });
  const last = usage.stdout.trim().split('\n').at(-1) ?? '';
  const [why = ''] = usage.stderr.split('\n');
  say(`${name}: ${last}${why === '' ? '' : `\n  ${why.slice(0, 240)}`}`);
  const peak = usage.peakBytes === undefined ? '' : (usage.peakBytes / MIB).toFixed(0);
  return [name, `${usage.exitCode}`, usage.wallSeconds.toFixed(1), peak, (sizeOf(root) / MIB).toFixed(1)];
}

function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { files: { type: 'string' }, help: { type: 'boolean' } } });
  const files = Number(values.files ?? 10_000);
  if (values.help === true || !Number.isInteger(files) || files < 1) {
    say(USAGE);
    return values.help === true ? 0 : 2;
  }
  const rows: (readonly string[])[] = [];
  await withScratchFolder(async (folder) => {
    for (const [name, write] of Object.entries(inputs(files))) rows.push(await measure(folder, name, write));
  });
  say('');
  sayTable(['input', 'exit', 'seconds', 'peak MiB', 'case MiB'], rows);
  return 0;
}

process.exitCode = await main();
