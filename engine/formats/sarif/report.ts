/** What a SARIF log says: OASIS SARIF 2.1.0, section 3. A run is a scan, a result a check or a vulnerability. */
import type { UtcMicros } from '../../../shared/time.ts';
import type { ReportKind, ScanFacts } from '../scan-reports/kind.ts';
import { closedAt, isObject, list, member, some, text, texts, time } from '../scan-reports/values.ts';
import { resultRows } from './result.ts';

const INNER = ['results'] as const;

export const sarifReport: ReportKind = {
  tool: 'sarif',
  lists: ['runs'],
  firstKeys: ['tool', 'results', 'invocations', 'ruleId', 'ruleIndex', 'rule', 'kind', 'level', 'message', 'guid'],
  inner: (element) => (isLog(element) ? ['runs'] : isRun(element) ? INNER : undefined),
  scan: (value) => (isRun(value) ? runFacts(value) : undefined),
  rows: (element, around) =>
    isLog(element) ? 'A log within a list of runs is none.' : resultRows(element, around.find(isRun)),
  aroundLost: (broken) => {
    const run = closedAt(broken, INNER);
    return isRun(run) ? run : undefined;
  },
};

function isRun(value: unknown): boolean {
  return isObject(member(value, 'tool'));
}

function isLog(value: unknown): boolean {
  return Array.isArray(member(value, 'runs'));
}

function runFacts(run: unknown): ScanFacts {
  const driver = member(run, 'tool', 'driver');
  const tool = text(driver, 'name') ?? 'sarif';
  const invocations = list(run, 'invocations');
  const starts = timesOf(invocations, 'startTimeUtc');
  const ends = timesOf(invocations, 'endTimeUtc');
  const rules = list(driver, 'rules').length;
  const failed = invocations.some((each) => member(each, 'executionSuccessful') === false);
  const lines = invocations.flatMap((each) => text(each, 'commandLine') ?? []);
  const resource = resourceOf(run);
  const errors = notesOf(invocations);
  return {
    tool: tool.toLowerCase(),
    version: text(driver, 'semanticVersion') ?? text(driver, 'version'),
    started: starts.at(0),
    finished: ends.at(-1),
    resource,
    isPath: resource?.startsWith('file:'),
    completed: failed ? false : undefined,
    scope: rules === 0 ? undefined : `${rules} rules`,
    excluded: some(excludedOf(invocations)),
    profile: text(run, 'automationDetails', 'id'),
    arguments: lines.join('\n') || undefined,
    target: targetOf({ failed, run, tool }),
    notes: [
      ...errors,
      ...(member(run, 'externalPropertyFileReferences') === undefined
        ? []
        : ['Results or rules in files beside this one are not read.']),
    ],
  };
}

/**
 * Trivy looks for vulnerabilities, misconfigurations and secrets, and a log does not say for which it was asked: without
 * a vulnerability in it, it is not known whether there are none.
 */
function targetOf({ failed, run, tool }: { failed: boolean; run: unknown; tool: string }): ScanFacts['target'] {
  if (failed) return { state: 'unknown', reason: 'the tool says that it failed' };
  const rules = list(run, 'tool', 'driver', 'rules');
  const named = rules.some((rule) => texts(rule, 'properties', 'tags').includes('vulnerability'));
  if (tool.toLowerCase() !== 'trivy' || named) return { state: 'up' };
  return { state: 'unknown', reason: 'no vulnerability is named, and whether any were looked for is not said' };
}

function timesOf(invocations: readonly unknown[], name: string): readonly UtcMicros[] {
  const found = invocations.flatMap((each) => time(each, name) ?? []);
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** What was looked at: image, repository, folder, as far as the run says. */
function resourceOf(run: unknown): string | undefined {
  const [source] = list(run, 'versionControlProvenance');
  const [tag] = texts(run, 'properties', 'repoTags');
  const bases = member(run, 'originalUriBaseIds');
  const base = isObject(bases)
    ? Object.keys(bases)
        .sort()
        .flatMap((name) => text(bases, name, 'uri') ?? [])
    : [];
  const folder = list(run, 'invocations').flatMap((each) => text(each, 'workingDirectory', 'uri') ?? []);
  return [text(run, 'properties', 'imageName'), tag, text(source, 'repositoryUri'), base[0], folder[0]].find(
    (each) => each !== undefined,
  );
}

/** Rules that the call turned off. */
function excludedOf(invocations: readonly unknown[]): readonly string[] {
  const off = invocations
    .flatMap((each) => list(each, 'ruleConfigurationOverrides'))
    .filter((each) => member(each, 'configuration', 'enabled') === false);
  return off.flatMap((each) => text(each, 'descriptor', 'id') ?? []).slice(0, 10_000);
}

function notesOf(invocations: readonly unknown[]): readonly string[] {
  const names = ['toolExecutionNotifications', 'toolConfigurationNotifications'];
  const errors = invocations
    .flatMap((each) => names.flatMap((name) => list(each, name)))
    .filter((each) => text(each, 'level') === 'error');
  return errors.length === 0
    ? []
    : [`The tool reports ${errors.length} errors of its own: it may not have looked at everything.`];
}
