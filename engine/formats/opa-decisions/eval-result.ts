/** What `opa eval --format json` printed: the value of each expression of a query, or the errors. */
import { at, firstText, objectsAt, shown } from '../event-records/values.ts';
import type { Check, RecordChecks } from './result-scan.ts';
import { isVerdictRule, verdictOf } from './verdict.ts';

const DATA_PATH = /^(?:data|input)(?:\.[A-Za-z_]\w*|\["[^"]*"\])+$/;
const MESSAGES = /^(?:deny|violations?|warn|warnings?)$/;
const WARNS = /^warn(?:ings?)?$/;

/** Checks of a result. Only rules named as policies usually name them pass or fail; other values are information. */
export function evalChecks(result: unknown): RecordChecks {
  const errors = objectsAt(result, 'errors').map((error): Check => ({
    rule_id: firstText(error, 'code'),
    title: firstText(error, 'message'),
    resource: firstText(error, 'location.file'),
    status: 'error',
    status_text: 'error',
  }));
  const values = objectsAt(result, 'result').flatMap((row) => objectsAt(row, 'expressions').flatMap(expressionChecks));
  const checks = [...values, ...errors];
  const none: Check = { status: 'unknown', status_text: 'no value', title: 'The result has no value' };
  return { tool: 'opa eval', checks: checks.length > 0 ? checks : [none] };
}

function expressionChecks(expression: unknown): readonly Check[] {
  const text = firstText(expression, 'text') ?? 'an expression not named';
  const value = at(expression, 'value');
  if (!DATA_PATH.test(text)) return [information(text, value)];
  const asRule = ruleChecks(text, value);
  if (asRule !== undefined) return asRule;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [information(text, value)];
  // A whole package: its rules, each by its name.
  const rules = Object.entries(value).flatMap(([name, each]) => {
    const rule = `${text}.${name}`.toWellFormed();
    return ruleChecks(rule, each) ?? [information(rule, each)];
  });
  return rules.length > 0 ? rules : [information(text, value)];
}

/** Checks of a rule that is named as policies usually name theirs, or whose value is true or false. */
function ruleChecks(text: string, value: unknown): readonly Check[] | undefined {
  const rule = lastName(text);
  if (MESSAGES.test(rule) && typeof value === 'object') return messageChecks(text, rule, value);
  const isNamed = typeof value === 'boolean' || isVerdictRule(rule);
  return isNamed ? [verdictCheck(text, value)] : undefined;
}

function verdictCheck(text: string, value: unknown): Check {
  const verdict = verdictOf(lastName(text), value);
  const status = verdict === 'allow' ? 'pass' : verdict === 'deny' ? 'fail' : 'informational';
  return { rule_id: text, title: text, status, status_text: wordOf(value) };
}

/** A set of messages: each is a violation; none of them is what the policy asks for. */
function messageChecks(text: string, rule: string, value: unknown): readonly Check[] {
  const messages: readonly unknown[] = Array.isArray(value) ? value : Object.values(value ?? {});
  if (messages.length === 0) return [{ rule_id: text, title: text, status: 'pass', status_text: 'empty' }];
  const status = WARNS.test(rule) ? 'informational' : 'fail';
  return messages.map((message): Check => {
    const said = typeof message === 'string' ? message.toWellFormed() : firstText(message, 'msg', 'message');
    return { rule_id: text, title: said ?? shown(message), status, status_text: rule };
  });
}

function information(text: string, value: unknown): Check {
  const status = value === undefined ? 'unknown' : 'informational';
  return { rule_id: text, title: text, status, status_text: wordOf(value) };
}

const MOST_SHOWN = 200;

/** The value as JSON, shortened. */
function wordOf(value: unknown): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text).toWellFormed();
}

function lastName(text: string): string {
  return /(\w+)"?\]?$/.exec(text)?.[1] ?? '';
}
