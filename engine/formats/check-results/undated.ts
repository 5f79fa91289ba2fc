import type { Problem } from '../../../shared/problem.ts';

/** Why a file is refused that has no time in it, and for which nobody said when it was made. */
export function undated(what: string, file: string): Problem {
  return {
    code: 'bad_request',
    message: `${what} say not when they were made, and no time was given for the file.`,
    where: { file },
    remedy: 'Say when the file was made, with --taken-at.',
  };
}
