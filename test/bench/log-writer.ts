/** Logs for the benchmark of imports, always the same for the same size: names and shapes as real systems write them. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { seededRandom } from '../engine/formats/damage.ts';

const PIECE_CHARACTERS = 4 * 1024 * 1024;

/** Chance that is the same on every run. */
export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from 0 up to `limit`, not included. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Lower-case hexadecimal digits. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.below(0x1_0000).toString(16).padStart(4, '0');
    return text.slice(0, digits);
  }
}

/** A file that is written line by line up to a size. */
export class LogWriter {
  lines = 0;
  #written = 0;
  #text = '';
  readonly #file: number;

  constructor(
    path: string,
    readonly sizeBytes: number,
  ) {
    this.#file = openSync(path, 'wx');
  }

  /** From 0 to 1, how much of the file there is. */
  get fraction(): number {
    return (this.#written + this.#text.length) / this.sizeBytes;
  }

  get isFull(): boolean {
    return this.fraction >= 1;
  }

  line(text: string): void {
    this.#text += `${text}\n`;
    this.lines++;
    if (this.#text.length > PIECE_CHARACTERS) this.#flush();
  }

  /** Gives the size in bytes. */
  close(): number {
    this.#flush();
    closeSync(this.#file);
    return this.#written;
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    this.#written += bytes.length;
    this.#text = '';
  }
}

const names =
  'alice bob carol dave erin frank grace heidi ivan judy mallory niaj olivia peggy rupert sybil trent victor walter zoë'.split(
    ' ',
  );
export const people: readonly string[] = Array.from({ length: 200 }, (_, i) => {
  const name = names[i % names.length]!;
  return i < names.length ? name : `${name}${i}`;
});
const roles = ['web', 'db', 'app', 'bastion', 'k8s-node', 'ci'];
export const hosts: readonly string[] = Array.from(
  { length: 60 },
  (_, i) => `${roles[i % roles.length]}-${String(i).padStart(2, '0')}.prod.example.net`,
);
export const programs: readonly string[] = (
  '/usr/bin/sudo /usr/bin/cat /usr/bin/ls /usr/bin/bash /usr/bin/ssh /usr/sbin/sshd /usr/bin/systemctl ' +
  '/usr/bin/vim.basic /usr/bin/python3.11 /usr/bin/curl /usr/sbin/cron /usr/bin/find /usr/bin/grep /usr/bin/chmod ' +
  '/usr/bin/chown /usr/sbin/useradd /usr/bin/passwd /usr/bin/git /usr/bin/tar /usr/bin/node'
).split(' ');

export function address(chance: Chance): string {
  return `10.${chance.below(40)}.${chance.below(256)}.${chance.below(256)}`;
}

const paths: readonly ((chance: Chance) => string)[] = [
  () => '/etc/shadow',
  () => '/etc/passwd',
  () => '/etc/sudoers.d/90-ops',
  () => '/etc/ssh/sshd_config',
  () => '/lib64/ld-linux-x86-64.so.2',
  () => '/etc/systemd/system/app.service',
  (chance) => `/home/${chance.pick(people)}/.ssh/authorized_keys`,
  (chance) => `/home/${chance.pick(people)}/.bash_history`,
  (chance) => `/opt/app/releases/${chance.hex(8)}/config/production.yml`,
  (chance) => `/var/lib/postgresql/15/main/base/${chance.hex(8)}`,
  (chance) => `/tmp/tmp.${chance.hex(8)}`,
  (chance) => `/srv/data/${chance.hex(8)}/part-${chance.hex(8)}.parquet`,
];

export function somePath(chance: Chance): string {
  return chance.pick(paths)(chance);
}

/** Upper-case hexadecimal digits of UTF-8, as the audit system writes what it does not trust. */
export function hexText(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase();
}

/** An instant in 2026 as far into the year as `fraction` says, in milliseconds. */
export function instantMs(fraction: number): number {
  return Date.UTC(2026, 0, 1) + Math.floor(Math.min(fraction, 1) * 364 * 86_400_000);
}
