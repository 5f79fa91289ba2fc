import type { Fact, ReportKind } from './kind.ts';
import { numberOrText } from './kind.ts';
import { otherLines } from './labels.ts';

/** `auditctl -s`: a line a member, `enabled 1`; before version 2.3 one line, `AUDIT_STATUS: enabled=1 flag=1 ...`. */
const MEMBERS =
  /^(enabled|failure|flag|pid|rate_limit|backlog_limit|lost|backlog|backlog_wait_time|backlog_wait_time_actual|loginuid_immutable|feature\w*|version)\s+(\S.*)$/;
const TELLING = /^(?:backlog_limit|rate_limit|backlog_wait_time|backlog_wait_time_actual|loginuid_immutable) \d/;
const ONE_LINE = /^AUDIT_STATUS: (\w+=\S+(?: \w+=\S+)*)$/;

export const auditStatus: ReportKind = {
  id: 'audit-status',
  as: 'as auditctl -s prints them',
  framing: 'report',
  signOf: (line) => (ONE_LINE.test(line) || TELLING.test(line) ? 'sure' : MEMBERS.test(line) ? 'fits' : 'other'),
  begins: (line, before) => ONE_LINE.test(line) || (line.startsWith('enabled ') && before.length > 1),
  read: readStatus,
};

function readStatus(lines: readonly string[]): readonly Fact[] | string {
  const fields = new Map<string, unknown>();
  const other: string[] = [];
  for (const line of lines) {
    const one = ONE_LINE.exec(line)?.[1];
    for (const pair of one?.split(' ') ?? [])
      fields.set(pair.slice(0, pair.indexOf('=')), numberOrText(pair.slice(pair.indexOf('=') + 1)));
    const [, name, value = ''] = MEMBERS.exec(line) ?? [];
    if (name !== undefined) fields.set(name, numberOrText(value));
    else if (one === undefined) other.push(line);
  }
  if (!fields.has('enabled')) return 'The report does not say whether audit is enabled: it is cut off.';
  return [
    {
      type: 'audit_status',
      id: 'status',
      name: 'auditctl -s',
      fields: { ...Object.fromEntries(fields), ...otherLines(other), text: lines.join('\n') },
    },
  ];
}
