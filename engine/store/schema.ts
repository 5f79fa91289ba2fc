/**
 * The database of a case, as statements. It is a view of the ledger and the evidence: it can be thrown away and rebuilt,
 * so a change here only raises SCHEMA_VERSION; there are no migrations.
 *
 * Schema `evidence` holds the rows as the sources give them; the views of the same names in `main` are what controls
 * and people read, with systems named as the inventory names them (engine/evidence/views.ts).
 */
import { citationColumns, evidenceTable, evidenceTableNames, type ColumnType } from '../core/tables.ts';
import type { BulkTable } from './bulk-rows.ts';
import { timelineTables } from './timeline-tables.ts';

/** Rises with every change to the tables, the views or what fills them. */
export const SCHEMA_VERSION = 9;

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  time: 'TIMESTAMP',
  text: 'VARCHAR',
  // Zstandard must be asked for by name, and only works with storage_compatibility_version 'latest'.
  longtext: 'VARCHAR USING COMPRESSION zstd',
  texts: 'VARCHAR[]',
  labels: 'MAP(VARCHAR, VARCHAR)',
  json: 'VARCHAR USING COMPRESSION zstd',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/** The SQL type of a column, with its compression. */
export function sqlType(type: ColumnType): string {
  return sqlTypes[type];
}

/**
 * Where the samples of snapshots are: by far the most rows of all, so the citation is not kept with each. It is in the
 * identity of the series. Samples of text formats, which cite a line each, are in a table like the others.
 */
export const SNAPSHOT_SAMPLES = 'evidence.snapshot_samples';
export const TEXT_SAMPLES = 'evidence.text_samples';

const createSamples: readonly string[] = [
  `CREATE TABLE ${SNAPSHOT_SAMPLES} (series_id BIGINT, time TIMESTAMP, value DOUBLE)`,
  `CREATE TABLE ${TEXT_SAMPLES} (source_id INTEGER, record BIGINT, series_id BIGINT, time TIMESTAMP, value DOUBLE)`,
  `CREATE VIEW evidence.metric_samples AS
     SELECT (series_id >> 32)::INTEGER AS source_id, series_id & 4294967295 AS record, series_id, time, value
     FROM ${SNAPSHOT_SAMPLES}
     UNION ALL SELECT * FROM ${TEXT_SAMPLES}`,
];

function createEvidenceTable(name: (typeof evidenceTableNames)[number], as: string = name): string {
  const columns = [...citationColumns, ...evidenceTable(name).columns];
  return `CREATE TABLE evidence.${as} (${columns.map((c) => `"${c.name}" ${sqlTypes[c.type]}`).join(', ')})`;
}

