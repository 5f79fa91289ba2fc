import { viewStatements } from '../evidence/views.ts';
import { CaseDatabase } from '../store/case-database.ts';
import { schemaStatements } from '../store/schema.ts';
import { clockMacroNeeds, clockMacros } from '../timeline/clocks/clock-macros.ts';

/** The tables and views of a case: for each its columns with their SQL types. */
export type Catalogue = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads the catalogue of an empty case. */
export async function readCatalogue(): Promise<Catalogue> {
  const database = await CaseDatabase.open({ path: ':memory:', memoryLimitMb: 256 });
  try {
    for (const statement of [...schemaStatements(), ...viewStatements(), ...clockMacros()])
      await database.query(statement);
    const rows = await database.query(
      `SELECT table_name, column_name, data_type FROM duckdb_columns()
       WHERE schema_name = 'main' AND NOT internal ORDER BY table_name, column_index`,
    );
    const catalogue = new Map<string, Map<string, string>>();
    for (const row of rows) {
      const table = String(row['table_name']);
      if (!catalogue.has(table)) catalogue.set(table, new Map());
      catalogue.get(table)!.set(String(row['column_name']), String(row['data_type']));
    }
    return catalogue;
  } finally {
    await database.close();
  }
}

/**
 * Makes a database whose tables have the citation and the columns that are needed, and no others. SQL that binds to it
 * reads nothing that it does not declare. Tables and columns that the catalogue does not have are left out.
 */
export async function makeNarrowDatabase(
  path: string,
  needs: Readonly<Record<string, readonly string[]>>,
  catalogue: Catalogue,
): Promise<void> {
  const database = await CaseDatabase.open({ path, memoryLimitMb: 256 });
  try {
    for (const [table, columns] of Object.entries(needs)) {
      const known = catalogue.get(table);
      const kept = [...new Set(['source_id', 'record', ...columns])].filter((column) => known?.has(column));
      if (!known || kept.length === 0) continue;
      await database.query(`CREATE TABLE "${table}" (${kept.map((one) => `"${one}" ${known.get(one)}`).join(', ')})`);
    }
    // A macro binds to its table when it is made.
    const declared = new Set(needs['clock_intervals']);
    if (!clockMacroNeeds.clock_intervals.every((column) => declared.has(column))) return;
    for (const statement of clockMacros()) await database.query(statement);
  } finally {
    await database.close();
  }
}
