/**
 * Expected trouble as a value: what happened, where, and what to do next.
 * Codes are a closed list, so that every face of Fieldwork can act on them and none can invent one.
 */
export const problemCodes = [
  'bad_request', // wrong use: a missing argument, a window that ends before it begins
  'not_found', // a path, case, source, record, control or pack that is not there
  'unreadable', // the system refused to read or write a file
  'already_exists',
  'case_in_use', // another process, or this one, has the case open
  'not_a_case',
  'case_damaged', // ledger chain broken, evidence changed or missing
  'unknown_format', // no importer recognises the file
  'ambiguous_format', // several do; the message names them
  'damaged_file', // truncated or corrupt evidence
  'unsafe_archive', // path tricks, nesting, bombs
  'missing_column',
  'wrong_passphrase',
  'bad_identity', // a PKCS#12 that cannot be used for signing
  'disk_full',
  'cancelled',
  'refused_query', // SQL that the locked connection does not run
  'pack_invalid',
  'limit_reached', // time or memory
  'binder_invalid',
  'differs', // re-performance found another result
  'internal', // a bug of ours
] as const;

export type ProblemCode = (typeof problemCodes)[number];

/** Where a problem is. `byte` counts from 0, `record` and `line` from 1. */
export interface Place {
  readonly file?: string;
  readonly byte?: number;
  readonly record?: number;
  readonly line?: number;
  readonly column?: string;
}

export interface Problem {
  readonly code: ProblemCode;
  /** States facts and both numbers; a sentence with a full stop. */
  readonly message: string;
  readonly where?: Place;
  /** What to do next; a sentence with a full stop. */
  readonly remedy: string;
}

/** A problem on its way up to whoever can show it. Thrown only across stages; within one, problems are values. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** Throws a problem. */
export function fail(problem: Problem): never {
  throw new ProblemError(problem);
}

/** `file.log, record 12: The message. The remedy.` on one line. */
export function describeProblem({ message, where, remedy }: Problem): string {
  return [where ? `${describePlace(where)}: ` : '', message, ' ', remedy].join('');
}

function describePlace({ file, byte, record, line, column }: Place): string {
  return [
    file,
    record === undefined ? undefined : `record ${record}`,
    line === undefined ? undefined : `line ${line}`,
    column === undefined ? undefined : `column ${column}`,
    byte === undefined ? undefined : `byte ${byte}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
