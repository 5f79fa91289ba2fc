/** Results of compliance audits: `cm:` elements, and the older form in which they stand in the text. */
import type { EvidenceRow } from '../../core/tables.ts';
import type { Finding } from './finding.ts';

/** What the `cm:` elements of an item say; names without `compliance-`. */
export type ComplianceFields = ReadonlyMap<string, string>;

type Check = Pick<
  EvidenceRow<'config_checks'>,
  'benchmark' | 'rule_id' | 'title' | 'status' | 'status_text' | 'severity' | 'detail'
>;

const statuses: Readonly<Record<string, string>> = {
  PASSED: 'pass',
  FAILED: 'fail',
  // The check could not decide, or a person has to.
  WARNING: 'unknown',
  ERROR: 'error',
  SKIPPED: 'not checked',
  INFO: 'informational',
};

// "1.1.1 Ensure mounting of cramfs is disabled" : [FAILED]
const IN_TEXT = /^\s*"([^"]{1,1000})"\s*:\s*\[(PASSED|FAILED|WARNING|ERROR|SKIPPED|INFO)\]/;

/** The check that a result of an audit is; `undefined` for a result of another plugin. */
export function checkOf(finding: Finding, fields: ComplianceFields): Check | undefined {
  const result = fields.get('result');
  const name = fields.get('check-name');
  if (result !== undefined) return fromFields(finding, fields, result);
  const written = IN_TEXT.exec(finding.description ?? '') ?? IN_TEXT.exec(finding.output ?? '');
  if (written) return fromText(finding, written[1]!, written[2]!);
  const risk = finding.status?.toUpperCase() ?? '';
  if (Object.hasOwn(statuses, risk)) return fromText(finding, name ?? finding.pluginName ?? finding.pluginId, risk);
  return undefined;
}

function fromFields(finding: Finding, fields: ComplianceFields, result: string): Check {
  const name = fields.get('check-name');
  return {
    benchmark: fields.get('benchmark-name') ?? fields.get('audit-file') ?? finding.pluginName,
    rule_id: fields.get('check-id') ?? name ?? finding.pluginId,
    title: name ?? finding.pluginName,
    status: statusOf(result),
    status_text: result,
    severity: finding.severity,
    detail: detailOf(fields) ?? finding.output,
  };
}

function fromText(finding: Finding, name: string, result: string): Check {
  return {
    benchmark: finding.pluginName,
    rule_id: name,
    title: name,
    status: statusOf(result),
    status_text: result,
    severity: finding.severity,
    detail: finding.output ?? finding.description,
  };
}

function statusOf(result: string): string {
  const word = result.trim().toUpperCase();
  return Object.hasOwn(statuses, word) ? statuses[word]! : 'unknown';
}

function detailOf(fields: ComplianceFields): string | undefined {
  const told = [
    ['found', fields.get('actual-value') ?? fields.get('output')],
    ['wanted', fields.get('policy-value')],
    ['error', fields.get('error')],
  ] as const;
  const lines = told.flatMap(([word, text]) => (text === undefined || text === '' ? [] : [`${word}: ${text}`]));
  return lines.length === 0 ? undefined : lines.join('\n');
}
