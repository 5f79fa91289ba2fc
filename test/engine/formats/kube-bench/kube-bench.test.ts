import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubeBench } from '../../../../engine/formats/kube-bench/kube-bench.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { expectBoundedWhenCut, expectSameInPieces, expectSurvivesStrangeValues } from '../check-results/promises.ts';
import { collectRows } from '../collect-rows.ts';

const bytes = readFileSync(
  join(import.meta.dirname, '../../../fixtures/kube-bench/dd-kube-bench-report-one-vuln.json'),
);
const takenAt = parseInstant('2026-03-01T10:00:00Z')!;
const given = { takenAt, system: 'node-1' };

interface Sample {
  readonly tests: { readonly results: Record<string, unknown>[] }[];
}
const [sample] = JSON.parse(bytes.toString()) as [Sample];

const result = (number: string, status: string, more = {}): object => ({
  ...{ test_number: number, test_desc: `Test ${number}`, status, scored: true },
  ...more,
});
const controls = (results: readonly object[], more = {}): object => ({
  ...{ id: '4', version: 'cis-1.8', detected_version: '1.27', text: 'Worker nodes', node_type: 'node' },
  tests: [{ section: '4.1', desc: 'Files', results }],
  ...more,
});

it('gives a check for each result, as the file counts them itself', () => {
  const read = collectRows(kubeBench, bytes, given);
  const checks = read.rows('config_checks');
  expect(checks).toHaveLength(23);
  expect(checks.map(({ rule_id, title, status_text, detail }) => [rule_id, title, status_text, detail])).toEqual(
    sample.tests.flatMap(({ results }) =>
      results.map((each) => [
        each['test_number'],
        each['test_desc'],
        each['status'],
        [`expected: ${String(each['expected_result'])}`, ...(each['scored'] === true ? [] : ['not scored'])].join('\n'),
      ]),
    ),
  );
  expect(checks.filter(({ status }) => status === 'fail').map(({ rule_id }) => rule_id)).toEqual(['4.2.11']);
  expect(
    checks.every(({ time, system, benchmark }) => time === takenAt && system === 'node-1' && benchmark === '1.5'),
  ).toBe(true);
  expect(read.rows('scans')).toMatchObject([
    { tool: 'kube-bench', started: takenAt, finished: takenAt, completed: true, targets: ['node-1'], profile: '1.5' },
  ]);
  expect(read.rows('scan_targets')).toMatchObject([{ system: 'node-1', state: 'up' }]);
});

it('asks for --taken-at, as the file has no time', () => {
  expect(collectRows(kubeBench, bytes).problem).toMatchObject({
    code: 'bad_request',
    remedy: 'Say when the file was made, with --taken-at.',
  });
});

it('says what it takes for granted: the time, and that no host is named', () => {
  expect(collectRows(kubeBench, bytes, { takenAt }).assumptions).toEqual([
    'Results have no time of their own; they are dated 2026-03-01T10:00:00Z, as given for the file.',
    'Results of kube-bench name no host, and none was given for the file (--system).',
  ]);
});

it('tells tests that a person has to make from recommendations that are not met', () => {
  const all = [
    result('1', 'WARN', { type: 'manual', reason: 'Test marked as a manual test' }),
    result('2', 'WARN', { scored: false }),
    result('3', 'INFO', { type: 'skip', reason: 'Test marked as skip' }),
    result('4', 'INFO'),
    result('5', 'SOMETHING'),
  ];
  const read = collectRows(kubeBench, JSON.stringify([controls(all)]), given);
  expect(read.rows('config_checks').map(({ status, status_text }) => [status, status_text])).toEqual([
    ['not checked', 'WARN'],
    ['fail', 'WARN'],
    ['not checked', 'INFO'],
    ['informational', 'INFO'],
    ['unknown', 'SOMETHING'],
  ]);
  expect(read.rows('scans')[0]?.['excluded']).toEqual(['3']);
});

it('reads controls beside totals, line by line, and one alone', () => {
  const two = [controls([result('1', 'PASS')]), controls([result('2', 'FAIL')], { id: '1', node_type: 'master' })];
  const expected = ['1', '2'];
  for (const content of [
    JSON.stringify({ Controls: two, Totals: { total_pass: 1, total_fail: 1, total_warn: 0, total_info: 0 } }, null, 2),
    JSON.stringify(two),
    two.map((each) => JSON.stringify(each)).join('\n'),
    `\ufeff${JSON.stringify(two)}\r\n`,
  ]) {
    const read = collectRows(kubeBench, content, given);
    expect(read.rows('config_checks').map(({ rule_id }) => rule_id)).toEqual(expected);
    expect(read.rows('scans')).toMatchObject([{ scope: '4 Worker nodes (node); 1 Worker nodes (master)' }]);
    expect(kubeBench.recognise(Buffer.from(content)).confidence).toBe(0.98);
  }
});

it('says where the totals are not those of the results, and which sections have none', () => {
  const content = JSON.stringify([
    controls([result('1', 'PASS')], { total_pass: 2, total_fail: 0 }),
    controls([], { id: '5', tests: [{ section: '5.1', results: null }] }),
  ]);
  expect(collectRows(kubeBench, content, given).assumptions).toEqual(
    expect.arrayContaining([
      'The totals of 4 Worker nodes (node) are not those of its results: PASS: 2 said, 1 there.',
      'Sections of 5 Worker nodes (node) without any result: 5.1.',
    ]),
  );
});

it('rejects what is no group of controls, or has results without a number', () => {
  const content = JSON.stringify([{ other: 1 }, controls([{ status: 'PASS' }]), controls([result('1', 'PASS')])]);
  const read = collectRows(kubeBench, content, given);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The record has no id, node_type and tests, as controls of kube-bench have.',
    'Result 1 of section 4.1 has no test_number.',
  ]);
  expect(read.rows('config_checks')).toHaveLength(1);
  expect(read.rows('scans')).toMatchObject([{ completed: false, record: 3 }]);
});

it('keeps its promises to pieces, cuts and strange values', () => {
  expectSameInPieces(kubeBench, bytes, { context: given });
  expectBoundedWhenCut(kubeBench, bytes, given);
  expectSurvivesStrangeValues(kubeBench, [controls([result('1', 'PASS', { reason: 'r' })], { total_pass: 1 })], given);
});
