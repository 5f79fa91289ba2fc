import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnLockedWithNode } from '../../../../engine/core/locked-child-node.ts';
import { viewStatements } from '../../../../engine/evidence/views.ts';
import { CaseDatabase } from '../../../../engine/store/case-database.ts';
import { schemaStatements } from '../../../../engine/store/schema.ts';

const root = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));

/** The locked process as the command line starts it; built by test/global-setup.ts. */
export const spawnLocked = spawnLockedWithNode(join(root, 'dist/engine/locked-process.js'));

export interface ScratchCase {
  readonly database: CaseDatabase;
  readonly folder: string;
  remove(): Promise<void>;
}

/** An empty case database in a folder of its own. */
export async function makeScratchCase(): Promise<ScratchCase> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-test-'));
  const database = await CaseDatabase.open({ path: join(folder, 'case.duckdb') });
  for (const statement of [...schemaStatements(), ...viewStatements()]) await database.query(statement);
  const remove = async (): Promise<void> => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { database, folder, remove };
}
