import type { Format } from '../../engine/formats/format.ts';
import { FieldCount, type Comparison, type CorpusFolder } from './adapter.ts';
import { crowdsecValues } from './oracles.ts';
import { readEvidence, type Reading } from './reading.ts';

/** A value that CrowdSec's parser gave for a line. */
export interface LineValue {
  /** Line of the log, from 1, and its record here; 0 for none. */
  readonly line: number;
  readonly record: number;
  readonly reading: Reading;
  /** The last part of the path: `source_ip` of `Evt.Meta["source_ip"]`. */
  readonly name: string;
  readonly value: unknown;
}

/**
 * Compares every log with CrowdSec's values beside it: that the line is read, its text, and with `compareValue` what is
 * left.
 */
export function compareCrowdsec(
  folder: CorpusFolder,
  format: Format,
  compareValue: (count: FieldCount, value: LineValue) => void,
): readonly Comparison[] {
  return crowdsecValues(folder).map(({ oracle, file, expected }) => {
    const reading = readEvidence(format, folder, file);
    const count = new FieldCount(file, oracle);
    new Set(expected.map(({ line }) => line)).forEach(() => count.record());
    for (const { stage, line, path, expected: value } of expected) {
      const record = reading.recordOnLine(line + 1) ?? 0;
      const name = /\["([^"]+)"\]$/.exec(path)?.[1] ?? path;
      // Whether the first stage takes a line says nothing of its format.
      if (name === 'Success' && stage === 's00-raw') continue;
      if (name === 'Success') count.field(line + 1, name, reading.fate(record) === 'read', value);
      else if (name === 'message') count.field(line + 1, name, reading.rawText(record), value);
      else compareValue(count, { line: line + 1, record, reading, name, value });
    }
    return count.result();
  });
}
