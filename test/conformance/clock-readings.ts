/** What the formats of clocks give: a row of `clock_samples` for each record, and the members of the record. */
import type { Format } from '../../engine/formats/format.ts';
import type { CollectedRow } from '../engine/formats/collect-rows.ts';
import type { CorpusFolder } from './adapter.ts';
import { readEvidence, type Reading } from './reading.ts';

export interface ClockReading {
  readonly record: number;
  readonly sample: CollectedRow | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface ClockReadings {
  readonly reading: Reading;
  readonly clocks: readonly ClockReading[];
}

/** Reports that do not say when they were made are dated by this time. */
const takenAt = BigInt(Date.UTC(2026, 10, 21, 7, 30)) * 1000n;

export function readClocks(format: Format, folder: CorpusFolder, file: string): ClockReadings {
  const reading = readEvidence(format, folder, file, { takenAt });
  const clocks = reading.all.rows('event_fields').map(({ record, fields }) => ({
    record,
    sample: reading.rowsOf(record)['clock_samples'],
    fields: JSON.parse(String(fields)) as Readonly<Record<string, unknown>>,
  }));
  return { reading, clocks };
}
