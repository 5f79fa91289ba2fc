import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, expect, it } from 'vitest';
import { makeScratchDatabase } from '../../../engine/controls/scratch-evidence.ts';

const folder = await mkdtemp(join(tmpdir(), 'fieldwork-scratch-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

it('has what an import makes of rows that are no events: drift, hours of clocks, when tickets were exported', async () => {
  const database = await makeScratchDatabase(join(folder, 'case.duckdb'), {
    config_items: [
      'captured,provider,resource_type,resource_id,configuration',
      '2026-01-01T00:00:00Z,aws,kms_key,k1,"{""enabled"":true}"',
      '2026-01-02T00:00:00Z,aws,kms_key,k1,"{""enabled"":false}"',
    ].join('\n'),
    clock_samples: 'time,system,offset_s\n2026-01-01T00:30:00Z,web-1,0.001',
    tickets: 'ticket_id,opened,resolved\nT1,2026-01-01T00:00:00Z,2026-01-03T00:00:00Z',
  });
  expect(await database.query('SELECT path, old, new FROM config_drift')).toEqual([
    { path: 'enabled', old: 'true', new: 'false' },
  ]);
  expect(await database.query('SELECT stream, system, records FROM stream_hours')).toEqual([
    { stream: 'clock', system: 'web-1', records: 1 },
  ]);
  expect(await database.query('SELECT ticket_id, epoch_us(exported) AS exported FROM ticket_states')).toEqual([
    { ticket_id: 'T1', exported: Date.UTC(2026, 0, 3) * 1000 },
  ]);
  await database.close();
});
