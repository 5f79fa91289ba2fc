/** What people are shown of a case, read from its database and ledger in the shapes of the contract. */
import type { CaseSummary, Input, Output, ResultItem, Source } from '../shared/contract.ts';
import type { RowStatus } from '../shared/states.ts';
import { formatInstant, windowDays } from '../shared/time.ts';
import { findOutdatedControls } from './controls/outdated-controls.ts';
import { auditWindow } from './intake/engagement.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { findRecord, MOST_RECORD_BYTES } from './intake/find-record.ts';
import { describeEntry, entriesOf } from './intake/ledger-kinds.ts';
import type { SqlRow, SqlValue } from './store/sql-values.ts';

/** An instant of a row as RFC 3339 text. */
export function instantText(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : formatInstant(BigInt(value as bigint | number));
}

function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** The summary at the head of the workbench; `key` is the host's name for the case. */
export async function readSummary(target: EvidenceCase, key: string, readOnly: boolean): Promise<CaseSummary> {
  const { engagement, ledger, database } = target;
  const [counts] = await database.query(
    `SELECT (SELECT count(DISTINCT system) FROM systems) AS systems, count(*) AS sources,
       coalesce(sum(records), 0)::BIGINT AS records, coalesce(sum(rejected), 0)::BIGINT AS rejected FROM sources`,
  );
  const window = auditWindow(engagement);
  return {
    key,
    entity: engagement.entity,
    firstDay: window.firstDay,
    lastDay: window.lastDay,
    zone: window.zone,
    criteria: engagement.criteria,
    days: windowDays(window).length,
    systems: Number(counts?.['systems'] ?? 0),
    sources: Number(counts?.['sources'] ?? 0),
    records: Number(counts?.['records'] ?? 0),
    rejected: Number(counts?.['rejected'] ?? 0),
    ledgerEntries: ledger.head.seq,
    ledgerHead: ledger.head.hash,
    readOnly,
    lastRun: lastRunOf(target),
  };
}

function lastRunOf({ ledger, engagement, context }: EvidenceCase): CaseSummary['lastRun'] {
  const run = entriesOf(ledger.entries, 'run-finished').at(-1);
  if (!run) return null;
  const asOf = context.effects.now();
  // The last run may have been of a few controls only: what is shown is stale when any of it is.
  const stale = findOutdatedControls(ledger.entries, { asOf, zone: engagement.window.zone }).length > 0;
  const { run_id, controls, packs } = run.data;
  return { runId: run_id, finishedAt: run.entry.at, controls: controls.length, packs, stale };
}

/** All sources in the order of their numbers. */
export async function readSources({ database }: EvidenceCase): Promise<Source[]> {
  return (await database.query('SELECT * FROM sources ORDER BY source_id')).map((row) => ({
    sourceId: Number(row['source_id']),
    name: String(row['name']),
    originalPath: String(row['original_path']),
    member: textOrNull(row['member']),
    format: String(row['format']),
    importerVersion: Number(row['importer_version']),
    sha256: String(row['sha256']),
    bytes: Number(row['bytes']),
    records: Number(row['records']),
    rejected: Number(row['rejected']),
    firstTime: instantText(row['first_time']),
    lastTime: instantText(row['last_time']),
    importedAt: instantText(row['imported_at']) ?? '',
    providedBy: textOrNull(row['provided_by']),
    obtainedHow: textOrNull(row['obtained_how']),
    system: textOrNull(row['system']),
    zone: String(row['time_zone']),
    assumptions: [...((row['assumptions'] as readonly string[] | null) ?? [])],
  }));
}

/** Rejected records, of one source or of all. Bytes that are not UTF-8 show as U+FFFD. */
export async function readRejects(
  { database }: EvidenceCase,
  { sourceId, after, limit }: Input<'rejects.list'>,
): Promise<Output<'rejects.list'>> {
  const where = sourceId === undefined ? '' : 'WHERE source_id = $source::INTEGER';
  const source = sourceId === undefined ? {} : { source: sourceId };
  const [total] = await database.query(`SELECT count(*) AS n FROM rejects ${where}`, source);
  const rows = await database.query(
    `SELECT * FROM rejects ${where} ORDER BY source_id, record LIMIT $limit::INTEGER OFFSET $after::BIGINT`,
    { ...source, limit, after },
  );
  return {
    total: Number(total?.['n'] ?? 0),
    rows: rows.map((row) => ({
      sourceId: Number(row['source_id']),
      record: Number(row['record']),
      reason: String(row['reason']),
      raw: new TextDecoder().decode(row['raw'] as Uint8Array),
    })),
  };
}

/** One record as it stands in its file. */
export async function readRecord(
  target: EvidenceCase,
  { sourceId, record }: Input<'record.get'>,
): Promise<Output<'record.get'>> {
  const { source, byte, length, bytes } = await findRecord(target, sourceId, record);
  return {
    sourceId,
    record,
    sourceName: source.member === null ? source.name : `${source.name}!${source.member}`,
    format: source.format,
    sha256: source.sha256,
    byte,
    length,
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    truncated: length > MOST_RECORD_BYTES || bytes.length < length,
    validUtf8: isUtf8(bytes),
  };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Items of a control's population, of one day or of all, deviations first. */
export async function readResults(
  { database }: EvidenceCase,
  { control, day, status, after, limit }: Input<'results.page'>,
): Promise<Output<'results.page'>> {
  const conditions = ['control = $control', ...(day ? ['day = $day'] : []), ...(status ? ['status = $status'] : [])];
  const where = conditions.join(' AND ');
  const parameters = { control, ...(day ? { day } : {}), ...(status ? { status } : {}) };
  const [total] = await database.query(`SELECT count(*) AS n FROM results WHERE ${where}`, parameters);
  const rows = await database.query(
    `SELECT * FROM results WHERE ${where}
     ORDER BY CASE status WHEN 'alarm' THEN 0 WHEN 'undecidable' THEN 1 WHEN 'no_evidence' THEN 2 WHEN 'error' THEN 3
       ELSE 4 END, item LIMIT $limit::INTEGER OFFSET $after::BIGINT`,
    { ...parameters, limit, after },
  );
  return { total: Number(total?.['n'] ?? 0), rows: rows.map(resultItem) };
}

/** A row of `results` as the contract has it. */
export function resultItem(row: SqlRow): ResultItem {
  const sourceId = row['source_id'];
  return {
    time: instantText(row['time']),
    system: textOrNull(row['system']),
    resource: textOrNull(row['resource']) ?? '',
    status: String(row['status']) as RowStatus,
    reason: String(row['reason']),
    citation: typeof sourceId === 'number' ? { sourceId, record: Number(row['record']) } : null,
    dimensions: JSON.parse(textOrNull(row['dimensions']) ?? '{}') as Record<string, string | null>,
  };
}

/** The ledger, newest entry first. */
export function readLedger({ ledger }: EvidenceCase, { after, limit }: Input<'ledger.page'>): Output<'ledger.page'> {
  const newestFirst = [...ledger.entries].reverse().slice(after, after + limit);
  return {
    total: ledger.entries.length,
    rows: newestFirst.map((entry) => ({
      seq: entry.seq,
      at: entry.at,
      kind: entry.kind,
      by: entry.by,
      what: describeEntry(entry),
      hash: entry.hash,
    })),
  };
}
