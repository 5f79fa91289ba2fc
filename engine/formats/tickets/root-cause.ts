import type { Cells } from '../framing/cells.ts';

// A line that begins so says the root cause; one that begins with another label ends it.
const LABEL = /^[ \t*#_>-]*(?:(?:the )?root[ -]?cause(?: analysis)?|rca|cause)[ \t*_]*[:=-][ \t*_]*(.*)$/i;
const OTHER_LABEL = /^[ \t*#_>-]*[A-Za-z][A-Za-z /-]{1,30}[*_]*:(?:\s|$)/;

/** The root cause: from a column of its own, else from notes at the end, where they label it. */
export function rootCauseOf(cells: Cells): string | undefined {
  return cells.text('root_cause') ?? labelledCause(cells.text('close_notes') ?? '');
}

/** The part of a text under the label "Root cause:". `undefined` where nothing is labelled so. */
export function labelledCause(text: string): string | undefined {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => LABEL.test(line));
  if (at < 0) return undefined;
  const found = [LABEL.exec(lines[at]!)![1]!];
  for (const line of lines.slice(at + 1)) {
    if (OTHER_LABEL.test(line) || (line.trim() === '' && found.some((each) => each.trim() !== ''))) break;
    found.push(line);
  }
  const cause = found.join('\n').trim();
  return cause === '' ? undefined : cause;
}
