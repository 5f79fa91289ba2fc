import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, type EvidenceCase } from '../../../engine/index.ts';
import { newTestCase, temporaryFolder, testJob } from '../test-case.ts';

const START = Date.UTC(2026, 2, 1, 6) / 1000;

interface Series {
  readonly name: string;
  readonly instance: string;
  /** One value a minute from 06:00. */
  readonly values: readonly number[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a Prometheus answers to a query with a range selector. */
function answer(series: readonly Series[]): string {
  const result = series.map(({ name, instance, values, labels }) => ({
    metric: { __name__: name, job: 'node', instance, ...labels },
    values: values.map((value, i) => [START + 0.25 + 60 * i, String(value)]),
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}

async function caseWith(series: readonly Series[]): Promise<EvidenceCase> {
  const folder = await temporaryFolder();
  const inventory = 'system,role,addresses,needs\nweb-1,web,10.0.0.1,prometheus\nweb-2,web,,prometheus\n';
  await writeFile(join(folder, 'inventory.csv'), inventory);
  await writeFile(join(folder, 'clocks.json'), answer(series));
  const target = await newTestCase();
  const report = await importFiles(target, [folder], {}, testJob());
  expect(report.files.map(({ outcome }) => outcome)).toEqual(['imported', 'imported']);
  return target;
}

const clocks = (target: EvidenceCase) =>
  target.database.query(
    `SELECT epoch_ms(time) - ${START * 1000} AS ms, system, offset_s, error_s, stratum, reference, synchronised
     FROM clock_samples ORDER BY time, reference`,
  );

describe('clocks that exporters measured', () => {
  it('is ahead when the kernel has a negative offset still to slew', async () => {
    const target = await caseWith([
      { name: 'node_timex_offset_seconds', instance: '10.0.0.1:9100', values: [-0.06, 0.01] },
      { name: 'node_timex_maxerror_seconds', instance: '10.0.0.1:9100', values: [0.5, 0.25] },
      { name: 'node_timex_sync_status', instance: '10.0.0.1:9100', values: [0, 1] },
    ]);
    const common = { system: 'web-1', stratum: null, reference: 'kernel' };
    expect(await clocks(target)).toEqual([
      { ms: 250, ...common, offset_s: 0.06, error_s: 0.5, synchronised: false },
      { ms: 60_250, ...common, offset_s: -0.01, error_s: 0.25, synchronised: true },
    ]);
  });

  it('does not take a kernel offset that stays at 0 for a measurement, while chrony disciplines the clock', async () => {
    const target = await caseWith([
      { name: 'node_timex_offset_seconds', instance: '10.0.0.1:9100', values: [0, 0, 0] },
      { name: 'chrony_tracking_system_time_seconds', instance: '10.0.0.1:9123', values: [-0.002, 0.001, 0] },
      { name: 'chrony_tracking_root_dispersion_seconds', instance: '10.0.0.1:9123', values: [0.01, 0.01, 0.01] },
      { name: 'chrony_tracking_root_delay_seconds', instance: '10.0.0.1:9123', values: [0.004, 0.004, 0.004] },
      { name: 'chrony_tracking_stratum', instance: '10.0.0.1:9123', values: [3, 3, 3] },
    ]);
    const found = await clocks(target);
    expect(found.filter(({ reference }) => reference === 'kernel').map((row) => row['offset_s'])).toEqual([
      null,
      null,
      null,
    ]);
    const chrony = found.filter(({ reference }) => reference === 'chrony');
    expect(chrony.map((row) => row['offset_s'])).toEqual([0.002, -0.001, -0]);
    expect(chrony[0]).toMatchObject({ error_s: 0.012, stratum: 3, system: 'web-1' });
  });

  it('takes a kernel offset that passes through 0 in an hour in which it moved', async () => {
    const values = [...Array<number>(60).fill(0), 0.001, 0, -0.001];
    const target = await caseWith([{ name: 'node_timex_offset_seconds', instance: '10.0.0.1:9100', values }]);
    const found = (await clocks(target)).map((row) => row['offset_s']);
    expect(found.slice(0, 60)).toEqual(Array(60).fill(null));
    expect(found.slice(60)).toEqual([-0.001, -0, 0.001]);
  });

  it('names the system by the host name that its exporter gives, where the inventory does not know the address', async () => {
    const target = await caseWith([
      { name: 'node_uname_info', instance: '192.0.2.7:9100', values: [1], labels: { nodename: 'WEB-2' } },
      { name: 'node_ntp_offset_seconds', instance: '192.0.2.7:9100', values: [0.2] },
      { name: 'node_ntp_stratum', instance: '192.0.2.7:9100', values: [2] },
      { name: 'node_ntp_sanity', instance: '192.0.2.7:9100', values: [1] },
    ]);
    expect(await clocks(target)).toEqual([
      { ms: 250, system: 'web-2', offset_s: -0.2, error_s: null, stratum: 2, reference: 'ntp', synchronised: true },
    ]);
  });

  it('cites the series of the offset', async () => {
    const target = await caseWith([
      { name: 'node_timex_maxerror_seconds', instance: 'web-1', values: [0.5] },
      { name: 'node_timex_offset_seconds', instance: 'web-1', values: [0.001] },
    ]);
    expect(await target.database.query('SELECT source_id, record FROM clock_samples')).toEqual([
      { source_id: 2, record: 2 },
    ]);
  });
});
