/**
 * Trouble inside a block. A layer that meets it throws a `ProblemError`; the reader catches it at the smallest unit
 * that can be left out (a chunk, a series, a file, a block) and keeps it as a value in the report.
 */
import { ProblemError, fail, type Problem } from '../../../shared/problem.ts';

const COPY_AGAIN = 'Copy the block again and compare the sizes and hashes of its files with the source.';

/** Throws: bytes are not what the format says. `byte` is the offset in the file. */
export function damaged(file: string, byte: number | undefined, message: string): never {
  const where = byte === undefined ? { file } : { file, byte };
  fail({ code: 'damaged_file', message, where, remedy: COPY_AGAIN });
}

/** Throws: a version or an encoding that is not read, or not by this version. Never the same as "empty". */
export function unsupported(file: string, byte: number | undefined, message: string): never {
  const where = byte === undefined ? { file } : { file, byte };
  fail({ code: 'unknown_format', message, where, remedy: 'Read this block with the software that wrote it.' });
}

/** Throws: more memory than is given to one block would be needed. */
export function tooLarge(file: string, byte: number | undefined, message: string): never {
  const where = byte === undefined ? { file } : { file, byte };
  fail({ code: 'limit_reached', message, where, remedy: 'Take a snapshot with fewer series, or raise the limit.' });
}

/** The problem of a caught `ProblemError`; anything else is a bug and goes on. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

/** Takes a problem; `isLoss` when something was left out because of it. */
export type ReportProblem = (problem: Problem, isLoss?: boolean) => void;

/** Problems of one snapshot: the first ones in full, the rest counted, so that damage cannot fill the memory. */
export class ProblemList {
  readonly kept: Problem[] = [];
  readonly losses = new Set<Problem>();
  total = 0;

  constructor(private readonly most: number) {}

  add(problem: Problem, isLoss = false): void {
    this.total++;
    if (this.kept.length >= this.most) return;
    this.kept.push(problem);
    if (isLoss) this.losses.add(problem);
  }
}
