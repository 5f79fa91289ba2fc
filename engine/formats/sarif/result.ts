/** The row of a result: of a vulnerability where its rule is one, else of a check. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { ReportRow } from '../scan-reports/kind.ts';
import { baseScore, CVE, isObject, list, member, number, some, text, texts } from '../scan-reports/values.ts';
import { idOf, ruleOf } from './rules.ts';

interface Found {
  readonly result: unknown;
  readonly rule: unknown;
  readonly run: unknown;
  readonly id: string;
}

export function resultRows(result: unknown, run: unknown): readonly ReportRow[] | string {
  if (!isObject(result)) return 'The result is no object.';
  const rule = ruleOf(result, run);
  const id = idOf(result) ?? text(rule, 'id');
  const message = messageOf(result, rule);
  if (id === undefined && message === undefined) return 'The result has neither a rule nor a message.';
  const found: Found = { result, rule, run, id: id ?? 'result without a rule' };
  const vulnerability = vulnerabilityIn(found);
  if (vulnerability === undefined) return [checkRow(found, message)];
  return [{ table: 'vulnerabilities', row: vulnerabilityRow(found, vulnerability, message ?? '') }];
}

// CVE-2021-3711, CVE-2021-3711-openssl as grype writes it, GHSA-xxxx-xxxx-xxxx, DSA-4808-1, SNYK-DEBIAN10-APT-1.
const ADVISORY =
  /^(CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3}|(?:DSA|DLA|USN|ALAS|ALAS2|RHSA|ELSA|SUSE-SU|GO|PYSEC|RUSTSEC|OSV|TEMP|NSWG|GMS|AVD|ALPINE-CVE|DEBIAN-CVE|UBUNTU-CVE|MAL)-\d[\w.:-]*|SNYK-(?!CC-)[\w.:-]+)(?:-(.+))?$/i;

interface Vulnerability {
  readonly id: string;
  readonly package: string | undefined;
}

function vulnerabilityIn({ id, rule }: Found): Vulnerability | undefined {
  const [, advisory, packageName] = ADVISORY.exec(id) ?? [];
  if (advisory !== undefined) return { id: advisory, package: packageName };
  const tagged = texts(rule, 'properties', 'tags').some((tag) => tag.toLowerCase() === 'vulnerability');
  return tagged ? { id, package: undefined } : undefined;
}

/** Words that scanners put into messages, one a line or in a sentence. */
function wordIn(message: string, form: RegExp): string | undefined {
  return form.exec(message.slice(0, 20_000))?.[1]?.trim() || undefined;
}

function vulnerabilityRow(found: Found, vulnerability: Vulnerability, message: string): EvidenceRow<'vulnerabilities'> {
  const { result, rule } = found;
  const score =
    baseScore(result, 'properties', 'security-severity') ?? baseScore(rule, 'properties', 'security-severity');
  const cve = [found.id, ...texts(rule, 'properties', 'tags'), ...texts(rule, 'properties', 'cve')].find((each) =>
    CVE.test(each),
  );
  const id = CVE.test(vulnerability.id) ? vulnerability.id : (cve ?? vulnerability.id);
  const [, sentencePackage, sentenceVersion] =
    /(?:reports|package:|introduces a vulnerable) (\S+?),? (?:at )?version (\S+)/.exec(message.slice(0, 20_000)) ?? [];
  return {
    location: locationOf(found),
    vulnerability_id: id,
    aliases: some([...new Set([vulnerability.id, found.id])].filter((each) => each !== id)),
    package: wordIn(message, /^Package: *(.+)$/m) ?? sentencePackage ?? vulnerability.package,
    installed: wordIn(message, /^Installed Version: *(.+)$/m) ?? sentenceVersion,
    fixed: wordIn(message, /^Fixed Version: *(.+)$/m),
    severity: severityOf(found),
    cvss: score,
    cvss_vector: text(rule, 'properties', 'cvssV3_vector') ?? text(rule, 'properties', 'cvssv3_vector'),
    status: isSuppressed(result) ? 'suppressed' : baselineOf(result),
    title: text(rule, 'shortDescription', 'text') ?? text(rule, 'name'),
  };
}

const kinds: Readonly<Record<string, string>> = {
  pass: 'pass',
  fail: 'fail',
  open: 'unknown',
  review: 'unknown',
  informational: 'informational',
  notApplicable: 'not applicable',
};

