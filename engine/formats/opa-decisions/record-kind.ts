/** What a record of OPA's files is. Its logs are mixed: one stream has decisions, status reports and its own lines. */
import type { EventFormat } from '../event-records/event-format.ts';
import { Spelling } from '../event-records/spelling.ts';
import { at, firstText, objectsAt } from '../event-records/values.ts';
import { isTestResult } from './test-result.ts';

/** `log` is any line of a structured log; only in a file of OPA is it known to be OPA's. */
export type RecordKind = 'decision' | 'status' | 'conftest' | 'eval' | 'test' | 'log';

/** The kind of a record; `undefined` when it is none. */
export function kindOf(value: unknown): RecordKind | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (isDecision(value)) return 'decision';
  if (isStatus(value)) return 'status';
  if (isConftest(value)) return 'conftest';
  if (isEval(value)) return 'eval';
  if (isTestResult(value)) return 'test';
  const isLog = ['msg', 'level', 'time'].every((name) => firstText(value, name) !== undefined);
  return isLog ? 'log' : undefined;
}

function isDecision(value: object): boolean {
  if (firstText(value, 'msg') === 'Decision Log') return true;
  if (firstText(value, 'type') === 'openpolicyagent.org/decision_logs') return true;
  const told = ['path', 'query', 'input', 'result', 'error', 'bundles', 'labels'].some((name) => name in value);
  return firstText(value, 'decision_id') !== undefined && told && firstText(value, 'timestamp') !== undefined;
}

function isStatus(value: object): boolean {
  if (firstText(value, 'msg') === 'Status Log' || firstText(value, 'type') === 'openpolicyagent.org/status')
    return true;
  const parts = ['bundles', 'bundle', 'discovery', 'plugins', 'decision_logs'];
  const hasPart = parts.some((name) => isObject(at(value, name)));
  return hasPart && firstText(value, 'labels.id', 'labels.version') !== undefined && !('decision_id' in value);
}

function isConftest(value: object): boolean {
  if (firstText(value, 'filename') === undefined || firstText(value, 'namespace') === undefined) return false;
  const lists = ['failures', 'warnings', 'exceptions', 'skipped'];
  return typeof at(value, 'successes') === 'number' || lists.some((name) => Array.isArray(at(value, name)));
}

function isEval(value: object): boolean {
  if (objectsAt(value, 'result').some((each) => Array.isArray(at(each, 'expressions')))) return true;
  return objectsAt(value, 'errors').some((each) => firstText(each, 'code')?.startsWith('rego_'));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Files of OPA, for what finds records in them and in envelopes. `rows` is not used: a record can give several. */
export const opaRecords: EventFormat = {
  noun: 'a record of Open Policy Agent',
  files: {
    lists: ['events', 'Records', 'records', 'value', 'logs', 'items'],
    firstKeys: [
      ...['labels', 'decision_id', 'bundles', 'level', 'filename', 'decision_logs', 'client_addr', 'time', 'log'],
      'location',
    ],
  },
  spelling: new Spelling([]),
  isEvent: (value) => kindOf(value) !== undefined,
  signs: 'what a decision log, a status log or a result has',
  telling: ['decision_id', 'timestamp', 'labels', 'result'],
  inColumns: new Set(['time', 'timestamp']),
  rows: () => 'A record of Open Policy Agent gives its rows one by one.',
};
