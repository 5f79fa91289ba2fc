import { expect, it } from 'vitest';
import { opaDecisions } from '../../../../engine/formats/opa-decisions/opa-decisions.ts';
import { recogniseFormat } from '../../../../engine/formats/registry.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { fixture } from '../event-records/event-promises.ts';

const takenAt = parseInstant('2026-03-01T12:00:00Z')!;
const read = (content: string | Uint8Array | readonly Uint8Array[]) => collectRows(opaDecisions, content, { takenAt });

interface Tested {
  readonly location: { readonly file: string };
  readonly package: string;
  readonly name: string;
  readonly fail?: boolean;
  readonly skip?: boolean;
  readonly error?: { readonly message: string };
}

it('agrees with opa test, test by test', () => {
  const tests = JSON.parse(fixture('opa-decisions/gen-test.json').toString('utf8')) as Tested[];
  const checks = read(fixture('opa-decisions/gen-test.json')).rows('config_checks');
  expect(checks).toHaveLength(tests.length);
  for (const [i, test] of tests.entries()) {
    const status = test.error ? 'error' : test.fail ? 'fail' : test.skip ? 'not checked' : 'pass';
    expect(checks[i]).toMatchObject({
      ...{ scan_id: 'opa test', time: takenAt, resource: test.location.file, benchmark: test.package, status },
      ...{ rule_id: `${test.package}.${test.name}`, title: test.name },
    });
    if (test.error) expect(checks[i]?.['detail']).toBe(test.error.message);
  }
  expect(checks.find((check) => check['title'] === 'test_cases')?.['detail']).toBe('Cases that failed: b');
  expect(recogniseFormat(fixture('opa-decisions/gen-test.json'))[0]?.format.id).toBe('opa-decisions');
});

it('reads the TAP report of conftest, and a message over several lines', () => {
  const report = fixture('opa-decisions/conftest-tap.txt');
  expect(recogniseFormat(report)[0]?.format.id).toBe('opa-decisions');
  const common = { scan_id: 'conftest', time: takenAt, benchmark: 'namespace' };
  const resource = 'examples/kubernetes/service.yaml';
  expect(read(report).rows('config_checks')).toEqual([
    { record: 1, ...common, resource, title: 'first failure', status: 'fail', status_text: 'not ok' },
    {
      ...{ record: 2, ...common, resource, title: 'first warning', status: 'informational', status_text: 'warning' },
      severity: 'warning',
    },
  ]);
  const text =
    '1..3\nnot ok 1 - - main - one\n  two\n# skip\nok 2 - a b.yaml - main - left out\n# exceptions\nok 3 - c.yaml - main - agreed\n';
  const { rows, spans, tables } = read(text);
  expect(rows('config_checks').map((row) => [row['resource'], row['title'], row['status'], row['detail']])).toEqual([
    [undefined, 'one', 'fail', 'one\n  two'],
    ['a b.yaml', 'left out', 'not checked', undefined],
    ['c.yaml', 'agreed', 'not applicable', undefined],
  ]);
  expect(text.slice(spans[0]!.byte, spans[0]!.byte + spans[0]!.length)).toBe('not ok 1 - - main - one\n  two');
  expect(rows('scans')).toMatchObject([{ tool: 'conftest', completed: true }]);
  for (const size of [1, 7]) expect(read(inPieces(Buffer.from(text), size)).tables).toEqual(tables);
});

it('says when a TAP report has fewer results than it plans', () => {
  const { rows, assumptions } = read('1..3\nnot ok 1 - a.yaml - main - one\n');
  expect(rows('scans')[0]).toMatchObject({ completed: false });
  expect(assumptions.join()).toContain('ends before it is complete');
});

it('reads the JUnit report of conftest, and says what it does not tell apart', () => {
  const report = fixture('opa-decisions/conftest-junit.xml');
  expect(recogniseFormat(report)[0]?.format.id).toBe('opa-decisions');
  const { rows, assumptions, spans } = read(report);
  expect(rows('config_checks').map((row) => [row['title'], row['status'], row['resource'], row['benchmark']])).toEqual([
    ['first warning', 'fail', 'examples/kubernetes/service.yaml', 'namespace'],
    ['first failure', 'fail', 'examples/kubernetes/service.yaml', 'namespace'],
    ['first skipped', 'not checked', 'examples/kubernetes/service.yaml', 'namespace'],
  ]);
  expect(assumptions.join()).toContain('gives warnings as failures');
  for (const { byte, length } of spans)
    expect(report.subarray(byte, byte + length).toString()).toMatch(/^<testcase[^]*<\/testcase>$/);
  const cut = report.subarray(0, report.indexOf('first skipped'));
  expect(read(cut).rows('scans')[0]).toMatchObject({ completed: false });
});

it('refuses reports without a time, without a result, and damaged ones', () => {
  const tap = fixture('opa-decisions/conftest-tap.txt');
  expect(collectRows(opaDecisions, tap).problem).toMatchObject({ code: 'bad_request' });
  const empty = '<testsuites><testsuite tests="0" name="conftest"></testsuite></testsuites>';
  expect(read(empty).problem?.message).toBe('The report has no result.');
  const junit = fixture('opa-decisions/conftest-junit.xml').toString('utf8');
  expect(read(junit.replace('</failure>', '</error>')).problem?.message).toContain('end tag');
});

it('keeps the time at which the console printed a decision, and that of a status report', () => {
  const decision = { decision_id: 'd', path: 'a/allow', result: true, timestamp: '2026-03-01T10:00:00.5Z' };
  const printed = { ...decision, level: 'info', msg: 'Decision Log', time: '2026-03-01T10:00:02Z' };
  const { rows } = collectRows(opaDecisions, JSON.stringify(printed));
  expect(rows('events')[0]?.['time']).toBe(parseInstant('2026-03-01T10:00:00.5Z'));
  expect(JSON.parse(String(rows('event_fields')[0]?.['fields']))).toHaveProperty('time', '2026-03-01T10:00:02Z');
});
