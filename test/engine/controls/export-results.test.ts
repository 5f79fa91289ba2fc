import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCases } from '../../../engine/controls/cases.ts';
import { exportResults } from '../../../engine/controls/export-results.ts';
import { readPack } from '../../../engine/controls/read-pack.ts';
import { runControls } from '../../../engine/controls/run-controls.ts';
import { makeScratchDatabase } from '../../../engine/controls/scratch-evidence.ts';
import type { CaseDatabase } from '../../../engine/store/case-database.ts';
import { makeScratchCase, spawnLocked, type ScratchCase } from '../store/locked/scratch-case.ts';

const queries = join(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))), 'queries');
const control = 'CC7.2-auditd-running';
let scratch: ScratchCase;
let database: CaseDatabase;

beforeAll(async () => {
  scratch = await makeScratchCase();
  const pack = await readPack(join(queries, 'soc2-hosts'));
  const one = readCases(pack.controls.find(({ id }) => id === control)!)!.cases[3]!;
  // A host whose name is a formula, as a hostile log might give it.
  const evidence = { ...one.evidence, systems: one.evidence['systems']!.replace('web-2', '"=cmd|\'/C calc\'!A0,x"') };
  database = await makeScratchDatabase(join(scratch.folder, 'export.duckdb'), evidence);
  await runControls({
    database,
    spawn: spawnLocked,
    packs: [pack],
    window: { firstDay: one.window.from, lastDay: one.window.to, zone: 'UTC' },
    parameters: {},
    run: { runId: 'r', now: () => 0n, ledgerSeq: 0, evidenceHash: '' },
    job: { signal: new AbortController().signal, progress: () => {} },
  });
});
afterAll(async () => {
  await database.close();
  await scratch.remove();
});

describe('results as text', () => {
  it('are JSON, one value a control-day', async () => {
    const days = JSON.parse(await exportResults({ database }, { format: 'json' })) as Record<string, unknown>[];
    expect(days.map((day) => [day['control'], day['day'], day['state']])).toEqual([
      ['CC6.3-least-privilege-root', '2026-03-01', 'partial'],
      ['CC7.2-auditd-running', '2026-03-01', 'partial'],
    ]);
    expect(days[0]).toMatchObject({ population: 0, deviations: 0, systems_seen: ['web-1'] });
  });

  it('are CSV in which no cell is a formula', async () => {
    const text = await exportResults({ database }, { format: 'csv', control: 'CC6.3-least-privilege-root' });
    const [header, row, end] = text.split('\r\n');
    expect(header).toBe('control,day,state,population,deviations,systems_expected,systems_seen,reasons');
    expect(row).toContain(`"'=cmd|'/C calc'!A0,x;web-1",web-1,`);
    expect(end).toBe('');
  });

  it('are a table for people', async () => {
    const text = await exportResults({ database }, { format: 'table', control, day: '2026-03-01' });
    expect(text.split('\n')[0]).toMatch(/^control +day +state +items +deviating +systems +reason$/);
    expect(text).toMatch(/CC7\.2-auditd-running +2026-03-01 +partial +2 +0 +0\/0 +1 item has no evidence\./);
  });

  it('are what Powerpipe gives, with our two words as its info', async () => {
    const root = JSON.parse(await exportResults({ database }, { format: 'powerpipe', control })) as {
      summary: unknown;
      groups: {
        group_id: string;
        controls: { control_id: string; run_status: string; results: Record<string, unknown>[] }[];
      }[];
    };
    expect(root.summary).toEqual({ status: { ok: 1, alarm: 0, info: 1, skip: 0, error: 0 } });
    expect(root.groups[0]!.group_id).toBe('soc2-hosts');
    const [first] = root.groups[0]!.controls;
    expect(first).toMatchObject({ control_id: control, run_status: 'complete' });
    expect(first!.results[0]).toMatchObject({ status: 'info', resource: 'auditd' });
    expect(first!.results[0]!['dimensions']).toContainEqual({ key: 'fieldwork_status', value: 'no_evidence' });
    expect(first!.results[1]!['dimensions']).toContainEqual({ key: 'evidence', value: '1:1' });
  });

  it('refuse a control that was not run', async () => {
    await expect(exportResults({ database }, { format: 'json', control: 'X-y' })).rejects.toMatchObject({
      problem: { code: 'not_found' },
    });
  });
});
