/** The built command line, started as a person starts it, and small cases to start it on. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createCase, importFiles } from '../../engine/index.ts';
import { openTestCase, temporaryFolder, testEngine, testJob, year2026 } from '../engine/test-case.ts';

const ENTRY = resolve('dist/cli/main.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line without waiting for it. */
export function start(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => err.push(piece));
  const ended = new Promise<Ended>((done) =>
    child.on('close', (code, signal) =>
      done({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    ),
  );
  return { child, ended };
}

/** Runs a command to its end. */
export function fieldwork(...args: readonly string[]): Promise<Ended> {
  return start(args).ended;
}

/** A new case of the year 2026 with these files in it, closed. */
export async function caseWith(files: Readonly<Record<string, string>>): Promise<{ root: string; folder: string }> {
  const folder = await temporaryFolder();
  const root = join(folder, 'case.fieldwork');
  await createCase(root, year2026, testEngine().caseContext);
  const paths = Object.keys(files).map((name) => join(folder, name));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  if (paths.length > 0) {
    const target = await openTestCase(root);
    const { files: reports } = await importFiles(target, paths, {}, testJob());
    for (const file of reports) if (file.outcome === 'refused') throw new Error(file.problem.message);
    await target.close();
  }
  return { root, folder };
}
