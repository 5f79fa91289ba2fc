/** What a report of grype says, as its JSON document has it (grype/presenter/models). */
import type { EvidenceRow } from '../../core/tables.ts';
import type { ReportKind, ScanFacts } from '../scan-reports/kind.ts';
import { baseScore, CVE, isObject, list, member, number, some, text, texts, time } from '../scan-reports/values.ts';

const LISTS = ['matches', 'ignoredMatches'] as const;

export const grypeReport: ReportKind = {
  tool: 'grype',
  lists: LISTS,
  firstKeys: ['vulnerability', 'matches'],
  inner: (element) => (LISTS.some((name) => Array.isArray(member(element, name))) ? LISTS : undefined),
  scan: scanOf,
  rows: (element) => {
    const rows = vulnerabilityRows(element);
    return typeof rows === 'string' ? rows : rows.map((row) => ({ table: 'vulnerabilities', row }));
  },
};

function scanOf(value: unknown): ScanFacts | undefined {
  if (!isObject(value)) return undefined;
  const known = [...LISTS, 'descriptor', 'source', 'distro', 'alertsByPackage'].some((name) =>
    Object.hasOwn(value, name),
  );
  if (!known) return undefined;
  const made = time(value, 'descriptor', 'timestamp');
  const type = text(value, 'source', 'type');
  const distro = [text(value, 'distro', 'name'), text(value, 'distro', 'version')].filter(Boolean).join(' ');
  return {
    tool: 'grype',
    version: text(value, 'descriptor', 'version'),
    started: made,
    finished: made,
    resource: resourceOf(member(value, 'source')),
    isPath: type === 'directory' || type === 'file',
    scope: [type, text(value, 'source', 'target', 'scope'), distro].filter(Boolean).join(', ') || undefined,
    excluded: some(excludedOf(member(value, 'descriptor', 'configuration'))),
    target: { state: 'up', reason: [type, distro].filter(Boolean).join(', ') || undefined },
  };
}

/** The image as it was asked for, else its names; a folder or file as it was given. */
function resourceOf(source: unknown): string | undefined {
  const target = member(source, 'target');
  if (typeof target === 'string') return text({ target: target.replace(/^"(.*)"$/s, '$1') }, 'target');
  const [tag] = texts(target, 'tags');
  const names = ['userInput', 'path', 'name'].map((name) => text(target, name));
  const ids = ['imageID', 'manifestDigest', 'digest'].map((name) => text(target, name));
  return [...names, tag, ...ids, text(source, 'name'), text(source, 'id')].find((each) => each !== undefined);
}

function excludedOf(configuration: unknown): readonly string[] {
  const paths = texts(configuration, 'exclude').map((path) => `path ${path}`);
  const onlyFixed = member(configuration, 'only-fixed') === true ? ['vulnerabilities without a fix'] : [];
  const onlyNotFixed = member(configuration, 'only-notfixed') === true ? ['vulnerabilities with a fix'] : [];
  const rules = list(configuration, 'ignore').flatMap((rule) => {
    const id = text(rule, 'vulnerability');
    return id === undefined ? [] : [`vulnerability ${id}`];
  });
  return [...new Set([...paths, ...onlyFixed, ...onlyNotFixed, ...rules])].slice(0, 10_000);
}

/** Whether there is a version without it; the vulnerability itself is there. */
const states: Readonly<Record<string, string>> = {
  fixed: 'fix available',
  'not-fixed': 'not fixed',
  'wont-fix': 'will not fix',
};

/** One row a CVE; an advisory without one gives a row by its own id. */
function vulnerabilityRows(match: unknown): readonly EvidenceRow<'vulnerabilities'>[] | string {
  const found = member(match, 'vulnerability');
  const id = text(found, 'id');
  if (id === undefined) return 'The match names no vulnerability.';
  const artifact = member(match, 'artifact');
  const related = list(match, 'relatedVulnerabilities');
  const relatedIds = related.flatMap((each) => text(each, 'id') ?? []);
  const cves = [...new Set(CVE.test(id) ? [id] : relatedIds.filter((each) => CVE.test(each)))];
  return (cves.length === 0 ? [id] : cves).map((each) => {
    const same = related.find((one) => text(one, 'id') === each);
    const aliases = [...new Set([id, ...relatedIds])].filter((other) => other !== each && !cves.includes(other));
    const state = text(found, 'fix', 'state');
    return {
      location: locationOf(artifact),
      vulnerability_id: each,
      aliases: some(aliases),
      package: text(artifact, 'name'),
      installed: text(artifact, 'version'),
      fixed: texts(found, 'fix', 'versions').join(', ') || text(found, 'fixedInVersion'),
      severity: text(found, 'severity')?.toLowerCase(),
      ...scoreOf([...scoresIn(found), ...scoresIn(same)]),
      status: list(match, 'appliedIgnoreRules').length > 0 ? 'suppressed' : state && (states[state] ?? state),
      title: undefined,
    };
  });
}

function locationOf(artifact: unknown): string | undefined {
  const [first] = list(artifact, 'locations');
  return text({ first }, 'first') ?? text(first, 'path') ?? text(first, 'accessPath') ?? text(first, 'realPath');
}

interface Score {
  readonly cvss: number | undefined;
  readonly cvss_vector: string | undefined;
  readonly version: number;
  /** 1 where it is the score of the source of the record. */
  readonly primary: number;
}

/** The score of the newest version; of several, the primary one, else the first. */
function scoreOf(scores: readonly Score[]): Pick<Score, 'cvss' | 'cvss_vector'> {
  const [best] = [...scores].sort((a, b) => b.version - a.version || b.primary - a.primary);
  return { cvss: best?.cvss, cvss_vector: best?.cvss_vector };
}

function scoresIn(found: unknown): readonly Score[] {
  const scores = list(found, 'cvss').flatMap((each) => {
    const cvss = baseScore(each, 'metrics', 'baseScore');
    const vector = text(each, 'vector');
    const version = number(each, 'version') ?? 2;
    const primary = text(each, 'type')?.toLowerCase() === 'primary' ? 1 : 0;
    return cvss === undefined && vector === undefined ? [] : [{ cvss, cvss_vector: vector, version, primary }];
  });
  const older = (['cvssV3', 'cvssV2'] as const).flatMap((name, i) => {
    const cvss = baseScore(found, name, 'baseScore');
    return cvss === undefined ? [] : [{ cvss, cvss_vector: text(found, name, 'vector'), version: 3 - i, primary: 0 }];
  });
  return [...scores, ...older];
}
