/** Findings in Prowler's own JSON: version 3 (`AssessmentStartTime`, `CheckID`) and version 2 (`Timestamp`, `Control ID`). */
import type { ScanTimes } from '../check-results/scan-times.ts';
import { at, firstText, firstWord, shown } from '../event-records/values.ts';
import type { Finding } from './finding.ts';
import { requirementsOf } from './ocsf.ts';

/** The names that versions 3 and 2 give to the same members. */
const names = {
  time: ['AssessmentStartTime', 'Timestamp'],
  check: ['CheckID', 'Control ID'],
  title: ['CheckTitle', 'Control'],
  status: ['Status'],
  severity: ['Severity'],
  detail: ['StatusExtended', 'Message'],
  region: ['Region', 'Location'],
  resource: ['ResourceArn', 'ResourceId', 'Resource ID', 'ResourceName'],
  account: ['AccountId', 'Account Number', 'Subscription', 'ProjectId', 'Tenant_Domain'],
  version: ['ProwlerVersion'],
} as const;

function isVersion3(value: unknown): boolean {
  return ['CheckID', 'Status', 'FindingUniqueId'].every((name) => firstText(value, name) !== undefined);
}

/** Version 2 scanned AWS only. */
function isVersion2(value: unknown): boolean {
  return ['Control ID', 'Status', 'Account Number', 'Timestamp'].every((name) => firstText(value, name) !== undefined);
}

export function isOwnJson(value: unknown): boolean {
  return isVersion3(value) || isVersion2(value);
}

/** The finding, or the sentence that says why there is none. */
export function readOwnJson(value: unknown, times: ScanTimes): Finding | string {
  const text = (name: keyof typeof names): string | undefined => firstText(value, ...names[name]);
  const time = times.read(text('time'));
  if (time === undefined) return `The time of the finding, ${shown(text('time') ?? '')}, cannot be read.`;
  const resource = text('resource');
  return {
    ...{ time, check: text('check')!, title: text('title'), status: text('status')!, version: text('version') },
    provider: isVersion2(value) ? 'aws' : firstText(value, 'Provider')?.toLowerCase(),
    account: firstWord(value, ...names.account),
    muted: at(value, 'Muted') === true,
    severity: text('severity')?.toLowerCase(),
    ...{ detail: text('detail'), region: text('region') },
    resources: resource === undefined || resource === '' ? [] : [resource],
    requirements: requirementsOf(at(value, 'Compliance')),
  };
}
