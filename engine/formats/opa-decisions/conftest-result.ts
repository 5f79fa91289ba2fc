/** What conftest found in one file: `--output json`. */
import { at, firstText, firstWord, objectsAt } from '../event-records/values.ts';
import type { Check, RecordChecks } from './result-scan.ts';

/** Lists of results: what they are called, and what a rule in them has come to. */
const lists = [
  { name: 'failures', word: 'failure', status: 'fail', severity: undefined },
  // A warning does not fail the run.
  { name: 'warnings', word: 'warning', status: 'informational', severity: 'warning' },
  { name: 'exceptions', word: 'exception', status: 'not applicable', severity: undefined },
  { name: 'skipped', word: 'skipped', status: 'not checked', severity: undefined },
] as const;

/** A check for each result that the record names, and one for the successes, which it only counts. */
export function conftestChecks(result: unknown): RecordChecks {
  const common = { resource: firstText(result, 'filename'), benchmark: firstText(result, 'namespace') };
  const named = lists.flatMap(({ name, word, status, severity }) =>
    objectsAt(result, name).map((each): Check => {
      const rule = firstText(each, 'metadata.id', 'metadata.rule', 'metadata.policyID', 'metadata.query');
      const graded = firstWord(each, 'metadata.severity')?.toLowerCase() ?? severity;
      return { ...common, rule_id: rule, title: firstText(each, 'msg'), status, status_text: word, severity: graded };
    }),
  );
  return {
    tool: 'conftest',
    checks: [...named, ...successes(result, named.length).map((each) => ({ ...common, ...each }))],
  };
}

function successes(result: unknown, named: number): readonly Check[] {
  const count = at(result, 'successes');
  if (typeof count === 'number' && count > 0)
    return [{ status: 'pass', status_text: 'success', title: `Rules that passed, not named in the file: ${count}` }];
  if (named > 0) return [];
  return [{ status: 'not checked', status_text: 'no result', title: 'No rule was applied to the file' }];
}
