/** Computes the hashes of results again from the attached CSV files, and compares them with the manifest's. */
import { controlDayStates, rowStatuses } from '../../shared/states.ts';
import { parseInstant } from '../../shared/time.ts';
import type { Sha256 } from '../core/hash.ts';
import { startControlDaysHash, startPopulationHash, type ControlDayRow, type ResultRow } from '../core/result-hash.ts';
import type { CheckList } from './check-list.ts';
import { CONTROL_DAYS_NAME, controlDaysColumns, resultsColumns, type Manifest } from './manifest-format.ts';
import type { Attachment } from './pdf-attachments.ts';
import { readCsv, type ReadCell } from './read-csv.ts';

/** Makes the check of results. Populations of which only a part is attached cannot be computed, and are said to be so. */
export function checkResults(manifest: Manifest, attachments: readonly Attachment[], checks: CheckList): void {
  const complete = manifest.controls.filter(({ results }) => results?.complete);
  const detail = `Control-days of ${manifest.controls.length} controls, populations of ${complete.length}.`;
  checks.decide('results.match', difference(manifest, attachments), detail);
}

function difference(manifest: Manifest, attachments: readonly Attachment[]): string | undefined {
  try {
    const days = daysHashes(csvText(attachments, CONTROL_DAYS_NAME));
    for (const control of manifest.controls) {
      const found = days.get(control.id);
      if (found !== control.days_hash) return `${control.id}: control-days have hash ${found ?? 'none'}.`;
      const problem = populationDifference(control, attachments);
      if (problem) return `${control.id}: ${problem}`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function populationDifference(
  { results, population, population_hash: expected }: Manifest['controls'][number],
  attachments: readonly Attachment[],
): string | undefined {
  if (!results) return undefined;
  const { hash, rows } = populationHash(csvText(attachments, results.attachment));
  if (rows !== results.rows) return `${results.attachment} has ${rows} rows; the manifest says ${results.rows}.`;
  if (!results.complete) return undefined;
  if (rows !== population) return `${rows} items are attached of a population of ${population}.`;
  return hash === expected ? undefined : `its population has hash ${hash}; the manifest says ${expected}.`;
}

function csvText(attachments: readonly Attachment[], name: string): string {
  const found = attachments.find((attachment) => attachment.name === name);
  if (!found) throw new Error(`${name} is not attached.`);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(found.bytes);
}

/** `days_hash` of each control, by its id. */
function daysHashes(text: string): ReadonlyMap<string, Sha256> {
  const hashes = new Map<string, ReturnType<typeof startControlDaysHash>>();
  for (const cells of dataLines(text, controlDaysColumns)) {
    const id = cells[0]!;
    const hash = hashes.get(id) ?? startControlDaysHash();
    hashes.set(id, hash);
    hash.add(controlDayRow(cells));
  }
  return new Map([...hashes].map(([id, hash]) => [id, hash.digest()]));
}

function populationHash(text: string): { hash: Sha256; rows: number } {
  const hash = startPopulationHash();
  let rows = 0;
  for (const cells of dataLines(text, resultsColumns)) {
    hash.add(resultRow(cells));
    rows += 1;
  }
  return { hash: hash.digest(), rows };
}

function* dataLines(text: string, columns: readonly string[]): Generator<readonly ReadCell[]> {
  let header = true;
  for (const cells of readCsv(text)) {
    if (cells.length !== columns.length)
      throw new Error(`A line has ${cells.length} cells; ${columns.length} are expected.`);
    if (!header) yield cells;
    else if (cells.join() !== columns.join()) throw new Error(`The columns are not ${columns.join(', ')}.`);
    header = false;
  }
  if (header) throw new Error('A CSV file has no header line.');
}

function controlDayRow(cells: readonly ReadCell[]): ControlDayRow {
  const [, day, state, allStates, reasons, population, tested, deviations, expected, seen] = cells;
  return {
    day: textOf(day),
    state: oneOf(controlDayStates, state),
    allStates: listOf(allStates).map((item) => oneOf(controlDayStates, item)),
    reasons: listOf(reasons),
    population: numberOf(population),
    tested: numberOf(tested),
    deviations: numberOf(deviations),
    systemsExpected: listOf(expected),
    systemsSeen: listOf(seen),
  };
}

function resultRow(cells: readonly ReadCell[]): ResultRow {
  const [, time = null, system, resource, status, reason, sourceId = null, record = null, dimensions] = cells;
  const instant = time === null ? null : parseInstant(time);
  if (instant === undefined) throw new Error(`"${time}" is no time.`);
  return {
    time: instant,
    system: system ?? null,
    resource: resource ?? null,
    status: oneOf(rowStatuses, status),
    reason: textOf(reason),
    sourceId: sourceId === null ? null : numberOf(sourceId),
    record: record === null ? null : numberOf(record),
    dimensions: JSON.parse(textOf(dimensions)) as ResultRow['dimensions'],
  };
}

function textOf(cell: ReadCell | undefined): string {
  if (cell === null || cell === undefined) throw new Error('A cell that needs a value is empty.');
  return cell;
}

function numberOf(cell: ReadCell | undefined): number {
  if (!/^\d{1,15}$/.test(cell ?? '')) throw new Error(`"${cell}" is no count.`);
  return Number(cell);
}

function listOf(cell: ReadCell | undefined): readonly string[] {
  const value: unknown = JSON.parse(textOf(cell));
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new Error(`"${cell}" is no list.`);
  return value;
}

function oneOf<T extends string>(words: readonly T[], cell: ReadCell | undefined): T {
  const found = words.find((word) => word === cell);
  if (!found) throw new Error(`"${cell}" is none of ${words.join(', ')}.`);
  return found;
}
