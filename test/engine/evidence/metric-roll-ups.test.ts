import { gzipSync } from 'node:zlib';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, type EvidenceCase } from '../../../engine/index.ts';
import { awkwardSeries } from '../formats/prometheus-tsdb/awkward-series.ts';
import { makeBlocks, promtoolMissing, withFolder } from '../formats/prometheus-tsdb/promtool.ts';
import { newTestCase, temporaryFolder, testJob } from '../test-case.ts';

const ALL = '{__name__=~".+"}';
const missing = promtoolMissing();
if (missing !== undefined) process.stdout.write(`Left out: ${missing}\n`);

/** A table of metrics by its labels instead of by its citation, in order. */
async function byLabels(target: EvidenceCase, source: number, table: string): Promise<readonly unknown[]> {
  return target.database.query(
    `SELECT s.labels::VARCHAR AS labels, m.* EXCLUDE (source_id, record, series_id)
     FROM evidence.metric_${table} m JOIN evidence.metric_series s USING (series_id)
     WHERE m.source_id = ${source} ORDER BY ALL`,
  );
}

describe.skipIf(missing !== undefined)('metrics from text', () => {
  it.each([1, 2])('give the presence and hours that blocks made from the same text give, seed %i', async (seed) => {
    await withFolder(async (folder) => {
      const text = awkwardSeries(seed, 3000);
      makeBlocks(folder, text);
      const file = join(await temporaryFolder(), 'metrics.om.gz');
      await writeFile(file, gzipSync(`${text}# EOF\n`));
      const target = await newTestCase();
      const report = await importFiles(target, [folder, file], { series: [ALL] }, testJob());
      expect(report.files.map((each) => (each.outcome === 'refused' ? each.problem : each.format))).toEqual([
        'prometheus-snapshot',
        'openmetrics',
      ]);
      for (const table of ['samples', 'presence', 'hours']) {
        const fromBlocks = await byLabels(target, 1, table);
        const fromText = await byLabels(target, 2, table);
        expect(fromBlocks.length).toBeGreaterThan(20);
        expect(fromText.length).toBe(fromBlocks.length);
        expect(
          fromText.findIndex((row, i) => JSON.stringify(row, plain) !== JSON.stringify(fromBlocks[i], plain)),
        ).toBe(-1);
      }
    });
  });
});

// JSON has no word for NaN, infinities, -0 and 64-bit integers.
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? `number ${1 / value} ${value}`
    : value;
}

describe('series that were not asked for', () => {
  const text = `# TYPE up gauge
up{instance="web-1:9100"} 1 1772323200
# TYPE load gauge
load{instance="web-1:9100"} 0.5 1772323200
load{instance="web-1:9100"} 0.75 1772323260
load{instance="web-2:9100"} 2 1772323260
# EOF
`;

  it('have presence and hours, and no samples; what the timeline needs stays', async () => {
    const file = join(await temporaryFolder(), 'metrics.om');
    await writeFile(file, text);
    const target = await newTestCase();
    await importFiles(target, [file], { series: ['load{instance="web-2:9100"}'] }, testJob());
    const kept = 'SELECT s.name, s.system, s.samples_kept, count(m.time) AS samples';
    const rows = await target.database.query(
      `${kept} FROM metric_series s LEFT JOIN metric_samples m USING (series_id) GROUP BY ALL ORDER BY ALL`,
    );
    expect(rows).toEqual([
      { name: 'load', system: 'web-1', samples_kept: false, samples: 0 },
      { name: 'load', system: 'web-2', samples_kept: true, samples: 1 },
      { name: 'up', system: 'web-1', samples_kept: true, samples: 1 },
    ]);
    const presence = await target.database.query('SELECT sum(samples)::BIGINT AS samples FROM metric_presence');
    expect(presence).toEqual([{ samples: 4 }]);
  });

  it('are all kept of what somebody exported, where nothing is asked for, each citing its line', async () => {
    const file = join(await temporaryFolder(), 'metrics.om');
    await writeFile(file, text);
    const target = await newTestCase();
    const report = await importFiles(target, [file], {}, testJob());
    expect(report.files[0]).toMatchObject({ records: 7, rejected: 0, rows: { metric_samples: 4, metric_metadata: 3 } });
    const rows = await target.database.query('SELECT record, value FROM metric_samples ORDER BY record');
    expect(rows).toEqual([
      { record: 2, value: 1 },
      { record: 4, value: 0.5 },
      { record: 5, value: 0.75 },
      { record: 6, value: 2 },
    ]);
  });
});
