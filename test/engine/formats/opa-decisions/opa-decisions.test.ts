import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { opaDecisions } from '../../../../engine/formats/opa-decisions/opa-decisions.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows } from '../collect-rows.ts';
import { checkPromises, fixture, jsonLines } from '../event-records/event-promises.ts';

const event = {
  labels: { id: '1780d507', version: '1.22.3', environment: 'production' },
  decision_id: '4ca636c1-55e4-417a-b1d8-4aceb67960d1',
  bundles: { authz: { revision: 'r1' } },
  path: 'http/authz/allow',
  input: { method: 'GET', user: 'ana' },
  result: true,
  requested_by: '203.0.113.9:59943',
  timestamp: '2026-03-01T10:00:00.123456Z',
};

checkPromises({
  format: opaDecisions,
  lines: 'opa-decisions/gen-console.jsonl',
  event,
  folders: ['opa-decisions'],
  hasNoTable: true,
});

const takenAt = parseInstant('2026-03-01T12:00:00Z')!;

function only(members: Record<string, unknown>): Record<string, unknown> {
  const read = collectRows(opaDecisions, JSON.stringify({ ...event, ...members }));
  expect(read.rejects).toEqual([]);
  return { ...read.rows('events')[0] };
}

function checksOf(value: unknown): readonly unknown[] {
  const read = collectRows(opaDecisions, JSON.stringify(value), { takenAt });
  return read.rows('config_checks').map((row) => [row['rule_id'] ?? row['title'], row['status'], row['status_text']]);
}

it('agrees with a real OPA, decision by decision, in the upload and in the console', () => {
  const upload = gunzipSync(fixture('opa-decisions/gen-upload.json.gz'));
  const decisions = JSON.parse(upload.toString('utf8')) as Record<string, unknown>[];
  const read = collectRows(opaDecisions, upload);
  const console = collectRows(opaDecisions, fixture('opa-decisions/gen-console.jsonl'));
  const inConsole = jsonLines('opa-decisions/gen-console.jsonl').flatMap((line, i) =>
    line['msg'] === 'Decision Log' ? [i] : [],
  );
  expect([read.records, read.rejects.length, inConsole.length]).toEqual([decisions.length, 0, decisions.length]);
  for (const [i, decision] of decisions.entries()) {
    const row = read.rows('events')[i]!;
    expect(row['time']).toBe(parseInstant(String(decision['timestamp'])));
    expect(row['code']).toBe(decision['path'] ?? 'query');
    expect(`${String(row['src_ip'])}:${String(row['src_port'])}`).toBe(decision['requested_by']);
    expect(row['outcome']).toBe('error' in decision ? 'failure' : 'result' in decision ? 'success' : undefined);
    const { timestamp, ...others } = decision;
    expect([timestamp, JSON.parse(String(read.rows('event_fields')[i]!['fields']))]).toEqual([timestamp, others]);
    // An error is an object in the upload and text in the console: the sentences differ, nothing else.
    const same = 'error' in decision ? { record: 0, message: '' } : { record: 0 };
    expect({ ...console.rows('events')[inConsole[i]!], ...same }).toEqual({ ...row, ...same });
  }
  expect(read.rows('events').map((row) => row['activity'])).toEqual([
    'allow',
    'deny',
    'deny',
    'decide',
    'decide',
    'decide',
    'decide',
  ]);
  // The number is larger than JavaScript can hold: it stays as it was written.
  expect(String(read.rows('event_fields')[1]!['fields'])).toContain('"big":12345678901234567890');
});

it('reads the examples of the documentation, erased and masked', () => {
  const read = collectRows(opaDecisions, fixture('opa-decisions/opa-decision-log-masked.jsonl'));
  expect(read.rows('events').map((row) => row['time'])).toEqual([1_559_592_436_939_402n, 1_559_592_436_939_402n]);
  expect(JSON.parse(String(read.rows('event_fields')[1]!['fields']))).toMatchObject({
    erased: ['/input/ssn'],
    masked: ['/input/password'],
  });
  const [row] = collectRows(opaDecisions, fixture('opa-decisions/opa-decision-log-upload.json')).rows('events');
  expect(row).toMatchObject({ code: 'http/example/authz/allow', activity: 'allow', src_ip: '::1', src_port: 59_943 });
});

