/** Puts what a run found into the case, all of it or nothing. */
import type { UtcMicros, WindowDay } from '../../shared/time.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { BulkTable } from '../store/bulk-rows.ts';
import type { Transaction } from '../store/case-database.ts';
import { definitionText, describeControl } from './describe-control.ts';
import type { ItemSpool } from './item-spool.ts';
import type { Pack } from './pack.ts';
import { placeOf, type ControlOutcome } from './run-control.ts';

const resultsTable: BulkTable = {
  target: 'results',
  columns: [
    { name: 'run_id', type: 'text' },
    { name: 'control', type: 'text' },
    { name: 'item', type: 'bigint' },
    { name: 'day', type: 'text' },
    { name: 'time', type: 'time' },
    { name: 'system', type: 'text' },
    { name: 'resource', type: 'text' },
    { name: 'status', type: 'text' },
    { name: 'reason', type: 'text' },
    { name: 'source_id', type: 'integer' },
    { name: 'record', type: 'bigint' },
    { name: 'dimensions', type: 'json' },
  ],
};

const daysTable: BulkTable = {
  target: 'control_days',
  columns: [
    { name: 'run_id', type: 'text' },
    { name: 'control', type: 'text' },
    { name: 'day', type: 'text' },
    { name: 'state', type: 'text' },
    { name: 'all_states', type: 'texts' },
    { name: 'reasons', type: 'texts' },
    { name: 'population', type: 'bigint' },
    { name: 'tested', type: 'bigint' },
    { name: 'deviations', type: 'bigint' },
    { name: 'systems_expected', type: 'texts' },
    { name: 'systems_seen', type: 'texts' },
  ],
};

const controlsTable: BulkTable = {
  target: 'run_controls',
  columns: [
    { name: 'run_id', type: 'text' },
    { name: 'pack', type: 'text' },
    { name: 'control', type: 'text' },
    { name: 'ordinal', type: 'integer' },
    { name: 'definition', type: 'text' },
    { name: 'sql', type: 'text' },
    { name: 'parameters', type: 'text' },
    { name: 'population_hash', type: 'text' },
    { name: 'days_hash', type: 'text' },
    { name: 'error', type: 'text' },
  ],
};

// Rows wait in memory until they are written; a piece of this size is a good stride for DuckDB.
const ROWS_A_FLUSH = 50_000;

/** What `runs` keeps about the run itself. */
export interface RunIdentity {
  readonly runId: string;
  readonly now: () => UtcMicros;
  readonly ledgerSeq: number;
  readonly evidenceHash: string;
}

export interface FinishedRun {
  readonly run: RunIdentity;
  readonly started: UtcMicros;
  readonly packs: readonly Pack[];
  readonly days: readonly WindowDay[];
  readonly outcomes: readonly ControlOutcome[];
  /** Items of the outcomes, in the same order. */
  readonly spools: readonly ItemSpool[];
}

/** Writes a run, in place of what earlier runs found for the same controls. */
export async function writeRun(transaction: Transaction, finished: FinishedRun): Promise<void> {
  for (const table of ['results', 'control_days', 'run_controls']) {
    for (const { control } of finished.outcomes) {
      await transaction.query(`DELETE FROM ${table} WHERE control = $control`, { control: control.id });
    }
  }
  for (const [ordinal, outcome] of finished.outcomes.entries()) {
    addDefinition(transaction, finished.run.runId, { ordinal, outcome });
    addDays(transaction, finished.run.runId, outcome);
    // Of a test that failed half-way nothing is kept: half a population is none.
    if (outcome.error === null) await addItems(transaction, finished, { ordinal, outcome });
  }
  await writeRunRow(transaction, finished);
}

interface Placed {
  readonly ordinal: number;
  readonly outcome: ControlOutcome;
}

function addDefinition(transaction: Transaction, runId: string, { ordinal, outcome }: Placed): void {
  const { control, values, populationHash, daysHash, error } = outcome;
  const definition = definitionText(describeControl(control, values));
  transaction.add(controlsTable, [
    ...[runId, control.pack, control.id, ordinal, definition, control.sql],
    ...[canonicalJson(values), populationHash, daysHash, error],
  ]);
}

function addDays(transaction: Transaction, runId: string, { control, days }: ControlOutcome): void {
  for (const day of days) {
    transaction.add(daysTable, [
      ...[runId, control.id, day.day, day.state, day.allStates, day.reasons],
      ...[day.population, day.tested, day.deviations, day.systemsExpected, day.systemsSeen],
    ]);
  }
}

async function addItems(
  transaction: Transaction,
  { run, days, spools }: FinishedRun,
  { ordinal, outcome }: Placed,
): Promise<void> {
  let item = 0;
  for await (const piece of spools[ordinal]!.pieces()) {
    for (const { time, system, resource, status, reason, sourceId, record, dimensions } of piece) {
      const place = placeOf(days, time);
      transaction.add(resultsTable, [
        ...[run.runId, outcome.control.id, ++item, place === undefined ? null : days[place]!.day, time],
        ...[system, resource, status, reason, sourceId, record, canonicalJson(dimensions)],
      ]);
    }
    await transaction.flush(ROWS_A_FLUSH);
  }
}

async function writeRunRow(transaction: Transaction, { run, started, packs, outcomes }: FinishedRun): Promise<void> {
  const usedPacks = packs.map(({ id, version, hash }) => ({ id, version, hash }));
  const parameters = Object.fromEntries(outcomes.map(({ control, values }) => [control.id, values]));
  await transaction.query(
    `INSERT INTO runs VALUES ($run_id, $started, $finished, $ledger_seq::BIGINT, $evidence_hash, $packs, $parameters)`,
    {
      run_id: run.runId,
      started: { micros: started },
      finished: { micros: run.now() },
      ledger_seq: run.ledgerSeq,
      evidence_hash: run.evidenceHash,
      packs: canonicalJson(usedPacks),
      parameters: canonicalJson(parameters),
    },
  );
}
