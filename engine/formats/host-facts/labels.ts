/** Labels and values of a report: `Current mode:      enforcing`. */
export interface Labelled {
  readonly labels: ReadonlyMap<string, string>;
  /** Lines that are none. */
  readonly other: readonly string[];
}

const LABEL = /^\s*([^:=\s][^:=]{0,80}?)\s*[:=]\s*(.*)$/;

/** Reads `label: value` and `label = value`; the first of two with one name stays, the other one is among `other`. */
export function readLabels(lines: readonly string[]): Labelled {
  const labels = new Map<string, string>();
  const other: string[] = [];
  for (const line of lines) {
    const [, label, value = ''] = LABEL.exec(line) ?? [];
    if (label === undefined || labels.has(label)) other.push(line);
    else labels.set(label, value.trim());
  }
  return { labels, other };
}

/** `other_lines` where there are any. */
export function otherLines(other: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return other.length === 0 ? {} : { other_lines: other };
}
