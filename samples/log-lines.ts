/** Lines of a log as they are made: text, or bytes where a line is not UTF-8, and what was planted in them. */
export interface LogLine {
  readonly text: string;
  /** When it was written, as the host's clock showed it: milliseconds UTC. */
  readonly at: number;
  /** The planted thing that this line is evidence of. */
  readonly plant?: string | undefined;
  /** Written in ISO 8859-1, as a program does that knows no UTF-8. */
  readonly isLatin1?: true | undefined;
}

/** The bytes of a log file: each line with a line feed after it. */
export function encodeLines(lines: readonly LogLine[]): Buffer {
  if (!lines.some(({ isLatin1 }) => isLatin1))
    return Buffer.from(lines.map(({ text }) => `${text}\n`).join(''), 'utf8');
  return Buffer.concat(lines.map(({ text, isLatin1 }) => Buffer.from(`${text}\n`, isLatin1 ? 'latin1' : 'utf8')));
}
