import { expect, it } from 'vitest';
import { evidenceTableNames } from '../../../engine/core/tables.ts';
import { evidenceViews, viewStatements } from '../../../engine/evidence/views.ts';
import { CaseDatabase } from '../../../engine/store/case-database.ts';
import { schemaStatements } from '../../../engine/store/schema.ts';

async function emptyCase(): Promise<CaseDatabase> {
  const database = await CaseDatabase.open({ path: ':memory:' });
  for (const statement of [...schemaStatements(), ...viewStatements()]) await database.query(statement);
  return database;
}

it('there is a view for every evidence table', () => {
  const names = evidenceViews.map((view) => view.name);
  for (const table of evidenceTableNames) expect(names).toContain(table);
});

it('name systems as the inventory does, by host name and by address, and leave the unknown as they are', async () => {
  const database = await emptyCase();
  await database.query(`INSERT INTO evidence.systems (source_id, record, system, addresses) VALUES
    (1, 1, 'web-1', ['10.0.0.1', 'web-1.acme.example', 'shared']), (1, 2, 'db-1', ['10.0.0.2', 'shared'])`);
  await database.query(
    `INSERT INTO evidence.events (source_id, record, system) VALUES (2, 1, 'WEB-1.acme.example'), (2, 2, 'other'), (2, 3, 'shared')`,
  );
  await database.query(
    `INSERT INTO evidence.open_ports (source_id, record, address, system) VALUES (3, 1, '10.0.0.2', NULL), (3, 2, '10.9.9.9', NULL), (3, 3, '10.0.0.2', 'web-1')`,
  );
  expect(await database.query('SELECT record, system FROM events ORDER BY record')).toEqual([
    { record: 1, system: 'web-1' },
    { record: 2, system: 'other' },
    { record: 3, system: 'shared' },
  ]);
  expect((await database.query('SELECT system FROM open_ports ORDER BY record')).map((r) => r['system'])).toEqual([
    'db-1',
    '10.9.9.9',
    'web-1',
  ]);
  await database.close();
});
