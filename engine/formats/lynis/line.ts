/**
 * Lines of a report of Lynis: `key=value`, `key[]=value` for lists, `# comment`. The parts of a value stand between
 * bars:
 *
 *   warning[]=PKGS-7392|Found one or more vulnerable packages.|-|-|        test, text, details, solution
 *   warning[]=AUTH-1234|M|No password|-|                                   before 2.0: a severity after the test
 *   details[]=SSH-7408|sshd|desc:...;field:...;prefval:...;value:...;|     a value that differs from the profile
 *   exception_event[]=BOOT-5104:001|Unknown service manager|               trouble of Lynis itself
 */
import type { EvidenceRow } from '../../core/tables.ts';

export interface ReportLine {
  readonly key: string;
  readonly value: string;
}

const KEY = /^([A-Za-z][\w.-]{0,99}(?:\[\])?)=(.*)$/s;

/** The key and value of a line; `undefined` where it has none. */
export function readLine(text: string): ReportLine | undefined {
  const [, key, value = ''] = KEY.exec(text) ?? [];
  return key === undefined ? undefined : { key, value: value.trim() };
}

export type Check = Pick<
  EvidenceRow<'config_checks'>,
  'resource' | 'rule_id' | 'title' | 'status' | 'status_text' | 'severity' | 'detail'
>;

/** Keys whose lines are checks, with what they say. */
const checkKeys: ReadonlySet<string> = new Set(['warning[]', 'suggestion[]', 'details[]', 'exception_event[]']);

export function isCheckKey(key: string): boolean {
  return checkKeys.has(key);
}

/** The check of a line with such a key, or the sentence that says why there is none. */
export function checkOf({ key, value }: ReportLine): Check | string {
  const parts = value.split('|').map((part) => part.trim());
  const [rule = '', ...rest] = parts;
  const word = key.replace('[]', '');
  if (rule === '') return `The ${word} names no test.`;
  if (key === 'details[]') return detailsOf(rule, rest);
  if (key === 'exception_event[]')
    return { rule_id: rule, title: said(rest[0]), status: 'error', status_text: word, detail: joined(rest.slice(1)) };
  const severity = severities.get(rest[0] ?? '');
  const [title, ...more] = severity === undefined ? rest : rest.slice(1);
  if (said(title) === undefined) return `The ${word} of test ${rule.slice(0, 100)} has no text.`;
  const status = key === 'warning[]' ? 'fail' : 'informational';
  return { rule_id: rule, title: said(title), status, status_text: word, severity, detail: joined(more) };
}

const severities: ReadonlyMap<string, string> = new Map([
  ['L', 'low'],
  ['M', 'medium'],
  ['H', 'high'],
]);

/** Only values that differ from the profile are reported in this way. */
function detailsOf(rule: string, [subject, written = '']: readonly string[]): Check {
  const members = new Map<string, string>();
  for (const part of written.split(';')) {
    const colon = part.indexOf(':');
    if (colon > 0) members.set(part.slice(0, colon), part.slice(colon + 1));
  }
  const resource = [said(subject), said(members.get('field'))].filter((part) => part !== undefined).join(' ');
  const values = [
    ['expected', members.get('prefval')],
    ['actual', members.get('value')],
  ].flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`]));
  return {
    resource: resource || undefined,
    rule_id: rule,
    title: said(members.get('desc')),
    status: 'informational',
    status_text: 'details',
    detail: values.length === 0 ? said(written) : values.join('\n'),
  };
}

/** A dash stands for nothing. */
function said(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text === '-' ? undefined : text;
}

function joined(parts: readonly string[]): string | undefined {
  return (
    parts
      .map(said)
      .filter((part) => part !== undefined)
      .join('\n') || undefined
  );
}
