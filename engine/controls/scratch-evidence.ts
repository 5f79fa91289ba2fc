/** The evidence of a case, put into a database of its own as an import would. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../../shared/problem.ts';
import { parseInstant } from '../../shared/time.ts';
import { seriesId } from '../core/series-id.ts';
import { evidenceTableNames, type EvidenceTableName } from '../core/tables.ts';
import { rollUpSource } from '../evidence/roll-ups.ts';
import { viewStatements } from '../evidence/views.ts';
import type { BulkColumn, BulkTable, BulkValue } from '../store/bulk-rows.ts';
import { CaseDatabase } from '../store/case-database.ts';
import { evidenceBulkTable } from '../store/evidence-bulk.ts';
import { schemaStatements } from '../store/schema.ts';
import { clockMacros } from '../timeline/clocks/clock-macros.ts';
import { readCsvText } from './csv-text.ts';

/** Tables that one file fills together, and that are joined by their source. */
const families: readonly (readonly EvidenceTableName[])[] = [
  ['events', 'auditd_records', 'syslog_records', 'cloudtrail_records'],
  [
    'scans',
    'scan_targets',
    'open_ports',
    'tls_endpoints',
    'certificates',
    'vulnerabilities',
    'file_changes',
    'config_checks',
  ],
  ['metric_series', 'metric_samples', 'metric_histograms', 'metric_presence', 'metric_hours', 'metric_unread'],
];

/** Lists are written with a bar between items: `auditd|nmap`. */
const ITEM_SEPARATOR = '|';

let empty: Promise<Uint8Array> | undefined;

/** A database with every table and view, and no rows: made once, for a pack has hundreds of cases. */
function emptyDatabase(): Promise<Uint8Array> {
  return (empty ??= makeEmptyDatabase().catch((error: unknown) => {
    empty = undefined; // a disk that was full may have room later
    throw error;
  }));
}

async function makeEmptyDatabase(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldwork-'));
  const path = join(folder, 'empty.duckdb');
  try {
    const database = await CaseDatabase.open({ path, memoryLimitMb: 512 });
    try {
      for (const statement of [...schemaStatements(), ...viewStatements(), ...clockMacros()])
        await database.query(statement);
    } finally {
      await database.close();
    }
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Makes a database at `path` with the evidence of a case: CSV text a table. Empty cells are NULL, times are RFC 3339,
 * `source_id` is 1 for what logs fill, 2 for what scans fill, 3 for metrics, then one a table, and `record` is the place
 * of the row, unless the CSV has them. A `series_id` is a small number, made unique by its source. Roll-ups are made as at an import.
 * Fails with `pack_invalid` on a table, column or value that there is not.
 */
export async function makeScratchDatabase(
  path: string,
  evidence: Readonly<Record<string, string>>,
): Promise<CaseDatabase> {
  await writeFile(path, await emptyDatabase());
  const database = await CaseDatabase.open({ path, memoryLimitMb: 512 });
  try {
    const counts = new Map<number, Record<string, number>>();
    await database.transaction(async (transaction) => {
      Object.entries(evidence).forEach(([name, csv], place) => {
        const table = bulkTable(name);
        for (const row of readRows(name, csv, sourceOf(name, place))) {
          const values = valuesOf(table, row);
          transaction.add(table, values);
          const rows = counts.get(Number(values[0])) ?? {};
          counts.set(Number(values[0]), { ...rows, [name]: (rows[name] ?? 0) + 1 });
        }
      });
    });
    await database.transaction(async (transaction) => {
      for (const [sourceId, rows] of [...counts].sort(([a], [b]) => a - b))
        await rollUpSource(transaction, { sourceId, series: null, dayZone: 'UTC', rows });
    });
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function sourceOf(name: string, place: number): number {
  const family = families.findIndex((tables) => (tables as readonly string[]).includes(name));
  return family >= 0 ? family + 1 : families.length + place + 1;
}

function bulkTable(name: string): BulkTable {
  if (!(evidenceTableNames as readonly string[]).includes(name)) failEvidence(`There is no evidence table ${name}.`);
  return evidenceBulkTable(name as EvidenceTableName);
}

function readRows(name: string, csv: string, source: number): readonly Readonly<Record<string, string>>[] {
  try {
    return readCsvText(csv).map((row, index) => ({ source_id: String(source), record: String(index + 1), ...row }));
  } catch (error) {
    return failEvidence(`The CSV of ${name}: ${(error as Error).message}.`);
  }
}

function valuesOf({ target, columns }: BulkTable, row: Readonly<Record<string, string>>): readonly BulkValue[] {
  const unknown = Object.keys(row).find((name) => !columns.some((column) => column.name === name));
  if (unknown !== undefined) failEvidence(`${target} has no column ${unknown}.`);
  return columns.map((column) => {
    const value = cellValue(column, row[column.name] ?? '');
    return column.name === 'series_id' && value !== null ? seriesId(Number(row['source_id']), Number(value)) : value;
  });
}

function cellValue({ name, type }: BulkColumn, cell: string): BulkValue {
  if (cell === '') return null;
  switch (type) {
    case 'time':
      return parseInstant(cell) ?? failEvidence(`${name} is ${cell}, which is no instant in RFC 3339.`);
    case 'integer':
    case 'bigint':
    case 'double':
      return Number.isFinite(Number(cell)) ? Number(cell) : failEvidence(`${name} is ${cell}, which is no number.`);
    case 'boolean':
      return cell === 'true' || cell === 'false'
        ? cell === 'true'
        : failEvidence(`${name} is ${cell}, not true or false.`);
    case 'texts':
      return cell.split(ITEM_SEPARATOR);
    case 'labels':
      return labelsOf(cell) ?? failEvidence(`${name} is ${cell}, which is not of the form a=b;c=d.`);
    default:
      return cell;
  }
}

/** Names and values in turn, from `a=b;c=d`. */
function labelsOf(cell: string): readonly string[] | undefined {
  const pairs = cell.split(ITEM_SEPARATOR).map((pair) => /^([^=]+)=(.*)$/s.exec(pair));
  return pairs.every((pair) => pair !== null) ? pairs.flatMap((pair) => [pair[1]!, pair[2]!]) : undefined;
}

function failEvidence(message: string): never {
  return fail({ code: 'pack_invalid', message, remedy: 'Correct the evidence of the case.' });
}
