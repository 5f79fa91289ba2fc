import type { Problem } from '../../../shared/problem.ts';
import type { SourceReader } from '../format.ts';

/** A reader that reads nothing, and says why at the end. */
export function refusedReader(problem: Problem): SourceReader {
  return { push: () => undefined, finish: () => problem };
}
