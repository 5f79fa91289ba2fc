import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  importFiles,
  readRecord,
  readRejects,
  readSamples,
  reperformCase,
  runCase,
  sealCase,
  type EvidenceCase,
  type ImportReport,
} from '../../../engine/index.ts';
import { collect, dumpLine, goQuote } from '../formats/prometheus-tsdb/collect.ts';
import { folderFiles } from '../formats/prometheus-tsdb/folder-files.ts';
import { caseContent, newTestCase, openTestCase, temporaryFolder, testEngine, testJob } from '../test-case.ts';

const FIXTURES = 'test/fixtures/prometheus-tsdb';
const ALL = '{__name__=~".+"}';

type Taken = Exclude<ImportReport['files'][number], { outcome: 'refused' }>;

function taken(report: ImportReport): Taken {
  const [file] = report.files;
  if (file?.outcome !== 'imported') throw new Error(JSON.stringify(report.files));
  return file;
}

async function importWhole(target: EvidenceCase, path: string, series: readonly string[] = [ALL]): Promise<Taken> {
  return taken(await importFiles(target, [path], { series }, testJob()));
}

/** What is in the table of samples, as `promtool tsdb dump` writes it, without stale markers; values as their bits. */
async function samplesAsDump(target: EvidenceCase, source = 1): Promise<string[]> {
  const rows = await target.database.query(
    `SELECT map_keys(s.labels) AS names, map_values(s.labels) AS texts, epoch_ms(m.time) AS ms, m.value
     FROM metric_samples m JOIN metric_series s USING (series_id) WHERE m.source_id = ${source}`,
  );
  return rows
    .map((row) => {
      const texts = row['texts'] as readonly string[];
      const labels = (row['names'] as readonly string[]).map((name, i) => `${name}=${goQuote(texts[i]!)}`);
      return `{${labels.join(', ')}} ${bitsOf(Number(row['value']))} ${row['ms'] as number}`;
    })
    .sort();
}

function bitsOf(value: number): string {
  return Number.isNaN(value) ? 'NaN' : new BigUint64Array(new Float64Array([value]).buffer)[0]!.toString(16);
}

function dumpOf(name: string): string[] {
  const text = gunzipSync(readFileSync(`${FIXTURES}/${name}.dump.txt.gz`)).toString('utf8');
  return text.trimEnd().split('\n').map(dumpLine).sort();
}

interface StaleMarkers {
  readonly api_query_last_ms: number;
  readonly stale_markers: readonly { readonly metric: Readonly<Record<string, string>>; readonly t: number }[];
}

/** The tables that a snapshot fills, whole and in order, without the number of the source. */
async function tablesOf(target: EvidenceCase, source: number): Promise<unknown> {
  const tables: Record<string, unknown> = {};
  for (const table of ['series', 'samples', 'histograms', 'presence', 'hours', 'unread']) {
    tables[table] = await target.database.query(
      `SELECT * EXCLUDE (source_id, series_id) FROM evidence.metric_${table} WHERE source_id = ${source} ORDER BY ALL`,
    );
  }
  tables['stream_hours'] = await target.database.query(
    `SELECT * EXCLUDE (source_id) FROM evidence.stream_hours WHERE source_id = ${source} ORDER BY ALL`,
  );
  return tables;
}