/** Tables that Fieldwork fills itself: the account of sources, roll-ups, results. */
const ownTables: readonly string[] = [
  `CREATE TABLE cache_state (schema_version INTEGER, ledger_seq BIGINT, ledger_hash VARCHAR)`,
  `CREATE TABLE sources (
     source_id INTEGER PRIMARY KEY, sha256 VARCHAR, bytes BIGINT, name VARCHAR, original_path VARCHAR,
     member VARCHAR, content_sha256 VARCHAR, content_bytes BIGINT, format VARCHAR, importer_version INTEGER,
     time_zone VARCHAR, system VARCHAR, provided_by VARCHAR, obtained_how VARCHAR, imported_at TIMESTAMP,
     records BIGINT, rejected BIGINT, first_time TIMESTAMP, last_time TIMESTAMP, assumptions VARCHAR[])`,
  `CREATE TABLE rejects (source_id INTEGER, record BIGINT, reason VARCHAR, raw BLOB USING COMPRESSION zstd)`,
  // Where records are: every one (length set), or one of many (length NULL) from which lines are counted on.
  `CREATE TABLE record_marks (source_id INTEGER, record BIGINT, byte BIGINT, length BIGINT)`,
  // Where the series of a snapshot are: reference in the index of each block, in the order in which blocks are asked.
  `CREATE TABLE metric_places (source_id INTEGER, record BIGINT, place INTEGER, block VARCHAR, ref BIGINT)`,
  // Hourly roll-up of each stream of each system, made at import: the first and the last record of the hour are cited.
  `CREATE TABLE evidence.stream_hours (
     source_id INTEGER, stream VARCHAR, system VARCHAR, hour TIMESTAMP, records BIGINT,
     first_time TIMESTAMP, last_time TIMESTAMP, first_record BIGINT, longest_silence_s DOUBLE,
     last_record BIGINT, before_time TIMESTAMP, before_record BIGINT, inner_from TIMESTAMP, inner_to TIMESTAMP,
     inner_from_record BIGINT, inner_to_record BIGINT)`,
  // Records of a source that an earlier source has too: they count once, and have two citations.
  `CREATE TABLE evidence.repeats (source_id INTEGER, record BIGINT, of_source_id INTEGER, of_record BIGINT)`,
  // Samples of text formats that an earlier source has too.
  `CREATE TABLE evidence.repeated_samples (
     source_id INTEGER, record BIGINT, series_id BIGINT, time TIMESTAMP, of_source_id INTEGER, of_record BIGINT)`,
  // Parts of events that two files cut: they are of an event that cites another record. adds: with lines of their own.
  `CREATE TABLE evidence.event_parts (
     source_id INTEGER, record BIGINT, of_source_id INTEGER, of_record BIGINT, adds BOOLEAN)`,
  // Those events as all their lines have them.
  createEvidenceTable('events', 'joined_events'),
  // When an export of tickets was made.
  `CREATE TABLE evidence.ticket_exports (source_id INTEGER, exported TIMESTAMP)`,
  // What configurations consist of, path by path, so that two of them can be compared.
  `CREATE TABLE evidence.config_attributes (
     source_id INTEGER, record BIGINT, resource_type VARCHAR, resource VARCHAR, path VARCHAR, value VARCHAR)`,
  // Signatures of digests that were checked: with what the next digest says and a key of the name.
  `CREATE TABLE evidence.digest_signatures (
     source_id INTEGER, record BIGINT, next_source_id INTEGER, next_record BIGINT, key_source_id INTEGER, key_record BIGINT,
     valid BOOLEAN)`,
  // Numbers that count the records of a stream, in runs in which none is skipped: engine/evidence/sequence-runs.ts.
  `CREATE TABLE evidence.sequence_runs (
     source_id INTEGER, stream VARCHAR, system VARCHAR, counter VARCHAR, least BIGINT, most BIGINT, numbers BIGINT, skips BIGINT,
     first_time TIMESTAMP, last_time TIMESTAMP, first_record BIGINT, last_record BIGINT)`,
  // What the timeline was made from, so that it is made again when that changes.
  `CREATE TABLE timeline_state (part VARCHAR, fingerprint VARCHAR, value VARCHAR USING COMPRESSION zstd)`,
  // What the hours of each stream of each system say, so that only those that changed are read again.
  `CREATE TABLE stream_histories (
     stream VARCHAR, system VARCHAR, fingerprint VARCHAR, history VARCHAR USING COMPRESSION zstd)`,
  `CREATE TABLE window_days (day VARCHAR, day_from TIMESTAMP, day_to TIMESTAMP)`,
  `CREATE TABLE runs (
     run_id VARCHAR, started TIMESTAMP, finished TIMESTAMP, ledger_seq BIGINT, evidence_hash VARCHAR,
     packs VARCHAR, parameters VARCHAR)`,
  // One row an item of a population, for the latest run of each control.
  `CREATE TABLE results (
     run_id VARCHAR, control VARCHAR, item BIGINT, day VARCHAR, time TIMESTAMP, system VARCHAR, resource VARCHAR,
     status VARCHAR, reason VARCHAR, source_id INTEGER, record BIGINT, dimensions VARCHAR)`,
  `CREATE TABLE control_days (
     run_id VARCHAR, control VARCHAR, day VARCHAR, state VARCHAR, all_states VARCHAR[], reasons VARCHAR[],
     population BIGINT, tested BIGINT, deviations BIGINT, systems_expected VARCHAR[], systems_seen VARCHAR[])`,
  // The controls of the latest run as they were: front matter as JSON, SQL, hashes of what they found.
  `CREATE TABLE run_controls (
     run_id VARCHAR, pack VARCHAR, control VARCHAR, ordinal INTEGER, definition VARCHAR, sql VARCHAR,
     parameters VARCHAR, population_hash VARCHAR, days_hash VARCHAR, error VARCHAR)`,
];

/** Every statement that makes an empty case database, views not included. */
export function schemaStatements(): readonly string[] {
  const tables = evidenceTableNames
    .filter((name) => name !== 'metric_samples')
    .map((name) => createEvidenceTable(name));
  return ['CREATE SCHEMA evidence', ...tables, ...createSamples, ...ownTables, ...timelineTables.map(createOwnTable)];
}

function createOwnTable({ target, columns }: BulkTable): string {
  const sqlOf = (type: BulkTable['columns'][number]['type']): string => (type === 'blob' ? 'BLOB' : sqlTypes[type]);
  return `CREATE TABLE ${target} (${columns.map(({ name, type }) => `"${name}" ${sqlOf(type)}`).join(', ')})`;
}
