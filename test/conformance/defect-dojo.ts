/** What DefectDojo's tests of a parser assert of the findings of a file, as JSON: `X.expected.json`. */
import { basename } from 'node:path';
import { z } from 'zod';
import type { CorpusFolder } from './adapter.ts';

const schema = z.array(
  z.object({
    test: z.string(),
    file: z.string(),
    expr: z.string().optional(),
    assign: z.string().optional(),
    expected: z.unknown().optional(),
  }),
);

/** One assertion on a finding, by its place among the findings of the file, or on all of them. */
export interface Assertion {
  readonly index: number;
  /** What is asserted, with `finding` for the finding and `len(findings)` for their number. */
  readonly expr: string;
  readonly expected: unknown;
}

export interface AssertedFile {
  readonly oracle: string;
  readonly file: string;
  readonly assertions: readonly Assertion[];
}

/** The files of a folder on which something is asserted; they are called as in DefectDojo, with a prefix or without. */
export function assertedFiles(folder: CorpusFolder): readonly AssertedFile[] {
  return folder.entries
    .filter((entry) => entry.endsWith('.expected.json'))
    .flatMap((oracle) => {
      const asserted = schema.safeParse(folder.json(oracle)).data ?? [];
      return [...new Set(asserted.map(({ file }) => file))].flatMap((name) => {
        const names = [`dd-${name.replaceAll('/', '-')}`, `dd-${basename(name)}`, basename(name)];
        const file = names.flatMap((each) => [each, `${each}.gz`]).find((each) => folder.entries.includes(each));
        const ofFile = asserted.filter((one) => one.file === name);
        return file === undefined ? [] : [{ oracle, file, assertions: assertionsOf(ofFile) }];
      });
    });
}

function assertionsOf(asserted: z.infer<typeof schema>): readonly Assertion[] {
  let index = 0;
  let test = '';
  return asserted.flatMap((one) => {
    if (one.test !== test) index = 0;
    test = one.test;
    // finding = findings[3], or findings[3].severity
    index = Number(/findings\[(\d+)\]/.exec(one.assign ?? one.expr ?? '')?.[1] ?? index);
    if (one.expr === undefined) return [];
    const expr = one.expr.replace(/findings\[\d+\]/, 'finding').replace(/^len\(\w*findings\)$/, 'len(findings)');
    return [{ index, expr, expected: one.expected }];
  });
}

/** The word that DefectDojo has for a severity. */
export function dojoSeverity(word: unknown): string {
  const known = ['critical', 'high', 'medium', 'low'].find((each) => each === word);
  return known === undefined ? 'Info' : known[0]!.toUpperCase() + known.slice(1);
}
