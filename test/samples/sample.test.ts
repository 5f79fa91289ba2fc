import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEngagement } from '../../engine/intake/engagement.ts';
import { openZip } from '../../engine/intake/zip-archive.ts';
import { generateSample, type GroundTruth, type Mark, type SampleReport } from '../../samples/index.ts';
import { dayOf } from '../../shared/time.ts';

let folder: string;
let report: SampleReport;
let truth: GroundTruth;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldwork-sample-'));
  report = await generateSample({ folder });
  truth = JSON.parse(await readFile(join(folder, 'ground-truth.json'), 'utf8')) as GroundTruth;
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Bytes of an evidence file, decompressed; of a member where it is a zip. */
async function contentOf({ file, member }: Pick<Mark, 'file' | 'member'>): Promise<Buffer> {
  const path = join(folder, 'evidence', file);
  if (!file.endsWith('.zip')) {
    const bytes = await readFile(path);
    return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  }
  const zip = await openZip(path, file);
  const found = zip.members.find(({ name }) => name === member);
  if (!found) throw new Error(`${file} has no member ${member}`);
  const pieces: Uint8Array[] = [];
  for await (const piece of found.open()) pieces.push(piece);
  zip.close();
  return Buffer.concat(pieces);
}

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(join(folder, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

async function hashOfEverything(path: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(path.length)).update(await readFile(file));
  return hash.digest('hex');
}

describe('the sample engagement', () => {
  it('is the same to the byte when it is made again, in another time zone', async () => {
    const again = await mkdtemp(join(tmpdir(), 'fieldwork-sample-'));
    const zone = process.env['TZ'];
    try {
      process.env['TZ'] = zone === 'Asia/Kolkata' ? 'America/St_Johns' : 'Asia/Kolkata';
      expect(new Date(2026, 0, 1).getTimezoneOffset()).not.toBe(0);
      const second = await generateSample({ folder: again });
      expect(second.digest).toBe(report.digest);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
    expect(await hashOfEverything(again)).toBe(await hashOfEverything(folder));
    await rm(again, { recursive: true, force: true });
  });

  it('is another one with another seed, with the same things planted', async () => {
    const other = await mkdtemp(join(tmpdir(), 'fieldwork-sample-'));
    const second = await generateSample({ folder: other, seed: 7 });
    const otherTruth = JSON.parse(await readFile(join(other, 'ground-truth.json'), 'utf8')) as GroundTruth;
    await rm(other, { recursive: true, force: true });
    expect(second.digest).not.toBe(report.digest);
    // Who logged in while a clock was wrong is a matter of chance.
    const certain = ({ expectedControlDays }: GroundTruth): unknown =>
      expectedControlDays.filter(({ states }) => !states.includes('untrusted time'));
    expect(certain(otherTruth)).toEqual(certain(truth));
    expect(otherTruth.deviations.map(({ id, days }) => [id, days])).toEqual(
      truth.deviations.map(({ id, days }) => [id, days]),
    );
  });

  it('refuses a folder that holds something', async () => {
    await expect(generateSample({ folder })).rejects.toMatchObject({ problem: { code: 'already_exists' } });
  });

  it('stops when it is told to', async () => {
    const stopped = await mkdtemp(join(tmpdir(), 'fieldwork-sample-'));
    const job = { signal: AbortSignal.abort(), progress: () => undefined };
    await expect(generateSample({ folder: stopped, job })).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    await rm(stopped, { recursive: true, force: true });
  });

  it('writes an engagement that a case can be made from', async () => {
    const engagement = parseEngagement(await readFile(join(folder, 'engagement.yaml'), 'utf8'), 'engagement.yaml');
    expect(engagement.window).toEqual({ from: '2026-01-01', to: '2026-06-30', zone: 'Europe/Berlin' });
    expect(engagement.parameters['CC6.3-least-privilege-root']?.['privileged_accounts']).toContain('a.keller');
  });

  it('counts what is really there', async () => {
    const files = await filesUnder('.');
    expect(report.files).toBe(files.length);
    let [audit, syslog] = [0, 0];
    for (const file of await filesUnder('evidence/hosts')) {
      const text = (await contentOf({ file: file.replace('evidence/', '') })).toString('latin1');
      const lines = text.split('\n').length - 1;
      if (file.includes('/audit/')) audit += lines;
      if (file.includes('/syslog/')) syslog += lines;
    }
    expect({ audit, syslog }).toEqual({ audit: report.auditLines, syslog: report.syslogLines });
    expect(audit).toBeGreaterThan(100_000);
    expect(report.contentBytes).toBeLessThan(72 << 20);
    expect(report.diskBytes).toBeLessThan(20e6);
    const daily = files.filter((file) => /scans\/nmap\/\d{4}-\d\d-\d\d\.xml$/.test(file)).length;
    const zip = await openZip(join(folder, 'evidence/scans/nmap/2026-02.zip'), 'zip');
    expect(daily + zip.members.length).toBe(180);
    zip.close();
  });

  it('holds what the truth names in the file that the truth names', async () => {
    const marks = [...truth.deviations, ...truth.traps].flatMap(({ evidence }) => evidence);
    expect(marks.length).toBeGreaterThan(30);
    for (const mark of [...marks, ...truth.rejects]) {
      const content = await contentOf(mark);
      const isLatin1 = mark.text.includes('\u00e4');
      expect(content.includes(Buffer.from(mark.text, isLatin1 ? 'latin1' : 'utf8')), mark.file).toBe(true);
    }
  });

  it('describes each deviation with a control and days of the window, and expects them of the control-days', () => {
    expect(truth.deviations.map(({ id }) => id)).toEqual([
      'silent-audit-day',
      'missed-scan',
      'unauthorised-port',
      'direct-root-login',
      'sudo-outside-list',
      'aws-root-use',
      'audit-daemon-down',
      'cut-off-scan',
    ]);
    for (const { id, controls, days } of truth.deviations) {
      for (const control of controls) {
        for (const day of days) {
          const expected = truth.expectedControlDays.find((one) => one.control === control && one.day === day);
          expect(expected, `${id} on ${day}`).toMatchObject({ because: id });
          expect(expected?.states).toContain('deviation');
        }
      }
    }
  });

  it('has no audit record before the window or after it', async () => {
    for (const file of await filesUnder('evidence/hosts')) {
      if (!file.includes('/audit/')) continue;
      const text = (await contentOf({ file: file.replace('evidence/', '') })).toString('utf8');
      const stamps = [...text.matchAll(/ msg=audit\((\d+)\.\d{3}:/g)].map(
        ([, seconds]) => BigInt(seconds!) * 1_000_000n,
      );
      const days = [stamps[0]!, stamps.at(-1)!].map((stamp) => dayOf(stamp, 'Europe/Berlin'));
      expect(
        days.every((day) => day >= '2026-01-01' && day <= '2026-06-30'),
        `${file}: ${days.join()}`,
      ).toBe(true);
    }
  });
});
