/**
 * The oracles that come as JSON made from tests of other projects. They are known by their shape, so the names of files
 * do not matter; the evidence is found by the name that they give, or by their own.
 */
import { basename } from 'node:path';
import { z } from 'zod';
import type { CorpusFolder } from './adapter.ts';

const pantherSchema = z.array(z.object({ line: z.number(), rule: z.string(), expected_result: z.boolean() }));
/** Tests of detection rules: one line of JSON each, and whether the rule matches it. */
export type PantherTests = z.infer<typeof pantherSchema>;

const plasoSchema = z.array(
  z.object({
    file: z.string(),
    expect: z.array(z.object({ event_index: z.number(), values: z.record(z.string(), z.unknown()) })),
    counts: z.object({ event_data: z.number(), extraction_warning: z.number().default(0) }),
  }),
);
/** A test of plaso: how many events it extracts from a file, and values of some of them. */
export type PlasoTest = z.infer<typeof plasoSchema>[number];

const crowdsecSchema = z.array(
  z.object({
    stage: z.string(),
    parser: z.string().default(''),
    line: z.number(),
    path: z.string(),
    expected: z.unknown(),
  }),
);
/** What CrowdSec's parser gives for lines of a file. */
export type CrowdsecValues = z.infer<typeof crowdsecSchema>;

const assertSchema = z.array(
  z
    .object({ input: z.string().optional(), assert: z.string().optional(), assign: z.string().optional() })
    .refine((one) => one.assert !== undefined || one.assign !== undefined),
);
/** Statements of a test in Python, as text; `input` names the text that was parsed. */
export type PythonAsserts = z.infer<typeof assertSchema>;

/** An oracle and the file that it is about. */
export interface Pair<O> {
  readonly oracle: string;
  readonly file: string;
  readonly expected: O;
}

/** Rule tests beside their lines: `X.expected.json` and `X.jsonl`. */
export function pantherTests(folder: CorpusFolder): readonly Pair<PantherTests>[] {
  return expectations(folder, pantherSchema).flatMap(({ oracle, expected }) =>
    paired(folder, oracle, expected, [`${stem(oracle)}.jsonl`, `${stem(oracle)}.jsonl.gz`]),
  );
}

/** Tests of plaso; the evidence is called as in plaso, with a prefix or without. */
export function plasoTests(folder: CorpusFolder): readonly Pair<PlasoTest>[] {
  return expectations(folder, plasoSchema).flatMap(({ oracle, expected }) =>
    expected.flatMap((test) => {
      const name = basename(test.file);
      return paired(folder, oracle, test, [`plaso-${name}`, name, `plaso-${name}.gz`]);
    }),
  );
}

/** Values of CrowdSec beside their log: `X.expected.json` and `X.log`. */
export function crowdsecValues(folder: CorpusFolder): readonly Pair<CrowdsecValues>[] {
  return expectations(folder, crowdsecSchema).flatMap(({ oracle, expected }) =>
    paired(folder, oracle, expected, [`${stem(oracle)}.log`, `${stem(oracle)}.jsonl`, `${stem(oracle)}.log.gz`]),
  );
}

/** Statements about texts: `X.expected.json` and, for each input, `X-INPUT.txt`. */
export function insightsAsserts(folder: CorpusFolder): readonly Pair<PythonAsserts>[] {
  return expectations(folder, assertSchema).flatMap(({ oracle, expected }) => {
    const inputs = new Set(expected.flatMap(({ input }) => input ?? []));
    return [...inputs].flatMap((input) =>
      paired(
        folder,
        oracle,
        expected.filter((one) => one.input === input),
        [`${stem(oracle)}-${input}.txt`],
      ),
    );
  });
}

/** Oracles called `X<ending>` with the evidence that `evidence` gives for X. */
export function oraclesBeside(
  folder: CorpusFolder,
  ending: RegExp,
  evidence: (stem: string) => readonly string[],
): readonly Pair<undefined>[] {
  return folder.entries
    .filter((entry) => ending.test(entry))
    .flatMap((oracle) => paired(folder, oracle, undefined, evidence(oracle.replace(ending, ''))));
}

function stem(oracle: string): string {
  return oracle.replace(/\.expected\.json$/, '');
}

function paired<O>(folder: CorpusFolder, oracle: string, expected: O, files: readonly string[]): Pair<O>[] {
  const file = files.find((each) => folder.entries.includes(each));
  return file === undefined ? [] : [{ oracle, file, expected }];
}

function expectations<T>(folder: CorpusFolder, schema: z.ZodType<T>): { oracle: string; expected: T }[] {
  return folder.entries
    .filter((entry) => entry.endsWith('.expected.json'))
    .flatMap((oracle) => {
      const value = folder.json(oracle);
      const parsed = schema.safeParse(value);
      // An empty list has any shape; one whose parts have nothing of a schema is another oracle.
      return parsed.success && Array.isArray(value) && value.length > 0 ? [{ oracle, expected: parsed.data }] : [];
    });
}
