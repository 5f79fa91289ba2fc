/** Numbers, digests and counters as daemons write them, imported as an auditor would. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, type EvidenceCase } from '../../../engine/index.ts';
import { findSequenceLosses } from '../../../engine/timeline/sequence-losses.ts';
import { formatInstant } from '../../../shared/time.ts';
import { makeBucket } from '../formats/cloudtrail-digest/bucket-tree.ts';
import { newTestCase, temporaryFolder, testJob, year2026 } from '../test-case.ts';

const FIXTURES = 'test/fixtures';
const window = { firstDay: '2016-01-01', lastDay: '2026-12-31', zone: 'UTC' };

async function caseOf(files: Readonly<Record<string, string | Buffer>>, system?: string): Promise<EvidenceCase> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const target = await newTestCase(year2026);
  const report = await importFiles(target, [folder], system === undefined ? {} : { system }, testJob());
  expect(report.files.filter(({ outcome }) => outcome === 'refused')).toEqual([]);
  return target;
}

async function losses(target: EvidenceCase): Promise<readonly string[]> {
  const found = await findSequenceLosses(target.database, { window });
  return found.map(
    ({ stream, system, target: counter, missing, from, to }) =>
      `${stream} ${system} ${counter ?? '-'} ${missing ?? '?'} ${formatInstant(from)} ${formatInstant(to)}`,
  );
}

const lines = (path: string): readonly string[] => readFileSync(`${FIXTURES}/${path}`, 'utf8').trimEnd().split('\n');

describe('logs that daemons wrote', () => {
  it.each([
    'auditd/gen-audit.log',
    'journald/gen-journal.json',
    'syslog-rfc5424/gen-all.rfc5424.log',
    'syslog-rfc3164/gen-all.traditional.log',
  ])('%s miss no record by their numbers', async (path) => {
    const target = await caseOf({ [basename(path)]: readFileSync(`${FIXTURES}/${path}`) }, 'web-1');
    expect(await losses(target)).toEqual([]);
  });

  it('miss those that are cut out of a journal, by the numbering of that journal', async () => {
    const all = lines('journald/gen-journal.json');
    const [before, after] = [all[39]!, all[45]!].map((line) => JSON.parse(line) as Record<string, string>);
    const target = await caseOf({ 'a.json': all.slice(0, 40).join('\n'), 'b.json': all.slice(45).join('\n') });
    const [loss, ...more] = await findSequenceLosses(target.database, { window });
    expect(more).toEqual([]);
    const numbering = /s=([0-9a-f]+)/.exec(before!['__CURSOR']!)![1]!;
    expect(loss).toMatchObject({ stream: 'journald', system: before!['_HOSTNAME'], target: numbering, missing: 5 });
    expect([loss!.before?.record, loss!.after?.record]).toEqual([40, 1]);
    expect(after!['__CURSOR']).toContain(`s=${numbering};i=${(46).toString(16)};`);
  });

  it('miss nothing where the journal of a host was begun anew', async () => {
    const all = lines('journald/gen-journal.json');
    const other = all.map((line) => line.replaceAll(/"__CURSOR":"s=[0-9a-f]+;i=/g, '"__CURSOR":"s=00ff;i=1'));
    const target = await caseOf({ 'a.json': all.slice(0, 40).join('\n'), 'b.json': other.slice(40).join('\n') });
    expect(await losses(target)).toEqual([]);
  });
});

/** Lines of syslog with a sequenceId, a second apart; the programs take turns. */
function numbered(count: number, of: (place: number) => readonly [program: string, number: number]): readonly string[] {
  return Array.from({ length: count }, (_, place) => {
    const [program, number] = of(place);
    const time = new Date(Date.UTC(2026, 2, 1) + place * 1000).toISOString();
    return `<13>1 ${time} web-1 ${program} 7 - [meta sequenceId="${number}"] hello ${place}`;
  });
}

