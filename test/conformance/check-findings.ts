/** What tests of DefectDojo's parsers assert of the findings in a file of checks. */
import type { CollectedRow } from '../engine/formats/collect-rows.ts';
import { FieldCount, type Comparison, type CorpusFolder } from './adapter.ts';
import { assertedFiles } from './defect-dojo.ts';

/** What ours is for the expressions that are compared, for one finding of those in the file. */
export type FindingFields = (findings: readonly CollectedRow[], index: number) => Readonly<Record<string, unknown>>;

/**
 * Compares each statement that `fields` knows; others are about DefectDojo's own model. `findings` gives the rows of a
 * file that DefectDojo makes findings of, in their order.
 */
export function compareFindings(
  folder: CorpusFolder,
  findings: (file: string) => readonly CollectedRow[],
  fields: FindingFields,
): readonly Comparison[] {
  return assertedFiles(folder).map(({ oracle, file, assertions }) => {
    const rows = findings(file);
    const count = new FieldCount(file, oracle);
    rows.forEach(() => count.record());
    for (const { index, expr, expected } of assertions) {
      const known = fields(rows, index);
      if (Object.hasOwn(known, expr)) count.field(index + 1, expr, known[expr], expected);
    }
    return count.result();
  });
}
