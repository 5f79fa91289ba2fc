/** One result of a plugin on a host, whichever export it comes from. */

export interface Finding {
  readonly pluginId: string;
  readonly pluginName: string | undefined;
  readonly family: string | undefined;
  /** info, low, medium, high, critical. */
  readonly severity: string | undefined;
  /** 0 where the result is about the host as a whole. */
  readonly port: number | undefined;
  readonly protocol: string | undefined;
  readonly service: string | undefined;
  readonly cves: readonly string[];
  /** Other references: `BID:1234`, `IAVA:0001-A-0560`. */
  readonly references: readonly string[];
  readonly cpes: readonly string[];
  readonly cvss: number | undefined;
  readonly vector: string | undefined;
  readonly output: string | undefined;
  readonly description: string | undefined;
  /** Where the export has one: active, fixed, new, accepted, ... */
  readonly status: string | undefined;
}

const words = ['info', 'low', 'medium', 'high', 'critical'];

/** The word for a severity, 0 to 4, or for a risk factor; `undefined` where it is neither. */
export function severityWord(text: string | undefined): string | undefined {
  const said = text?.trim().toLowerCase() ?? '';
  if (/^[0-4]$/.test(said)) return words[Number(said)];
  if (said === 'none' || said === 'informational') return 'info';
  return words.includes(said) ? said : undefined;
}

export interface Score {
  readonly cvss: number | undefined;
  readonly vector: string | undefined;
}

/** The first of these base scores that there is, newest version first, with the vector of the same version. */
export function newestScore(
  versions: readonly (readonly [score: string | undefined, vector: string | undefined])[],
): Score {
  for (const [score, vector] of versions) {
    const number = baseScore(score);
    if (number !== undefined) return { cvss: number, vector: vector === '' ? undefined : vector };
  }
  const vector = versions.map(([, each]) => each).find((each) => each !== undefined && each !== '');
  return { cvss: undefined, vector };
}

function baseScore(text: string | undefined): number | undefined {
  const written = text?.trim() ?? '';
  if (!/^\d{1,2}(?:\.\d{1,4})?$/.test(written)) return undefined;
  return Number(written) <= 10 ? Number(written) : undefined;
}

/** CVE numbers in a text, each once. */
export function cvesIn(text: string | undefined): readonly string[] {
  const found = text?.slice(0, 1_000_000).match(/\bCVE-\d{4}-\d{4,19}\b/gi) ?? [];
  return [...new Set(found.map((each) => each.toUpperCase()))];
}