describe('sequenceId of RFC 5424', () => {
  it('may be counted by the host', async () => {
    const all = numbered(100, (place) => [place % 3 === 0 ? 'app' : 'web', place + 1]);
    const target = await caseOf({ 'syslog.log': [...all.slice(0, 50), ...all.slice(54)].join('\n') });
    expect(await losses(target)).toEqual(['syslog web-1 - 4 2026-03-01T00:00:49Z 2026-03-01T00:00:54Z']);
  });

  it('may be counted by each program', async () => {
    const all = numbered(400, (place) =>
      Math.floor(place / 4) % 2 === 0 ? ['app', 1000 + place] : ['web', 7_000_000 + place],
    );
    // Numbers of each program rise by one: those of the other are not counted.
    const seen = { app: 0, web: 0 };
    const whole = all.map((line) => {
      const program = line.includes(' app ') ? 'app' : 'web';
      seen[program] += 1;
      return line.replace(/sequenceId="\d+"/, `sequenceId="${seen[program] + (program === 'web' ? 70_000 : 0)}"`);
    });
    expect(await losses(await caseOf({ 'syslog.log': whole.join('\n') }))).toEqual([]);
    const cut = whole.filter((line) => !/ web .*sequenceId="7005[0-2]"/.test(line));
    const found = await losses(await caseOf({ 'syslog.log': cut.join('\n') }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^syslog web-1 web 3 /);
  });
});

describe("CloudTrail's digests", () => {
  const bucket = makeBucket({ hours: 12 });
  const filesOf = (places: readonly number[]): Record<string, Buffer> =>
    Object.fromEntries(places.map((place) => [basename(bucket.digests[place]!.object), bucket.digests[place]!.bytes]));

  it('miss the hours of those that are not there', async () => {
    const target = await caseOf(filesOf([0, 1, 2, 3, 4, 7, 8, 9, 10, 11]));
    const [loss, ...more] = await findSequenceLosses(target.database, { window });
    expect(more).toEqual([]);
    expect(loss).toMatchObject({ stream: 'cloudtrail-digest', system: '111122223333', missing: 2 });
    expect(Number(loss!.to - loss!.from)).toBe(2 * 3600 * 1e6);
    const sources = await target.database.query(
      `SELECT source_id, time, from_time FROM trail_digests WHERE kind = 'digest'`,
    );
    const timeOf = (sourceId: number | undefined, column: string) =>
      sources.find((row) => Number(row['source_id']) === sourceId)?.[column];
    expect(timeOf(loss!.before?.sourceId, 'time')).toBe(loss!.from);
    expect(timeOf(loss!.after?.sourceId, 'from_time')).toBe(loss!.to);
  });

  it('miss nothing where all are there, in whatever order they come', async () => {
    expect(await losses(await caseOf(filesOf([5, 3, 11, 0, 1, 2, 4, 6, 7, 8, 9, 10])))).toEqual([]);
  });
});

/** What a Prometheus answers for a counter, a sample a minute. */
function counter(name: string, values: readonly number[], labels: Readonly<Record<string, string>> = {}): object {
  const from = Date.UTC(2026, 2, 1) / 1000;
  const metric = { __name__: name, job: 'collector', instance: 'log-1:2020', ...labels };
  return { metric, values: values.map((value, place) => [from + place * 60, String(value)]) };
}

const answer = (...result: readonly object[]): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });

describe('counters of what was lost', () => {
  it('say how many records, from the sample before they rose to the one after which they rose no more', async () => {
    const name = 'fluentbit_output_dropped_records_total';
    const series = counter(name, [7, 7, 10, 25, 25, 25, 26, 26], { name: 'http.0' });
    const chunks = counter('fluentbit_output_retries_failed_total', [0, 0, 1, 2, 2, 2, 3, 3], { name: 'http.0' });
    expect(await losses(await caseOf({ 'a.json': answer(series, chunks) }))).toEqual([
      `fluent-bit log-1 ${name} http.0 18 2026-03-01T00:01:00Z 2026-03-01T00:03:00Z`,
      `fluent-bit log-1 ${name} http.0 1 2026-03-01T00:05:00Z 2026-03-01T00:06:00Z`,
    ]);
  });

  it('say that chunks were lost where nobody counts the records in them, and begin again with their program', async () => {
    const name = 'fluentbit_output_retries_failed_total';
    const series = counter(name, [5, 5, 0, 0, 2, 2, 1], { name: 'es.0' });
    expect(await losses(await caseOf({ 'a.json': answer(series) }))).toEqual([
      `fluent-bit log-1 ${name} es.0 ? 2026-03-01T00:03:00Z 2026-03-01T00:04:00Z`,
      `fluent-bit log-1 ${name} es.0 ? 2026-03-01T00:05:00Z 2026-03-01T00:06:00Z`,
    ]);
  });

  it("have Vault's requests that no audit device logged", async () => {
    const series = counter('vault_audit_log_request_failure', [0, 0, 3, 3]);
    expect(await losses(await caseOf({ 'a.json': answer(series) }))).toEqual([
      'vault log-1 vault_audit_log_request_failure 3 2026-03-01T00:01:00Z 2026-03-01T00:02:00Z',
    ]);
  });

  it('stand in the log of Fluent Bit too: since when a chunk was gathered, and when it was given up', async () => {
    const target = await caseOf({ 'fluent-bit.log': readFileSync(`${FIXTURES}/fluent-bit/made-own.log`) }, 'log-1');
    const found = await findSequenceLosses(target.database, { window });
    expect(found.length).toBeGreaterThan(0);
    // Chunk 1-1795241520.562770377.flb was begun at 06:12:00 and could not be retried at 06:12:07.
    expect(formatInstant(found[0]!.from)).toBe('2026-11-21T06:12:00Z');
    expect(found.every(({ stream, missing }) => stream === 'fluent-bit' && missing === null)).toBe(true);
    for (const { before, after } of found) expect(before && after).toBeTruthy();
  });
});
