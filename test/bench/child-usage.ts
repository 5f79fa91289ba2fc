/** Runs a program and says what it took: time, processor time, memory. */
import { spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface ChildUsage {
  readonly exitCode: number;
  readonly wallSeconds: number;
  /** User and system, of the program and what it started; `undefined` where this system does not say. */
  readonly cpuSeconds: number | undefined;
  readonly peakBytes: number | undefined;
  /** Empty where it was not asked for. */
  readonly stdout: string;
  readonly stderr: string;
}

const GNU_TIME = '/usr/bin/time';
// A program of Node can say it itself where there is no GNU time; then without what it started.
const SAY_USAGE = `data:text/javascript,${encodeURIComponent(`
  import { writeFileSync } from 'node:fs';
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(process.env.BENCH_USAGE, \`\${userCPUTime / 1e6} \${systemCPUTime / 1e6} \${maxRSS}\`);
  });
`)}`;

let gnuTime: boolean | undefined;

function hasGnuTime(): boolean {
  gnuTime ??= spawnSync(GNU_TIME, ['-q', '-f', '%U', '-o', '/dev/null', 'true'], { stdio: 'ignore' }).status === 0;
  return gnuTime;
}

/** Runs a program to its end. Its output is thrown away unless `keepOutput`; what it says on stderr is kept. */
export async function runMeasured(
  command: string,
  args: readonly string[],
  { keepOutput = false }: { readonly keepOutput?: boolean } = {},
): Promise<ChildUsage> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwork-usage-'));
  const file = join(folder, 'usage');
  try {
    const [program, withUsage] = askingForUsage(command, args, file);
    const begun = performance.now();
    const stdio: StdioOptions = ['ignore', keepOutput ? 'pipe' : 'ignore', 'pipe'];
    const child = spawn(program, withUsage, { stdio, env: { ...process.env, BENCH_USAGE: file } });
    const exit = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
    const outputs = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
    const exitCode = await exit;
    const wallSeconds = (performance.now() - begun) / 1000;
    const [stdout = '', stderr = ''] = await Promise.all(outputs);
    return { exitCode, wallSeconds, ...readUsage(file), stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function askingForUsage(command: string, args: readonly string[], file: string): [string, string[]] {
  if (hasGnuTime()) return [GNU_TIME, ['-q', '-f', '%U %S %M', '-o', file, command, ...args]];
  if (command === process.execPath) return [command, ['--import', SAY_USAGE, ...args]];
  return [command, [...args]];
}

function readUsage(file: string): Pick<ChildUsage, 'cpuSeconds' | 'peakBytes'> {
  let words: readonly string[];
  try {
    words = readFileSync(file, 'utf8').trim().split(' ');
  } catch {
    return { cpuSeconds: undefined, peakBytes: undefined }; // nothing measures it here
  }
  const [user, system, kilobytes] = words.map(Number);
  return { cpuSeconds: user! + system!, peakBytes: kilobytes! * 1024 };
}