describe('a snapshot in a folder', () => {
  it('has the rows of promtool tsdb dump in its table, to the last bit', async () => {
    const target = await newTestCase();
    const file = await importWhole(target, `${FIXTURES}/om-snapshot`);
    expect(file.format).toBe('prometheus-snapshot');
    const expected = dumpOf('om-snapshot');
    const found = await samplesAsDump(target);
    expect(found.length).toBe(expected.length);
    expect(found).toEqual(expected);
    expect(file.rows['metric_samples']).toBe(expected.length);
    expect(file.assumptions.join()).toContain('200 samples were deleted on the server before the snapshot was taken.');
  });

  it('keeps stale markers as ends of presence and never as values', async () => {
    const target = await newTestCase();
    await importWhole(target, `${FIXTURES}/live-snapshot`);
    const said = JSON.parse(readFileSync(`${FIXTURES}/live-snapshot.stale-markers.json`, 'utf8')) as StaleMarkers;
    const dump = dumpOf('live-snapshot');
    const found = await samplesAsDump(target);
    expect(dump.length - found.length).toBe(said.stale_markers.length);
    const rows = await target.database.query(
      `SELECT map_keys(s.labels) AS names, map_values(s.labels) AS texts, epoch_ms(p.stale_at) AS ms
       FROM metric_presence p JOIN metric_series s USING (series_id) WHERE p.ended_by = 'stale'`,
    );
    const keyOf = (names: readonly string[], texts: readonly string[], ms: number): string =>
      `${JSON.stringify(names.map((name, i) => [name, texts[i]]).sort())} ${ms}`;
    const ends = rows.map((r) => keyOf(r['names'] as string[], r['texts'] as string[], r['ms'] as number)).sort();
    const expected = said.stale_markers.map(({ metric, t }) => keyOf(Object.keys(metric), Object.values(metric), t));
    // Where a series has several markers in a row, its run ended at the first.
    expect(ends.length).toBeGreaterThan(50);
    expect(expected).toEqual(expect.arrayContaining(ends));
  });

  it('keeps what the timeline needs, says what was left out, and reads that from the sealed blocks', async () => {
    const target = await newTestCase();
    const file = taken(await importFiles(target, [`${FIXTURES}/live-snapshot`], {}, testJob()));
    const kept = await target.database.query(
      'SELECT DISTINCT s.name FROM metric_samples m JOIN metric_series s USING (series_id) ORDER BY s.name',
    );
    expect(kept.map(({ name }) => name)).toEqual(expect.arrayContaining(['up', 'node_timex_offset_seconds']));
    expect(file.assumptions.join()).toMatch(/Samples of 16 of 165 series are kept, 2682 of 25073;/);
    const [{ presence, hours } = {}] = await target.database.query(
      'SELECT (SELECT count(DISTINCT series_id) FROM metric_presence) AS presence, (SELECT count(DISTINCT series_id) FROM metric_hours) AS hours',
    );
    expect([presence, hours]).toEqual([165, 165]);

    const dump = dumpOf('live-snapshot').filter((row) => row.includes('__name__="node_load1"'));
    const range = { from: 0n, to: 4_000_000_000_000_000n, most: 100_000 };
    const rows: string[] = [];
    for await (const series of readSamples(target, { selector: 'node_load1', ...range })) {
      expect(series.from).toBe('evidence');
      const labels = Object.entries(series.labels).map(([name, value]) => `${name}=${goQuote(value)}`);
      for (const { time, value } of series.samples)
        rows.push(`{${labels.join(', ')}} ${value === null ? 'NaN' : bitsOf(Number(value))} ${Date.parse(time)}`);
    }
    expect(rows.sort()).toEqual(dump);
    expect(rows.length).toBeGreaterThan(100);
  });

  it('is sealed whole: the hash is that of the lines of sha256sum, and the bag has every file', async () => {
    const target = await newTestCase();
    const file = await importWhole(target, `${FIXTURES}/live-snapshot`);
    const command = `find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum`;
    const said = execFileSync('sh', ['-c', command], { cwd: `${FIXTURES}/live-snapshot` })
      .toString()
      .slice(0, 64);
    expect(file.sha256).toBe(said);
    await sealCase(target, testJob());
    const manifest = await readFile(join(target.folder.root, 'manifest-sha256.txt'), 'utf8');
    expect(manifest.split('\n').filter((line) => line.includes('/01M7YBW96F9A2EAZNNG3008VV9/'))).toHaveLength(4);
  });

  it('gives the same again when the case is read again, and names the file that was changed', async () => {
    const target = await newTestCase();
    await importWhole(target, `${FIXTURES}/live-snapshot`, ['node_load1']);
    const before = await tablesOf(target, 1);
    const { root } = target.folder;
    await target.close();
    await rm(join(root, 'cache'), { recursive: true });
    const again = await openTestCase(root);
    expect(again.wasRebuilt).toBe(true);
    expect(await tablesOf(again, 1)).toEqual(before);

    const chunks = join(again.folder.evidence, '55', again.sources[0]!.sha256);
    const [part] = again.sources[0]!.files!.filter(({ path }) => path.endsWith('000001'));
    const place = join(chunks, 'live-snapshot', part!.path);
    const bytes = await readFile(place);
    bytes[1000]! ^= 1;
    await rm(place);
    await writeFile(place, bytes);
    await expect(readRecord(again, { sourceId: 1, record: 1 })).rejects.toThrow(/S1 .* is not the one that was sealed/);
    await expect(sealCase(again, testJob())).rejects.toThrow(/000001|not the one that was sealed/);
  });

  it('re-performs', async () => {
    const target = await newTestCase();
    await importWhole(target, `${FIXTURES}/live-snapshot`);
    const engine = testEngine();
    await runCase(engine, target, { packs: [], controls: [] }, testJob());
    const report = await reperformCase(engine, target, undefined, testJob());
    expect([report.verdict, report.sources, report.records]).toEqual(['same', 1, 165]);
  });

  it('shows where a series stands in the files', async () => {
    const target = await newTestCase();
    await importWhole(target, `${FIXTURES}/om-snapshot`);
    const { text } = await readRecord(target, { sourceId: 1, record: 1 });
    expect(text).toMatch(/^\{__name__="/);
    expect(text).toMatch(/index, byte \d+: series \d+, \d+ chunks\n {2}\S+chunks\/000001, byte \d+: 2025-10-09T/);
    await expect(readRecord(target, { sourceId: 1, record: 321 })).rejects.toThrow(/no record 321/);
  });

  it('keeps native histograms, with their buckets as the source has them', async () => {
    const target = await newTestCase();
    await importWhole(target, `${FIXTURES}/made-3.15/start-times`);
    const { series } = await collect(await folderFiles(`${FIXTURES}/made-3.15/start-times`));
    const expected = series.flatMap(({ info, samples }) =>
      samples.flatMap(({ histogram: h }) =>
        h === undefined || h.stale
          ? []
          : [
              {
                record: info.id + 1,
                ms: h.timeMs,
                counts: h.counts,
                counter_reset: h.counterReset,
                schema: h.layout.schema,
                zero_count: h.zeroCount,
                count: h.count,
                positive: [...h.positiveBuckets],
                spans: h.layout.positiveSpans.map(({ offset, length }) => [offset, length]),
              },
            ],
      ),
    );
    const rows = await target.database.query(
      `SELECT record, epoch_ms(time) AS ms, counts, counter_reset, schema, zero_count, count, buckets
       FROM metric_histograms ORDER BY record, time`,
    );
    const found = rows.map(({ buckets, ...row }) => {
      const { positive, positive_spans: spans } = JSON.parse(String(buckets)) as Record<string, unknown>;
      return { ...row, positive, spans };
    });
    expect(found.length).toBeGreaterThan(20);
    expect(found).toEqual(expected);
  });

  it('names what it does not read, and is refused when there is nothing else', async () => {
    const folder = join(await temporaryFolder(), 'data');
    await cp(`${FIXTURES}/live-snapshot`, folder, { recursive: true });
    await mkdir(join(folder, 'wal'));
    await writeFile(join(folder, 'wal', '00000000'), 'x'.repeat(500));
    const target = await newTestCase();
    const file = await importWhole(target, folder);
    expect(file.assumptions.join()).toContain('Not read: wal (1 file, 500 bytes). The write-ahead log holds the last');
    expect(target.sources[0]!.files!.map(({ path }) => path)).toContain('wal/00000000');
  });

  it('puts what is damaged into the rejects, with its place and bytes, and says that its time is unknown', async () => {
    const folder = join(await temporaryFolder(), 'snapshot');
    await cp(`${FIXTURES}/live-snapshot`, folder, { recursive: true });
    const place = join(folder, '01M7YBW96F9A2EAZNNG3008VV9', 'chunks', '000001');
    const bytes = await readFile(place);
    bytes[300]! ^= 0xff;
    await writeFile(place, bytes);
    const target = await newTestCase();
    const file = await importWhole(target, folder);
    expect([file.records, file.rejected]).toEqual([165, 1]);
    const rejects = await readRejects(target, { after: 0, limit: 10 });
    expect(rejects.rows[0]!.record).toBe(166);
    expect(rejects.rows[0]!.reason).toMatch(/chunks\/000001, byte \d+: Chunk: the checksum is 0x[0-9a-f]{8}, but/);
    const unread = await target.database.query(
      'SELECT because, epoch_ms("to") - epoch_ms("from") AS ms FROM metric_unread',
    );
    expect(unread).toHaveLength(1);
    expect(unread[0]!['because']).toBe('damaged');
    const { text } = await readRecord(target, { sourceId: 1, record: 166 });
    expect(text.length).toBeGreaterThan(0);
  });

  it('leaves the case as it was when refused, cancelled, or only tried', async () => {
    const folder = join(await temporaryFolder(), 'snapshot');
    await cp(`${FIXTURES}/live-snapshot`, folder, { recursive: true });
    const meta = join(folder, '01M7YBW96F9A2EAZNNG3008VV9', 'meta.json');
    const target = await newTestCase();
    const before = await caseContent(target.folder.root);
    const dry = await importFiles(target, [folder], { dryRun: true }, testJob());
    expect(dry.files[0]!.outcome).toBe('would be imported');
    await writeFile(meta, '{');
    const refused = await importFiles(target, [folder], {}, testJob());
    expect(refused.files[0]).toMatchObject({
      outcome: 'refused',
      problem: { code: 'damaged_file', message: 'It is not JSON in UTF-8.' },
    });
    const stop = new AbortController();
    stop.abort();
    await expect(importFiles(target, [`${FIXTURES}/om-snapshot`], {}, testJob(stop.signal))).rejects.toThrow(
      /cancelled/,
    );
    expect(await caseContent(target.folder.root)).toEqual(before);
    expect(await target.database.query('SELECT count(*) AS n FROM metric_series')).toEqual([{ n: 0 }]);
  });

  it('is taken once', async () => {
    const target = await newTestCase();
    await importWhole(target, `${FIXTURES}/live-snapshot`);
    const again = await importFiles(target, [`${FIXTURES}/live-snapshot`], {}, testJob());
    expect(again.files[0]).toMatchObject({ outcome: 'refused', problem: { code: 'already_exists' } });
  });
});

describe('a snapshot in an archive', () => {
  const archives = {
    tar: (file: string) => ['tar', '-cf', file, 'live-snapshot'],
    'tar.gz': (file: string) => ['tar', '-czf', file, 'live-snapshot'],
    zip: (file: string) => ['zip', '-qr', file, 'live-snapshot'],
  };

  it.each(Object.entries(archives))(
    '%s gives what the folder gives, also when the case is read again',
    async (kind, make) => {
      const file = join(await temporaryFolder(), `snapshot.${kind}`);
      const [program, ...args] = make(file);
      try {
        execFileSync(program!, args, { cwd: FIXTURES, stdio: 'pipe' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        process.stdout.write(`Left out: ${program} is not installed, so no ${kind} is made with it.\n`);
        return;
      }
      const target = await newTestCase();
      await importWhole(target, `${FIXTURES}/live-snapshot`, ['up']);
      const report = await importFiles(target, [file], { series: ['up'] }, testJob());
      expect(taken(report).records).toBe(165);
      expect(report.files).toHaveLength(1);
      expect(target.sources[1]).toMatchObject({ member: 'live-snapshot/', name: `snapshot.${kind}`, files: null });
      expect(await tablesOf(target, 2)).toEqual(await tablesOf(target, 1));

      const { root } = target.folder;
      await target.close();
      await rm(join(root, 'cache'), { recursive: true });
      const again = await openTestCase(root);
      expect(await tablesOf(again, 2)).toEqual(await tablesOf(again, 1));
      const { text } = await readRecord(again, { sourceId: 2, record: 3 });
      expect(text).toBe((await readRecord(again, { sourceId: 1, record: 3 })).text);
    },
  );
});
