/** What is said where nothing tells when a rule set was listed. */
import type { Problem } from '../../../shared/problem.ts';

export const NO_TIME = 'The record has no time, and it was not said when the rule set was listed (--taken-at TIME).';

/** Why a file is refused in which no rule set has a time. */
export function undatable(file: string, records: number): Problem {
  return {
    code: 'bad_request',
    message: `The file says nothing about when the rule set was listed: none of its ${records} records has a time.`,
    where: { file },
    remedy: 'Say when it was listed with --taken-at TIME.',
  };
}

/** Why a file is refused that has no rule set at all. */
export function nothingRead(file: string, what: string): Problem {
  return {
    code: 'damaged_file',
    message: `The file holds no ${what} that can be read.`,
    where: { file },
    remedy: 'List the rule set again, or import the file as the format it is.',
  };
}

/** More rules than that are held for no file. */
export const MOST_RULES = 200_000;

/** Why a file is refused whose rules do not fit in memory. */
export function tooManyRules(file: string): Problem {
  return {
    code: 'limit_reached',
    message: `The rule set has more than ${MOST_RULES} rules.`,
    where: { file },
    remedy: 'Import the output of one table at a time.',
  };
}