function checkRow(found: Found, message: string | undefined): ReportRow {
  const { result, rule, run, id } = found;
  const kind = text(result, 'kind') ?? 'fail';
  const gone = baselineOf(result) === 'fixed';
  const place = placeOf(found);
  const said = [kind, levelOf(found), baselineWord(result), isSuppressed(result) ? 'suppressed' : undefined];
  const row: EvidenceRow<'config_checks'> = {
    benchmark: text(run, 'tool', 'driver', 'name'),
    rule_id: id,
    title: text(rule, 'shortDescription', 'text') ?? text(rule, 'name') ?? text(rule, 'fullDescription', 'text'),
    status: gone ? 'fixed' : (kinds[kind] ?? 'unknown'),
    status_text: said.filter(Boolean).join(', '),
    severity: severityOf(found),
    detail:
      [message, place.line === undefined ? undefined : `(line ${place.line})`].filter(Boolean).join(' ') || undefined,
  };
  // Without the line: code moves, and the rule on this file stays the same.
  return { table: 'config_checks', row, part: place.path };
}

/** The level of a result; a rule may set another than `warning`, and the call another than the rule's. */
function levelOf({ result, rule }: Found): string {
  const kind = text(result, 'kind') ?? 'fail';
  const level = text(result, 'level');
  if (level !== undefined) return level;
  return kind === 'fail' ? (text(rule, 'defaultConfiguration', 'level') ?? 'warning') : 'none';
}

const words = new Set(['critical', 'high', 'medium', 'moderate', 'low', 'negligible', 'info', 'unknown']);

/** The tool's own word where it has one beside the level, which knows no critical. */
function severityOf(found: Found): string {
  const { result, rule } = found;
  const said = [
    text(result, 'properties', 'severity'),
    text(rule, 'properties', 'severity'),
    text(rule, 'properties', 'problem.severity'),
    ...texts(rule, 'properties', 'tags'),
  ].flatMap((word) => word?.toLowerCase() ?? []);
  return said.find((word) => words.has(word)) ?? levelOf(found).toLowerCase();
}

/** All suppressions count that were not rejected or are still under review. */
function isSuppressed(result: unknown): boolean {
  const suppressions = list(result, 'suppressions');
  return suppressions.length > 0 && suppressions.every((each) => (text(each, 'status') ?? 'accepted') === 'accepted');
}

function baselineWord(result: unknown): string | undefined {
  return text(result, 'baselineState');
}

/** A result that only the earlier run had is there no more. */
function baselineOf(result: unknown): string | undefined {
  return baselineWord(result) === 'absent' ? 'fixed' : undefined;
}

interface Place {
  readonly path: string | undefined;
  readonly line: number | undefined;
}

/** The first place of a result: a file and a line, or the logical name where there is no file. */
function placeOf({ result, run }: Found): Place {
  const [first] = list(result, 'locations');
  const physical = member(first, 'physicalLocation');
  const artifact = member(physical, 'artifactLocation');
  const index = number(artifact, 'index');
  const listed = index === undefined ? undefined : list(run, 'artifacts')[index];
  const path = text(artifact, 'uri') ?? text(listed, 'location', 'uri');
  if (path !== undefined) return { path, line: number(physical, 'region', 'startLine') };
  const [logical] = list(first, 'logicalLocations');
  return { path: text(logical, 'fullyQualifiedName') ?? text(logical, 'name'), line: undefined };
}

function locationOf(found: Found): string | undefined {
  const { path, line } = placeOf(found);
  return path === undefined || line === undefined ? path : `${path}:${line}`;
}

/** The text of a result, or the one of its rule that it names, with its arguments put in. */
function messageOf(result: unknown, rule: unknown): string | undefined {
  const id = text(result, 'message', 'id');
  const written =
    text(result, 'message', 'text') ??
    text(result, 'message', 'markdown') ??
    (id === undefined ? undefined : text(rule, 'messageStrings', id, 'text'));
  const values = list(result, 'message', 'arguments');
  return written?.replace(/\{(\d{1,3})\}/g, (whole, place: string) => {
    const value = values[Number(place)];
    return typeof value === 'string' ? value.slice(0, 1000).toWellFormed() : whole;
  });
}