it('takes a result for allowed or denied only where its rule is named so', () => {
  const verdict = (path: string, result: unknown) => only({ path, result })['activity'];
  expect(verdict('/http/authz/allow', false)).toBe('deny');
  expect(verdict('authz/deny', true)).toBe('deny');
  expect(verdict('authz/deny', [])).toBe('allow');
  expect(verdict('main/violation', [{ msg: 'x' }])).toBe('deny');
  expect(verdict('kubernetes/admission', { apiVersion: 'admission.k8s.io/v1', response: { allowed: false } })).toBe(
    'deny',
  );
  expect(verdict('envoy/authz/allow', { allowed: true, headers: {} })).toBe('allow');
  expect(verdict('app/is_admin', false)).toBe('decide');
  expect(verdict('app/limits', { allow: 'x' })).toBe('decide');
  expect(only({ error: { code: 'internal_error', message: 'no' }, result: undefined })).toMatchObject({
    outcome: 'failure',
    activity: 'decide',
  });
  expect(only({ path: undefined, query: 'data.x = y' })).toMatchObject({ code: 'query' });
});

it('has each activation of a bundle once, with its revision, and each that failed', () => {
  const log = gunzipSync(fixture('opa-decisions/gen-console-with-status.jsonl.gz'));
  const read = collectRows(opaDecisions, log);
  const reported = new Set<string>();
  let failures = 0;
  for (const line of log.toString('utf8').trimEnd().split('\n')) {
    const { msg, bundles } = JSON.parse(line) as { msg: string; bundles?: Record<string, Record<string, string>> };
    if (msg !== 'Status Log') continue;
    for (const bundle of Object.values(bundles ?? {})) {
      if (bundle['active_revision'] !== undefined) reported.add(bundle['last_successful_activation']!);
      if (bundle['code'] !== undefined) failures++;
    }
  }
  const rows = read.rows('events');
  const activated = rows.filter((row) => row['code'] === 'bundle_activated');
  expect(activated.map((row) => row['time'])).toEqual([...reported].map((time) => parseInstant(time)));
  expect(activated[0]).toMatchObject({
    ...{ class: 'configuration_change', activity: 'activate', target: 'authz', outcome: 'success' },
    message: 'Bundle authz was activated with revision rev-2026-11-01.',
  });
  expect(rows.filter((row) => row['code'] === 'bundle_failed')).toHaveLength(failures);
  expect([read.rejects, failures > 0]).toEqual([[], true]);
});

it('dates a status report that was sent to a service by its bundles, and rejects one without any time', () => {
  const report = gunzipSync(fixture('opa-decisions/gen-status.json.gz'));
  const read = collectRows(opaDecisions, report);
  const { bundles } = JSON.parse(report.toString('utf8')) as { bundles: Record<string, Record<string, string>> };
  expect(read.rows('events').map((row) => [row['code'], row['time']])).toEqual([
    ['bundle_activated', parseInstant(bundles['authz']!['last_successful_activation']!)],
    ['bundle_failed', parseInstant(bundles['gone']!['last_request']!)],
  ]);
  expect(read.assumptions).toEqual(['Status reports without a time are dated by the latest time of a bundle in them.']);
  const undated = collectRows(
    opaDecisions,
    `${JSON.stringify({ labels: event.labels, decision_logs: {} })}\n${JSON.stringify(event)}`,
  );
  expect(undated.rejects.map(({ reason }) => reason)).toEqual([
    'The status report has no time, and neither does a bundle in it.',
  ]);
});

it('reads reports of old versions with one bundle', () => {
  const bundle = { name: 'authz', active_revision: 'x', last_successful_activation: '2018-01-01T00:00:00.000Z' };
  const read = collectRows(opaDecisions, JSON.stringify({ labels: { id: '1', version: '0.1' }, bundle }));
  expect(read.rows('events')).toMatchObject([{ time: parseInstant('2018-01-01T00:00:00Z'), target: 'authz' }]);
});

it('refuses results without a time, and says how to give one', () => {
  for (const name of ['conftest-no-failures.json', 'gen-eval-package.json', 'gen-eval-error.json']) {
    const { problem } = collectRows(opaDecisions, fixture(`opa-decisions/${name}`));
    expect(problem).toMatchObject({ code: 'bad_request' });
    expect(problem?.remedy).toContain('--taken-at');
  }
});

