/** What a result means where its rule is named as policies usually name them. Any other result is just a decision. */
import { at } from '../event-records/values.ts';

export type Verdict = 'allow' | 'deny' | 'decide';

const ALLOWS = /^(?:is_)?(?:allow|allowed|authori[sz]ed|permit|permitted|grant|granted)$/i;
const DENIES = /^(?:is_)?(?:deny|denied|denies|forbid|forbidden|block|blocked|violations?)$/i;

/** True for the name of a rule that says whether something is allowed. */
export function isVerdictRule(name: string): boolean {
  return ALLOWS.test(name) || DENIES.test(name);
}

/** The verdict of a rule by the last part of its path, or by `allow`, `allowed` or `response.allowed` in the result. */
export function verdictOf(path: string | undefined, result: unknown): Verdict {
  const rule = path?.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('.')) + 1) ?? '';
  if (DENIES.test(rule)) return judge(result, 'deny', 'allow');
  if (ALLOWS.test(rule)) {
    const judged = judge(result, 'allow', 'deny');
    if (judged !== 'decide') return judged;
  }
  // Admission reviews of Kubernetes, Envoy's answers, and policies that give their reasons beside the verdict.
  for (const member of ['response.allowed', 'allowed', 'allow']) {
    const said = at(result, member);
    if (typeof said === 'boolean') return said ? 'allow' : 'deny';
  }
  return 'decide';
}

/** True, and a list or object that has something in it, hold; false and an empty one do not. */
function judge(result: unknown, holds: Verdict, fails: Verdict): Verdict {
  if (typeof result === 'boolean') return result ? holds : fails;
  if (result === 'true' || result === 'false') return result === 'true' ? holds : fails;
  if (holds === 'allow' || typeof result !== 'object' || result === null) return 'decide';
  return Object.keys(result).length > 0 ? holds : fails;
}
