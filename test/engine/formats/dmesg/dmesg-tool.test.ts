/** dmesg itself: one buffer, listed in each of its forms, must give the same rows. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dmesg } from '../../../../engine/formats/dmesg/dmesg.ts';
import { collectRows, type Collected } from '../collect-rows.ts';

const takenAt = BigInt(Date.UTC(2026, 10, 21, 6, 25, 10)) * 1000n;

/** Why dmesg cannot be used here; `undefined` when it can. */
function dmesgMissing(): string | undefined {
  try {
    const version = execFileSync('dmesg', ['--version'], { stdio: 'pipe' }).toString();
    return version.includes('util-linux')
      ? undefined
      : 'dmesg is not that of util-linux, so nothing is compared with it.';
  } catch {
    return 'dmesg is not installed, so nothing is compared with it (Debian package util-linux).';
  }
}

const missing = dmesgMissing();
const buffer = [
  '<5>[    0.000000] Linux version 6.1.0 (gcc (Debian)) #1 SMP',
  '<6>[    1.000001] usb 1-1: new device',
  '<4>[ 1925.680738] nf_conntrack: nf_conntrack: table full, dropping packet',
  '<3>[ 1926.000000] Out of memory: Killed process 1234 (java) total-vm:1kB',
  '<30>[ 1927.100000] systemd[1]: Started a.service.',
  '<4>[ 1928.123456] X IN=eth0 OUT= MAC=aa SRC=192.0.2.1 DST=192.0.2.2 LEN=60 PROTO=TCP SPT=1 DPT=22 WINDOW=1 ',
  '<6>[123456.789012] caf\u00e9 "quoted" \\ [brackets]',
];

function list(options: readonly string[], file?: string): Buffer {
  const from = file === undefined ? [] : ['-F', file];
  return execFileSync('dmesg', [...options, ...from], {
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function withBuffer<T>(run: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwork-dmesg-'));
  try {
    writeFileSync(join(folder, 'buffer'), `${buffer.join('\n')}\n`);
    return run(join(folder, 'buffer'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const read = (listed: Buffer): Collected => collectRows(dmesg, listed, { takenAt });
const times = (collected: Collected): bigint[] => collected.rows('events').map((row) => row['time'] as bigint);
const distances = (collected: Collected): bigint[] => times(collected).map((time) => time - times(collected)[0]!);
/** Columns that do not depend on what a form leaves out: the level, and with it the program. */
// With -J, util-linux 2.38 gives the rest of the file with each message: its first line is compared.
const firstLine = (message: unknown): string => String(message).split('\n')[0] ?? '';
const rest = (collected: Collected): unknown =>
  collected.rows('events').map(({ time: _, severity: __, code: ___, message, ...row }) => ({
    ...row,
    message: firstLine(message).replace(/^systemd\[1\]: /, ''),
  }));

describe.skipIf(missing !== undefined)(`dmesg${missing === undefined ? '' : `: ${missing}`}`, () => {
  test('each form of one buffer gives the same messages and distances in time', () => {
    withBuffer((file) => {
      const expected = read(Buffer.from(buffer.join('\n')));
      expect(expected.rows('events')).toHaveLength(buffer.length);
      for (const options of [
        [],
        ['-x'],
        ['-r'],
        ['-d'],
        ['-J'],
        ['-J', '-x'],
        ['--time-format=iso'],
        ['-x', '--time-format=iso'],
      ]) {
        const listed = read(list(options, file));
        expect([options, listed.rejects, listed.problem]).toEqual([options, [], undefined]);
        expect([options, distances(listed)]).toEqual([options, distances(expected)]);
        expect([options, rest(listed)]).toEqual([options, rest(expected)]);
      }
    });
  });

  test('forms that show the level give it, and the program of what is not from the kernel', () => {
    withBuffer((file) => {
      const expected = read(Buffer.from(buffer.join('\n')));
      const levels = (collected: Collected) =>
        collected.rows('events').map((row) => [row['severity'], row['code'], firstLine(row['message'])]);
      for (const options of [['-x'], ['-r'], ['-J', '-x']])
        expect([options, levels(read(list(options, file)))]).toEqual([options, levels(expected)]);
      // Without -x, pri of a program's message is its facility or-ed with its level.
      const ofKernel = (found: readonly unknown[][]) => found.filter((_, at) => !buffer[at]?.startsWith('<30>'));
      expect(ofKernel(levels(read(list(['-J'], file))))).toEqual(ofKernel(levels(expected)));
    });
  });

  test('-T agrees with iso to the second', () => {
    withBuffer((file) => {
      const iso = times(read(list(['--time-format=iso'], file)));
      for (const options of [['-T'], ['-T', '-x'], ['-T', '-d']])
        expect(times(read(list(options, file))).map((time) => time / 1_000_000n)).toEqual(
          iso.map((time) => time / 1_000_000n),
        );
    });
  });

  test('-e and --time-format=delta cannot be dated, and that is said', () => {
    withBuffer((file) => {
      for (const options of [['-e'], ['--time-format=delta']])
        expect(read(list(options, file)).problem?.message).toMatch(/one relative to others/);
    });
  });

  test('the buffer of this machine, where it can be read, gives the same in every form', (context) => {
    let text: Buffer;
    try {
      text = list(['-x', '--time-format=iso']);
    } catch {
      return context.skip('The kernel does not let this user read its ring buffer.');
    }
    const lines = read(text);
    const json = read(list(['-J']));
    const count = Math.min(lines.rows('events').length, json.rows('events').length);
    if (count === 0) return context.skip('The ring buffer of this machine is empty.');
    const shown = (collected: Collected) =>
      collected
        .rows('events')
        .slice(0, count)
        .map((row) => [row['severity'], row['code'], String(row['message']).trim()]);
    expect([lines.rejects, json.rejects]).toEqual([[], []]);
    expect(shown(json)).toEqual(shown(lines));
  });
});
