/** What a report of trivy says, schema 2, the list of results before it, and reports on clusters (trivy/pkg/types). */
import type { ReportContent, ReportKind, ReportRow, ScanFacts } from '../scan-reports/kind.ts';
import { closedAt, isObject, list, member, number, text, texts, time } from '../scan-reports/values.ts';
import { findingRows, findingLists } from './finding.ts';
import { targetName, type Place } from './place.ts';

const DOCUMENT_LISTS = ['Results', 'Resources', 'Findings', 'Vulnerabilities', 'Misconfigurations'] as const;

export const trivyReport: ReportKind = {
  tool: 'trivy',
  lists: DOCUMENT_LISTS,
  firstKeys: ['Target', 'VulnerabilityID', 'Type', 'RuleID', 'Severity', 'SchemaVersion', 'Namespace', 'Kind'],
  inner: innerLists,
  scan: scanOf,
  rows,
  aroundLost: (broken) => closedAt(broken, findingLists),
};

function isReport(value: unknown): boolean {
  const names = ['SchemaVersion', 'ArtifactName', 'ArtifactType', 'ClusterName'];
  return isObject(value) && names.some((name) => Object.hasOwn(value, name));
}

function isResult(value: unknown): boolean {
  return typeof member(value, 'Target') === 'string';
}

/** A workload of a cluster: `{"Namespace": ..., "Kind": ..., "Name": ..., "Results": [...]}`. */
function isWorkload(value: unknown): boolean {
  return typeof member(value, 'Kind') === 'string' && !isResult(value);
}

function innerLists(value: unknown): readonly string[] | undefined {
  if (isReport(value)) return DOCUMENT_LISTS;
  if (isResult(value)) return findingLists;
  return isWorkload(value) ? ['Results'] : undefined;
}

function scanOf(value: unknown, { first }: ReportContent): ScanFacts | undefined {
  if (isReport(value)) return reportFacts(value, first);
  // Before schema 2 a report was its list of results; the first names the image before its system.
  const isList = Array.isArray(value) || (isObject(value) && Object.hasOwn(value, 'Results') && !isWorkload(value));
  if (!isList || !isResult(first)) return undefined;
  const target = { state: 'unknown', reason: 'see the results' };
  return { tool: 'trivy', resource: imageOf(text(first, 'Target') ?? ''), target };
}

function imageOf(target: string): string {
  return target.replace(/ \([^()]*\)$/, '');
}

function reportFacts(value: unknown, first: unknown): ScanFacts {
  const made = time(value, 'CreatedAt');
  const cluster = text(value, 'ClusterName');
  const system = [text(value, 'Metadata', 'OS', 'Family'), text(value, 'Metadata', 'OS', 'Name')]
    .filter(Boolean)
    .join(' ');
  const type = text(value, 'ArtifactType') ?? (cluster === undefined ? undefined : 'kubernetes cluster');
  const isEmpty = isObject(first) && Object.keys(first).length === 0;
  return {
    tool: 'trivy',
    version: text(value, 'Trivy', 'Version'),
    started: made,
    finished: made,
    resource: text(value, 'ArtifactName') ?? cluster ?? imageName(value, first),
    isPath:
      /^(?:filesystem|repository|vm|rootfs)$/.test(type ?? '') &&
      !/^[a-z+]+:\/\//i.test(text(value, 'ArtifactName') ?? ''),
    scope: [type, system].filter(Boolean).join(', ') || undefined,
    target: isEmpty
      ? { state: 'unknown', reason: 'the report has no result: nothing was found that could be looked at' }
      : headTarget(type, system),
    notes:
      member(value, 'Metadata', 'OS', 'EOSL') === true
        ? [`The operating system ${system} has no support any more, as trivy says.`]
        : [],
  };
}

/** What a report calls an image that has no name in it: a tag, the name in its first result, a digest. */
function imageName(value: unknown, first: unknown): string | undefined {
  const image = member(value, 'Metadata');
  const [tag] = texts(image, 'RepoTags');
  const [digest] = texts(image, 'RepoDigests');
  const target = text(first, 'Class') === 'os-pkgs' ? imageOf(text(first, 'Target') ?? '') : undefined;
  return tag ?? target ?? digest ?? text(image, 'ImageID');
}

/** What was looked at is said by the results; the report itself says of what kind it is. */
function headTarget(type: string | undefined, system: string): ScanFacts['target'] {
  return { state: 'unknown', reason: [type, system, 'see the results'].filter(Boolean).join(', ') };
}

function rows(element: unknown, around: readonly unknown[]): readonly ReportRow[] | string {
  const place = placeOf([...around, element]);
  if (isResult(element)) return [resultRow(element, place)];
  if (isWorkload(element)) return [workloadRow(element, place)];
  return findingRows(element, place);
}

function placeOf(around: readonly unknown[]): Place {
  const workload = around.find(isWorkload);
  const report = around.find(isReport);
  const result = around.find(isResult);
  const names = [
    text(report, 'ClusterName'),
    text(workload, 'Namespace'),
    text(workload, 'Kind'),
    text(workload, 'Name'),
  ];
  return {
    resource: workload === undefined ? undefined : names.filter(Boolean).join('/'),
    target: text(result, 'Target'),
    class: text(result, 'Class'),
    type: text(result, 'Type'),
  };
}

/** Classes whose packages are looked up; after them, a vulnerability that is not named is not there. */
const packageClasses = new Set(['os-pkgs', 'lang-pkgs']);

function hasPackages(result: unknown): boolean {
  const kind = text(result, 'Class');
  return kind === undefined || packageClasses.has(kind) || list(result, 'Vulnerabilities').length > 0;
}

/** A result is a resource of its own: what the report is of has one row, so that it was looked at once. */
function resultRow(result: unknown, place: Place): ReportRow {
  const { resource, class: kind, type } = place;
  const summary = member(result, 'MisconfSummary');
  const counts = ['Successes', 'Failures', 'Exceptions'].flatMap((name) => {
    const count = number(summary, name);
    return count === undefined ? [] : [`${count} ${name.toLowerCase()}`];
  });
  const packages = hasPackages(result);
  const what = [kind, type === undefined ? undefined : `(${type})`].filter(Boolean).join(' ');
  const rest = packages ? counts : [...counts, 'no packages were looked up there'];
  const reason = [what, ...rest].filter(Boolean).join(', ') || undefined;
  const part = targetName(place) ?? 'result without a name';
  return { table: 'scan_targets', row: { resource, state: packages ? 'up' : 'unknown', reason }, part };
}

function workloadRow(workload: unknown, { resource }: Place): ReportRow {
  const results = list(workload, 'Results');
  const packages = results.some(hasPackages);
  const reason =
    text(workload, 'Error') ?? (results.length === 0 ? 'the report has no result of it' : 'see its results');
  // Older reports have a workload twice, once for its images and once for its configuration.
  const part = packages || results.length === 0 ? undefined : 'configuration';
  return { table: 'scan_targets', row: { resource, state: packages ? 'up' : 'unknown', reason }, part };
}
