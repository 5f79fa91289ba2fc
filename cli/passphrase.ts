import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { fail } from '../shared/problem.ts';

/**
 * Gets a passphrase: the first line of a file, or asked for on the terminal without being shown.
 * Fails with `bad_request` where there is neither.
 */
export async function getPassphrase(file: string | undefined, question: string): Promise<string> {
  if (file !== undefined) return fromFile(file);
  if (process.stdin.isTTY && process.stderr.isTTY) return ask(question);
  return fail({
    code: 'bad_request',
    message: 'A passphrase is needed, and there is no terminal to ask for it on.',
    remedy: 'Put it into a file that only you can read, and name that with --passphrase-file.',
  });
}

async function fromFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    fail({
      code: error.code === 'ENOENT' ? 'not_found' : 'unreadable',
      message: `The passphrase file cannot be read (${error.code}).`,
      where: { file },
      remedy: 'Check the path and its permissions.',
    }),
  );
  return text.split(/\r?\n/, 1)[0] ?? '';
}

function ask(question: string): Promise<string> {
  // What is typed is not echoed: the output that readline writes to goes nowhere.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(`${question}: `);
  return new Promise((resolve) => {
    lines.question('', (answer) => {
      lines.close();
      process.stderr.write('\n');
      resolve(answer);
    });
  });
}
