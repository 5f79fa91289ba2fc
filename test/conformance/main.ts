/**
 * `npm run conformance [-- --corpora DIR] [-- --folder NAME]`: compares what our readers make of real evidence with what
 * other parsers made of it. Prints records, fields, equal and explained; a difference without an explanation in
 * differences.yaml is printed whole, and makes the exit code 1. Then every file below DIR that a format recognises is
 * accounted for, whole and with a tenth of its records damaged: a record that is lost, or a whole one that changed, makes
 * the exit code 1 as well. `--accounts-only` leaves out the comparison, `--seed N` damages other
 * bytes.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Comparison, Difference } from './adapter.ts';
import { adapters } from './adapters/index.ts';
import { corpusFolders } from './corpus-folder.ts';
import { checkAccounts, describeAccounts } from './check-accounts.ts';
import { explanationOf, readExplanations, type Explanation } from './differences.ts';

const MOST_PRINTED = 50;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Found {
  readonly folder: string;
  readonly comparison: Comparison;
  readonly explained: number;
  readonly unexplained: readonly Difference[];
}

function judge(folder: string, comparison: Comparison, explanations: readonly Explanation[]): Found {
  const unexplained = comparison.differences.filter((one) => !explanationOf(folder, one, explanations));
  return { folder, comparison, explained: comparison.differences.length - unexplained.length, unexplained };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      corpora: { type: 'string' },
      folder: { type: 'string' },
      'accounts-only': { type: 'boolean' },
      seed: { type: 'string' },
    },
  });
  const root = values.corpora ?? 'test/fixtures';
  if (!existsSync(root)) {
    say(`There is no folder ${root}; name one with --corpora DIR.`);
    return 2;
  }
  const compared = values['accounts-only'] === true ? 0 : await compareFolders(root, values.folder);
  return Math.max(compared, await accountForFiles(join(root, values.folder ?? ''), Number(values.seed ?? 1)));
}

async function accountForFiles(root: string, seed: number): Promise<number> {
  const accounts = await checkAccounts(root, seed);
  say('');
  for (const line of describeAccounts(accounts)) say(line);
  return accounts.failures.length === 0 ? 0 : 1;
}

async function compareFolders(root: string, only: string | undefined): Promise<number> {
  const explanations = readExplanations(join('test', 'conformance', 'differences.yaml'));
  const found: Found[] = [];
  const unknown: string[] = [];
  for (const folder of corpusFolders(root)) {
    if (only !== undefined && folder.name !== only) continue;
    const known = adapters.filter(({ folders }) => folders.includes(folder.name));
    if (known.length === 0) unknown.push(folder.name);
    for (const adapter of known)
      for (const comparison of await adapter.compare(folder)) found.push(judge(folder.name, comparison, explanations));
  }
  return report(found, unknown);
}

function report(found: readonly Found[], unknown: readonly string[]): number {
  const row = (cells: readonly (string | number)[]): string =>
    cells.map((cell, i) => (i < 2 ? String(cell).padEnd(i === 0 ? 18 : 58) : String(cell).padStart(9))).join(' ');
  say(row(['folder', 'file, compared with', 'records', 'fields', 'equal', 'explained', 'differ']));
  for (const { folder, comparison: c, explained, unexplained } of found)
    say(
      row([
        folder,
        `${c.file} ~ ${c.oracle}`.slice(0, 58),
        c.records,
        c.fields,
        c.equal,
        explained,
        unexplained.length,
      ]),
    );
  const sum = (of: (one: Found) => number): number => found.reduce((total, one) => total + of(one), 0);
  const differ = sum(({ unexplained }) => unexplained.length);
  const totals = [sum((f) => f.comparison.records), sum((f) => f.comparison.fields), sum((f) => f.comparison.equal)];
  say(row(['all', `${found.length} comparisons`, ...totals, sum((f) => f.explained), differ]));
  if (unknown.length > 0) say(`\nNot compared, as no adapter knows these folders: ${unknown.join(', ')}.`);
  for (const { folder, unexplained } of found)
    for (const one of unexplained.slice(0, MOST_PRINTED))
      say(
        `${folder}/${one.file} record ${one.record}, ${one.field}: ours ${JSON.stringify(one.ours)}, theirs ${JSON.stringify(one.theirs)}`,
      );
  return differ === 0 ? 0 : 1;
}

process.exitCode = await main();
