/** What is delivered twice beside whole logs: exports that overlap, rotated copies, one file in two wrappings. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importFiles, type EvidenceCase, type ImportOptions } from '../../../engine/index.ts';
import { auditLines, newTestCase, temporaryFolder, testJob } from '../test-case.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Imports the files of a folder one after the other; gives what was said of the last of them. */
async function imported(target: EvidenceCase, files: Files, options: ImportOptions = {}): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  let said: readonly string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    const [file] = (await importFiles(target, [path], options, testJob())).files;
    expect(file).toMatchObject({ outcome: 'imported' });
    said = file?.outcome === 'imported' ? file.assumptions : [];
  }
  return said;
}

const fixture = (path: string) => readFile(join('test/fixtures', path), 'utf8');
const lines = (text: string, from: number, to?: number): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(from, to)
    .map((line) => `${line}\n`)
    .join('');
const count = async (target: EvidenceCase, table: string): Promise<number> =>
  Number((await target.database.query(`SELECT count(*) AS n FROM ${table}`))[0]?.['n']);

describe('measurements of clocks in a log and in its rotated copy', () => {
  it.each([
    ['of a system', { system: 'web-1' }],
    ['of no system that is known, in one folder', {}],
  ])('count once %s', async (_, options) => {
    const log = await fixture('chrony/gen-tracking.log');
    const whole = await newTestCase();
    await imported(whole, { 'tracking.log': log }, options);
    const target = await newTestCase();
    const half = Math.floor(log.split('\n').length / 2);
    const said = await imported(target, { 'tracking.log.1': lines(log, 0, half), 'tracking.log': log }, options);
    const columns = 'SELECT * EXCLUDE (source_id, record) FROM clock_samples ORDER BY ALL';
    expect(await target.database.query(columns)).toEqual(await whole.database.query(columns));
    const hours = 'SELECT system, hour, sum(records)::BIGINT AS n FROM stream_hours GROUP BY ALL ORDER BY ALL';
    expect(await target.database.query(hours)).toEqual(await whole.database.query(hours));
    const repeats = await count(target, 'repeats');
    expect(repeats).toBeGreaterThan(10);
    expect(said).toContain(
      `${repeats} of its records are in S1 too: each counts once, and this is its second citation.`,
    );
  });

  it('are all kept of two hosts, which nothing tells apart but their folders', async () => {
    const log = await fixture('chrony/gen-tracking.log');
    const target = await newTestCase();
    await imported(target, { 'a/tracking.log': log, 'b/tracking.log': `${log}\n` });
    expect(await count(target, 'repeats')).toBe(0);
  });
});

describe('records that name no system', () => {
  it('count once where their serial tells them apart, wherever the two files lie', async () => {
    const target = await newTestCase();
    await imported(target, { 'may/audit.log': auditLines(50), 'june/audit.log': auditLines(80) });
    expect(await count(target, 'repeats')).toBe(50);
    expect(await count(target, 'events')).toBe(80);
  });

  it('are no repeats of records of a system that is known', async () => {
    const target = await newTestCase();
    await imported(target, { 'audit.log': auditLines(50) });
    await imported(target, { 'audit.log': auditLines(60) }, { system: 'web-1' });
    expect(await count(target, 'repeats')).toBe(0);
  });
});

describe('exports of a service that overlap', () => {
  it('have each sign-in and event once', async () => {
    const log = await fixture('okta-system/panther-okta.jsonl');
    const dated = log
      .trimEnd()
      .split('\n')
      .filter((line) => line.includes('"published"'))
      .map((line) => `${line}\n`)
      .join('');
    const whole = await newTestCase();
    await imported(whole, { 'okta.jsonl': dated });
    const target = await newTestCase();
    await imported(target, { 'january-june.jsonl': lines(dated, 0, 20), 'may-july.jsonl': lines(dated, 10) });
    for (const table of ['events', 'authentications', 'event_fields']) {
      const rows = `SELECT * EXCLUDE (source_id, record) FROM ${table} ORDER BY ALL`;
      expect(await target.database.query(rows)).toEqual(await whole.database.query(rows));
    }
    expect(await count(target, 'authentications')).toBeGreaterThan(0);
  });
});

