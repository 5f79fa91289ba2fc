/**
 * How many columns the lines of chronyd's logs have, by heading, and whether a line is cut off.
 * See docs/formats/chrony.md, "The logs".
 */
export type LogKind = 'tracking' | 'statistics' | 'measurements' | 'refclocks';

export interface LogHeading {
  readonly log: LogKind;
  readonly columns: number;
}

/** Columns that later versions added, in their order, each as it stands in the heading. */
const TRACKING_ADDED = [' L ', ' Co', 'Offset sd', 'Rem. corr.', 'Root delay', 'Root disp.', 'Max. error'];
/** Numbers of columns that some version writes. */
const KNOWN: Readonly<Record<LogKind, readonly number[]>> = {
  tracking: [7, 10, 11, 14],
  statistics: [12, 13],
  measurements: [16, 17, 20],
  refclocks: [9],
};

/** Reads the line with the names of the columns, of whatever version. */
export function readLogHeading(text: string): LogHeading | undefined {
  if (!/^\s*Date \(UTC\) Time\s/.test(text)) return undefined;
  if (text.includes('Freq ppm')) {
    const added = TRACKING_ADDED.filter((name) => text.includes(name)).length;
    return { log: 'tracking', columns: 7 + added };
  }
  if (text.includes("Std dev'n")) return { log: 'statistics', columns: text.includes('Asym') ? 13 : 12 };
  if (text.includes('Peer del.')) {
    const columns = text.includes('MTxRx') ? 20 : text.includes('Refid') ? 17 : 16;
    return { log: 'measurements', columns };
  }
  return text.includes('Raw offset') ? { log: 'refclocks', columns: 9 } : undefined;
}

/**
 * Finds lines that lost their end. A heading says how many columns follow; without one, lines must not have fewer than
 * those before them, and a last line without a line end must have as many as the newest version writes.
 */
export class LogColumns {
  readonly #byHeading = new Map<LogKind, number>();
  readonly #seen = new Map<LogKind, number>();

  heading({ log, columns }: LogHeading): void {
    this.#byHeading.set(log, columns);
  }

  /** Why a line with so many columns cannot be whole, as a sentence; `undefined` when it can. */
  complaint(log: LogKind, columns: number, hasNoEnd: boolean): string | undefined {
    const expected = this.#byHeading.get(log);
    if (expected !== undefined)
      return columns === expected ? undefined : cutOff(columns, `the heading of ${log}.log has ${expected}`);
    const known = KNOWN[log];
    if (!known.includes(columns)) return cutOff(columns, `lines of ${log}.log have ${known.join(' or ')}`);
    const most = this.#seen.get(log) ?? (hasNoEnd ? Math.max(...known) : 0);
    if (columns < most) return cutOff(columns, `other lines of ${log}.log have ${most}`);
    this.#seen.set(log, columns);
    return undefined;
  }
}

function cutOff(columns: number, otherwise: string): string {
  return `The line has ${columns} columns, but ${otherwise}: it is cut off or damaged.`;
}
