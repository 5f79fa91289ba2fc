/** Which records of a damaged file may change although they are whole, because they are read with a damaged one. */

/** A stretch of a file, `[from, to)`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A file of which some records were damaged. */
export interface DamagedFile {
  /** As it was before. */
  readonly bytes: Uint8Array;
  /** Where its records are. */
  readonly spans: readonly Span[];
  /** The records that were damaged, from 1. */
  readonly hit: ReadonlySet<number>;
}

/** What records of a format have to do with each other. */
interface Kinship {
  /** Names that a record shares with those that it is read with; a record with none of a damaged one is on its own. */
  readonly namesOf: (record: string) => readonly string[];
  /** Those of them by which damage to a record touches others; all when left out. */
  readonly touches?: (record: string) => readonly string[];
  /** The first record sums up the others; where it is lost, the next one does. */
  readonly firstSumsUp?: true;
  /** True for a record that the others up to the next such one are read with. */
  readonly leads?: (record: string) => boolean;
  /** Columns that are made of the whole file. */
  readonly ofTheFile?: readonly string[];
}

const alone: Kinship = { namesOf: () => [] };

/** A scan is told by its first record: when it was, what it left out, which tests it made. */
const scan: Kinship = { ...alone, firstSumsUp: true };

/** A rule set is one statement: what becomes of a packet, and where a rule stands, depends on all of it. */
const ruleSet: Kinship = { namesOf: () => ['rule set'] };

const byFormat: Readonly<Record<string, Kinship>> = {
  // The records of an event are one row of events, and each says which record that row cites.
  auditd: { namesOf: (record) => /msg=audit\([^)]*\)/.exec(record) ?? [] },
  // The first sample of a series is where the series stands; a line of metadata is about all samples of its family.
  openmetrics: { namesOf: (record) => [seriesOf(record), familyOf(record)], touches: touchedByMetrics },
  // Seconds since boot, of which the last line says when they were, where nothing else does.
  dmesg: { ...alone, ofTheFile: ['time'] },
  // A report is of one time, its first record is the scan, and the list of tests leaves out those of other lines.
  lynis: {
    namesOf: (record) => record.match(/\b[A-Z]{2,5}-\d{4}\b/g) ?? [],
    firstSumsUp: true,
    ofTheFile: ['scan_id', 'time', 'started', 'finished'],
  },
  xccdf: { ...alone, firstSumsUp: true, ofTheFile: ['scan_id'] },
  // Ports follow their host, lines of hosts the head of the scan. A scan is known by the hash of its file.
  nmap: {
    ...alone,
    leads: (record) => /^(?:<host|# (?:Nmap|Masscan) )/.test(record),
    firstSumsUp: true,
    ofTheFile: ['scan_id'],
  },
  // What is known of an endpoint when it ends cites its first record; a certificate in short may repeat one in full.
  sslscan: { ...alone, leads: (record) => record.startsWith('<ssltest'), firstSumsUp: true, ofTheFile: ['scan_id'] },
  // A certificate is told by several findings, and a suite by the first that names it.
  testssl: { namesOf: namesOfFinding, firstSumsUp: true, ofTheFile: ['scan_id'] },
  // What a report says of a file in two places is one row. Its first record, or the next where that is lost, is the scan.
  aide: {
    namesOf: namesInReport,
    touches: (record) => [...namesInReport(record), 'scan'],
    ofTheFile: ['scan_id', 'time', 'started', 'finished'],
  },
  tripwire: {
    namesOf: namesInReport,
    touches: (record) => [...namesInReport(record), 'scan'],
    ofTheFile: ['scan_id', 'time', 'started', 'finished', 'system'],
  },
  // A report within a report: what is damaged in a result takes the rest of the result with it.
  trivy: { namesOf: () => ['report'] },
  // A port is told with the first finding on it.
  nessus: { ...scan, namesOf: (record) => /\bport="\d+"/.exec(record) ?? [] },
  'host-facts': scan,
  iptables: ruleSet,
  nftables: ruleSet,
  firewalld: ruleSet,
  'prowler-ocsf': scan,
  powerpipe: scan,
  'kube-bench': scan,
};

/** The file that a record of an integrity report is about; `scan` for those that may be the first of one. */
function namesInReport(record: string): readonly string[] {
  const isFirst =
    /^(?:Start timestamp|AIDE |Open Source Tripwire\(R\)|Tripwire\(R\)|Report (?:generated|created))/.test(record);
  const [, path] = /(?:"|: +)(\/[^"\n]*)"?$/m.exec(record.split('\n', 1)[0]!) ?? [];
  return [...(isFirst ? ['scan'] : []), ...(path === undefined ? [] : [path])];
}

// `a_bucket{le="1"} 1`: the series is all before the value, with its time where there is one. A label may hold blanks.
function seriesOf(record: string): string {
  return /^[^\s{]*(?:\{(?:"(?:[^"\\]|\\.)*"|[^"}])*\})?/.exec(record)?.[0] ?? record;
}

// `# TYPE a histogram`, `a_bucket{le="1"} 1`: the family is the name without what is put at its end.
function familyOf(record: string): string {
  const [, name = record] = /^(?:# ?(?:TYPE|HELP|UNIT) +)?([^\s{]+|\{"[^"]*")/.exec(record) ?? [];
  return `family ${name.replace(/_(?:bucket|count|sum|total|created|gcount|gsum|info)$/, '')}`;
}

function touchedByMetrics(record: string): readonly string[] {
  return record.startsWith('#') ? [familyOf(record)] : [seriesOf(record)];
}

/**
 * The records, from 1, that are read with a damaged one: those that share a name with it, that it lies in or that lie in
 * it. None for formats whose records are read alone.
 */
export function neighboursOf(format: string, { bytes, spans, hit }: DamagedFile): ReadonlySet<number> {
  const { namesOf, touches = namesOf, firstSumsUp, leads = () => false } = byFormat[format] ?? alone;
  const records = spans.map(({ from, to }) => Buffer.from(bytes.subarray(from, to)).toString('latin1'));
  const names = records.map(namesOf);
  const touched = new Set([...hit].flatMap((record) => touches(records[record - 1]!)));
  const damaged = [...hit].map((record) => spans[record - 1]!);
  const found = new Set<number>();
  const firstWhole = spans.findIndex((_, index) => !hit.has(index + 1));
  let isLed = false;
  spans.forEach((span, index) => {
    if (leads(records[index]!)) isLed = hit.has(index + 1);
    const isKin = isLed || names[index]!.some((name) => touched.has(name));
    const isFirst = firstSumsUp === true && index === firstWhole;
    if (!hit.has(index + 1) && (isKin || isFirst || damaged.some((one) => overlaps(one, span)))) found.add(index + 1);
  });
  return found;
}

/** Columns that damage anywhere in the file changes. */
export function columnsOfTheFile(format: string): readonly string[] {
  return byFormat[format]?.ofTheFile ?? [];
}

function overlaps(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}

/** What a finding of testssl is read with, by its id. */
function namesOfFinding(record: string): readonly string[] {
  const id = /^(?:\{\s*"id"\s*:\s*)?"([^"]*)"/.exec(record)?.[1] ?? '';
  if (/^(?:intermediate_)?cert/.test(id)) return ['certificate'];
  if (/^(?:SSLv|TLS1|cipher|supportedciphers)/.test(id)) return ['suites'];
  return /^(?:service|pre_128cipher)$/.test(id) ? ['endpoint'] : [];
}