it('has a check for each result of conftest, and one scan', () => {
  const read = collectRows(opaDecisions, fixture('opa-decisions/conftest-warn-fail-skip.json'), { takenAt });
  const resource = 'examples/kubernetes/service.yaml';
  const common = { scan_id: 'conftest', time: takenAt, resource, benchmark: 'namespace' };
  expect(read.rows('config_checks')).toEqual([
    { record: 1, ...common, title: 'first failure', status: 'fail', status_text: 'failure' },
    {
      record: 1,
      ...common,
      title: 'first warning',
      status: 'informational',
      status_text: 'warning',
      severity: 'warning',
    },
    { record: 1, ...common, title: 'first skipped', status: 'not checked', status_text: 'skipped' },
  ]);
  expect(read.rows('scans')).toMatchObject([
    { record: 1, tool: 'conftest', finished: takenAt, completed: true, targets: [resource] },
  ]);
  expect(read.assumptions.join()).toContain('dated 2026-03-01T12:00:00Z, as given for the file');
  expect(
    checksOf([
      {
        filename: 'a',
        namespace: 'main',
        successes: 3,
        failures: [{ msg: 'x', metadata: { query: 'data.main.deny' } }],
      },
    ]),
  ).toEqual([
    ['data.main.deny', 'fail', 'failure'],
    ['Rules that passed, not named in the file: 3', 'pass', 'success'],
  ]);
  expect(checksOf([{ filename: 'a', namespace: 'main', successes: 0 }])).toEqual([
    ['No rule was applied to the file', 'not checked', 'no result'],
  ]);
});

it('has a check for each rule of a result of opa eval', () => {
  const evaluated = (text: string, value: unknown) =>
    checksOf({ result: [{ expressions: [{ value, text, location: {} }] }] });
  expect(checksOf(JSON.parse(fixture('opa-decisions/gen-eval-package.json').toString('utf8')))).toEqual([
    ['data.http.authz.allow', 'fail', 'false'],
    ['data.http.authz.reasons', 'informational', '["not ana"]'],
  ]);
  expect(evaluated('data.main.deny', [])).toEqual([['data.main.deny', 'pass', 'empty']]);
  expect(evaluated('data.main.deny', ['no owner', { msg: 'no limit' }])).toEqual([
    ['data.main.deny', 'fail', 'deny'],
    ['data.main.deny', 'fail', 'deny'],
  ]);
  expect(evaluated('data.main.warn', ['x'])).toEqual([['data.main.warn', 'informational', 'warn']]);
  expect(evaluated('data.main.allow', true)).toEqual([['data.main.allow', 'pass', 'true']]);
  expect(evaluated('data.main.count', 3)).toEqual([['data.main.count', 'informational', '3']]);
  expect(evaluated('x := 3', true)).toEqual([['x := 3', 'informational', 'true']]);
  expect(checksOf(JSON.parse(fixture('opa-decisions/gen-eval-error.json').toString('utf8')))).toEqual([
    ['rego_parse_error', 'error', 'error'],
  ]);
  const undefinedQuery = collectRows(opaDecisions, fixture('opa-decisions/gen-eval-undefined.json'), { takenAt });
  expect(undefinedQuery.problem?.message).toContain('where the query is undefined');
});

it('knows what its own log says of bundles, uploads and requests', () => {
  const line = (members: Record<string, unknown>) => {
    const text = JSON.stringify({ level: 'info', msg: '', time: '2026-03-01T10:00:00Z', ...members });
    return collectRows(opaDecisions, text).rows('events')[0];
  };
  expect(line({ plugin: 'bundle', name: 'authz', msg: 'Bundle loaded and activated successfully.' })).toMatchObject({
    ...{ class: 'configuration_change', activity: 'activate', outcome: 'success', target: 'authz', severity: 'info' },
  });
  expect(line({ plugin: 'bundle', level: 'error', msg: 'Bundle load failed: x' })).toMatchObject({
    outcome: 'failure',
  });
  expect(line({ plugin: 'decision_logs', level: 'error', msg: 'Log upload failed: 403 Forbidden' })).toMatchObject({
    class: 'event_log_activity',
    outcome: 'failure',
  });
  expect(line({ plugin: 'decision_logs', msg: '3 events dropped because of the buffer limit' })).toMatchObject({
    activity: 'loss',
  });
  expect(
    line({ msg: 'Sent response.', req_path: '/v1/data/x', resp_status: 500, client_addr: '[::1]:5' }),
  ).toMatchObject({ outcome: 'failure', src_ip: '::1', src_port: 5 });
  expect(line({ msg: 'x', 'fields.time': '2026-03-01T10:00:00.5Z' })?.['time']).toBe(
    parseInstant('2026-03-01T10:00:00.5Z'),
  );
  expect(
    opaDecisions.recognise(Buffer.from('{"level":"info","msg":"x","time":"2026-03-01T10:00:00Z"}')).confidence,
  ).toBe(0);
});
