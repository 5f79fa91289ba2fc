/** Rows of what a result of trivy lists. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { ReportRow } from '../scan-reports/kind.ts';
import { baseScore, isObject, member, number, some, text, texts } from '../scan-reports/values.ts';
import type { Place } from './place.ts';

export const findingLists = [
  'Vulnerabilities',
  'Misconfigurations',
  'Secrets',
  'Licenses',
  'ExperimentalModifiedFindings',
] as const;

/** The rows of a finding, by what it has; or why it is none. */
export function findingRows(finding: unknown, place: Place): readonly ReportRow[] | string {
  if (!isObject(finding)) return 'The finding is no object.';
  const modified = member(finding, 'Finding');
  if (isObject(modified)) return suppressedRows(modified, finding, place);
  if (text(finding, 'VulnerabilityID')) return [vulnerability(finding, place, undefined)];
  if (text(finding, 'RuleID')) return [check(secret(finding), place)];
  if (text(finding, 'ID') && (Object.hasOwn(finding, 'Status') || Object.hasOwn(finding, 'AVDID')))
    return [check(misconfiguration(finding), place)];
  if (text(finding, 'Name') && Object.hasOwn(finding, 'Category')) return [check(licence(finding), place)];
  return 'The finding has neither VulnerabilityID, ID of a check, RuleID nor a licence.';
}

/** Findings that were left out: by an ignore file, a policy, or a statement that the product is not affected. */
function suppressedRows(found: object, modified: unknown, place: Place): readonly ReportRow[] | string {
  if (text(found, 'VulnerabilityID')) return [vulnerability(found, place, 'suppressed')];
  const rows = findingRows(found, place);
  if (typeof rows === 'string') return rows;
  const said = [text(modified, 'Status') ?? 'suppressed', text(modified, 'Statement')].filter(Boolean).join(': ');
  return rows.map((each) =>
    each.table === 'config_checks'
      ? { ...each, row: { ...each.row, status: 'not applicable', status_text: said } }
      : each,
  );
}

function vulnerability(found: unknown, place: Place, status: string | undefined): ReportRow {
  const row: EvidenceRow<'vulnerabilities'> = {
    resource: place.resource,
    location: text(found, 'PkgPath') ?? place.target ?? text(found, 'Layer', 'DiffID'),
    vulnerability_id: text(found, 'VulnerabilityID'),
    aliases: some(texts(found, 'VendorIDs')),
    package: text(found, 'PkgName'),
    installed: text(found, 'InstalledVersion'),
    fixed: text(found, 'FixedVersion'),
    severity: text(found, 'Severity')?.toLowerCase(),
    ...scoreOf(found),
    status: status ?? statusOf(text(found, 'Status')),
    title: text(found, 'Title'),
  };
  return { table: 'vulnerabilities', row };
}

/** Trivy's word, but for `fixed`: the vulnerability is there, and there is a version without it. */
function statusOf(said: string | undefined): string | undefined {
  return said === 'fixed' ? 'fix available' : said?.replace(/_/g, ' ');
}

/** The newest version that any source gives; of the sources the one of the severity, then NVD, then by name. */
function scoreOf(found: unknown): Pick<EvidenceRow<'vulnerabilities'>, 'cvss' | 'cvss_vector'> {
  const scores = member(found, 'CVSS');
  if (!isObject(scores)) return {};
  const preferred = [text(found, 'SeveritySource'), 'nvd', ...Object.keys(scores).sort()];
  for (const version of ['V40', 'V3', 'V2'])
    for (const source of preferred) {
      const cvss = source === undefined ? undefined : baseScore(scores, source, `${version}Score`);
      if (cvss !== undefined && cvss > 0) return { cvss, cvss_vector: text(scores, source!, `${version}Vector`) };
    }
  return {};
}

type Check = EvidenceRow<'config_checks'>;

/** A check, of a part of what the report is of; `of` is the part of the target, where the check is about one. */
interface PartCheck {
  readonly row: Check;
  readonly of?: string | undefined;
}

function check({ row, of }: PartCheck, { resource, target }: Place): ReportRow {
  const part = [target, of].filter(Boolean).join(' ') || undefined;
  return { table: 'config_checks', row: { ...row, resource }, part };
}

const checkStatuses: Readonly<Record<string, string>> = { PASS: 'pass', FAIL: 'fail', EXCEPTION: 'not applicable' };

function misconfiguration(found: unknown): PartCheck {
  const said = text(found, 'Status');
  const row: Check = {
    benchmark: text(found, 'Type'),
    rule_id: text(found, 'ID'),
    title: text(found, 'Title'),
    status: said === undefined ? 'fail' : (checkStatuses[said] ?? 'unknown'),
    status_text: said,
    severity: text(found, 'Severity')?.toLowerCase(),
    detail: [text(found, 'Message'), linesOf(member(found, 'CauseMetadata'))].filter(Boolean).join(' ') || undefined,
  };
  return { row, of: text(found, 'CauseMetadata', 'Resource') };
}

function linesOf(place: unknown): string | undefined {
  const [from, to] = [number(place, 'StartLine'), number(place, 'EndLine')];
  if (from === undefined || from === 0) return undefined;
  return to === undefined || to === from ? `(line ${from})` : `(lines ${from} to ${to})`;
}

/** What was taken for a secret is not kept: trivy hides most of it, but not all. */
function secret(found: unknown): PartCheck {
  const row: Check = {
    benchmark: 'trivy secrets',
    rule_id: text(found, 'RuleID'),
    title: text(found, 'Title'),
    status: 'fail',
    status_text: 'secret found',
    severity: text(found, 'Severity')?.toLowerCase(),
    detail: [text(found, 'Category'), linesOf(found)].filter(Boolean).join(' ') || undefined,
  };
  return { row };
}

/** Trivy grades licences and judges none. */
function licence(found: unknown): PartCheck {
  const category = text(found, 'Category');
  const of = text(found, 'PkgName') ?? text(found, 'FilePath');
  const row: Check = {
    benchmark: 'trivy licences',
    rule_id: text(found, 'Name'),
    title: [text(found, 'Name'), category === undefined ? undefined : `(${category})`].filter(Boolean).join(' '),
    status: 'informational',
    status_text: category,
    severity: text(found, 'Severity')?.toLowerCase(),
    detail: text(found, 'Link'),
  };
  return { row, of };
}