describe('flow logs that overlap', () => {
  it('have each flow once', async () => {
    const log = await fixture('vpc-flow/made-v5.log');
    const whole = await newTestCase();
    await imported(whole, { 'flows.log': log });
    const head = lines(log, 0, 1);
    const target = await newTestCase();
    await imported(target, { 'a.log': lines(log, 0, 300), 'b.log': head + lines(log, 200) });
    expect(await count(target, 'flow_records')).toBe(await count(whole, 'flow_records'));
    expect(await count(target, 'events')).toBe(await count(whole, 'events'));
  });
});

describe('a scan that is delivered in two wrappings', () => {
  it('was made once: its ports, hosts and certificates are there once', async () => {
    const scan = await fixture('nmap/gen-tls.xml');
    const whole = await newTestCase();
    await imported(whole, { 'scan.xml': scan });
    const target = await newTestCase();
    const said = await imported(target, { 'scan.xml': scan, 'scan.xml.gz': gzipSync(scan) });
    for (const table of ['scans', 'scan_targets', 'open_ports', 'tls_endpoints', 'certificates'])
      expect(await count(target, table)).toBe(await count(whole, table));
    expect(said).toContainEqual(expect.stringMatching(/^\d+ of its records are in S1 too:/));
    expect(await count(target, 'certificates')).toBeGreaterThan(0);
  });

  it('differs from a list of accounts, which stands for its date: of two of those each stays', async () => {
    const target = await newTestCase();
    const list = 'account,person,provider,mfa,status\nana,Ana Ito,okta,true,active\n';
    await imported(target, { 'accounts.csv': list, 'accounts.csv.gz': gzipSync(list) }, { as: 'accounts' });
    expect(await count(target, 'accounts')).toBe(2);
    expect(await count(target, 'repeats')).toBe(0);
  });
});

describe('samples of metrics in two exports of text that overlap', () => {
  const exposition = (from: number, to: number): string => {
    const start = Date.UTC(2026, 2, 1) / 1000;
    const samples = Array.from({ length: to - from }, (_, i) => {
      const at = start + (from + i) * 15;
      return `node_timex_offset_seconds{instance="web-1:9100",job="node"} 0.${from + i} ${at}`;
    });
    return `# TYPE node_timex_offset_seconds gauge\n${samples.join('\n')}\n# EOF\n`;
  };

  it('count once, also as measurements of a clock; values that differ both stay', async () => {
    const whole = await newTestCase();
    await imported(whole, { 'a.om': exposition(0, 60) });
    const target = await newTestCase();
    const other = exposition(20, 60).replace(' 0.30 ', ' 0.5 ');
    const said = await imported(target, { 'a.om': exposition(0, 40), 'b.om': other });
    expect(said).toContain('19 of its samples are in S1 too: each counts once.');
    expect(await count(target, 'metric_samples')).toBe((await count(whole, 'metric_samples')) + 1);
    expect(await count(target, 'clock_samples')).toBe((await count(whole, 'clock_samples')) + 1);
  });
});

describe('a file in a compression that is not opened', () => {
  it.each([
    ['xz', 'fd377a585a000004e6d6b446', 'xz -dk'],
    ['bzip2', '425a68393141592653597b4f', 'bzip2 -dk'],
    ['LZ4', '04224d186440a7', 'lz4 -d'],
  ])('is refused with the way to decompress it: %s', async (title, hex, command) => {
    const target = await newTestCase();
    const path = join(await temporaryFolder(), 'audit.log.1');
    await writeFile(path, Buffer.from(hex, 'hex'));
    const report = await importFiles(target, [path], {}, testJob());
    expect(report.files).toMatchObject([
      {
        outcome: 'refused',
        problem: {
          code: 'unknown_format',
          message: `The file is compressed with ${title}, which this version does not open.`,
          remedy: `Decompress it with \`${command}\` and import the result.`,
        },
      },
    ]);
  });
});
