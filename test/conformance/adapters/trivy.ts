import { trivy as format } from '../../../engine/formats/trivy/trivy.ts';
import type { CollectedRow } from '../../engine/formats/collect-rows.ts';
import { FieldCount, type Adapter, type Comparison, type CorpusFolder } from '../adapter.ts';
import { assertedFiles, dojoSeverity, type AssertedFile } from '../defect-dojo.ts';
import { asText } from '../normal.ts';
import { readEvidence } from '../reading.ts';

/** Most reports of tests have no time of their own. */
const takenAt = BigInt(Date.UTC(2026, 0, 1)) * 1000n;

/** Reports of trivy: what DefectDojo makes of them, and what JSON.parse gives. */
export const trivy: Adapter = {
  folders: ['trivy'],
  compare: (folder) =>
    Promise.resolve([
      ...assertedFiles(folder).map((asserted) => compareDojo(folder, asserted)),
      ...folder.entries
        .filter((entry) => /(?<!expected)\.json(\.gz)?$/.test(entry))
        .map((file) => comparePlain(folder, file)),
    ]),
};

function findingsOf(folder: CorpusFolder, file: string): readonly CollectedRow[] {
  const { all } = readEvidence(format, folder, file, { takenAt });
  return [...all.rows('vulnerabilities'), ...all.rows('config_checks').filter(({ status }) => status !== 'pass')].sort(
    (a, b) => a.record - b.record,
  );
}

function compareDojo(folder: CorpusFolder, { file, oracle, assertions }: AssertedFile): Comparison {
  const count = new FieldCount(file, oracle);
  const findings = findingsOf(folder, file);
  // DefectDojo lists the vulnerabilities of a cluster before its misconfigurations, as the report does.
  findings.forEach(() => count.record());
  for (const { index, expr, expected } of assertions) {
    const ours = (
      { 'len(findings)': findings.length, ...findingOf(findings[index]) } as Readonly<Record<string, unknown>>
    )[expr];
    if (ours !== undefined) count.field(index + 1, expr, ours === MISSING ? undefined : ours, asText(expected));
  }
  return count.result();
}

/** Has a value of ours, which is none here. */
const MISSING = Symbol('missing');

function findingOf(row: CollectedRow | undefined): Readonly<Record<string, unknown>> {
  const value = (column: string): unknown => row?.[column] ?? MISSING;
  if (row?.['vulnerability_id'] === undefined) return { 'finding.severity': dojoSeverity(row?.['severity']) };
  return {
    'finding.severity': dojoSeverity(row['severity']),
    'finding.title': [row['vulnerability_id'], row['package'], row['installed']].join(' '),
    'len(finding.unsaved_vulnerability_ids)': 1,
    'finding.unsaved_vulnerability_ids[0]': row['vulnerability_id'],
    'finding.component_name': value('package'),
    'finding.component_version': value('installed'),
    'finding.file_path': value('location'),
    'finding.mitigation': value('fixed'),
    'finding.cvssv3': value('cvss_vector'),
    'finding.cvssv3_score': value('cvss'),
  };
}

interface Plain {
  readonly VulnerabilityID: string;
  readonly [member: string]: unknown;
}

/** Every vulnerability of a file as JSON.parse gives it, in its order. */
function comparePlain(folder: CorpusFolder, file: string): Comparison {
  const count = new FieldCount(file, 'JSON.parse');
  const theirs = vulnerabilitiesIn(parsed(folder.text(file)));
  const ours = readEvidence(format, folder, file, { takenAt }).all.rows('vulnerabilities');
  count.field(0, 'vulnerabilities', ours.length, theirs.length);
  theirs.forEach((each, i) => {
    count.record();
    const compare = (member: string, column: string, of = each[member]): void =>
      count.field(i + 1, member, ours[i]?.[column], of);
    compare('VulnerabilityID', 'vulnerability_id');
    compare('PkgName', 'package');
    compare('InstalledVersion', 'installed');
    compare('FixedVersion', 'fixed');
    compare('Title', 'title');
    compare('Severity', 'severity', String(each['Severity']).toLowerCase());
    compare('Status', 'status', statusOf(each['Status']));
  });
  return count.result();
}

/** Everything with a VulnerabilityID, however deep. */
function vulnerabilitiesIn(value: unknown): readonly Plain[] {
  if (typeof value !== 'object' || value === null) return [];
  if (typeof (value as Plain).VulnerabilityID === 'string') return [value as Plain];
  return Object.values(value).flatMap(vulnerabilitiesIn);
}

/** Trivy's `fixed` says that there is a version without it. */
function statusOf(said: unknown): string | undefined {
  if (typeof said !== 'string') return undefined;
  return said === 'fixed' ? 'fix available' : said.replaceAll('_', ' ');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
