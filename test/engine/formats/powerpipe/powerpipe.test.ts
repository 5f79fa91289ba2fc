import { expect, it } from 'vitest';
import { powerpipe } from '../../../../engine/formats/powerpipe/powerpipe.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { expectBoundedWhenCut, expectSameInPieces, expectSurvivesStrangeValues } from '../check-results/promises.ts';
import { collectRows } from '../collect-rows.ts';

const takenAt = parseInstant('2026-03-01T10:00:00Z')!;

const result = (status: string, resource: string): object => ({
  ...{ reason: `${resource} is ${status}.`, resource, status },
  dimensions: [
    { key: 'account_id', value: '123456789012' },
    { key: 'region', value: '' },
  ],
});
const control = (id: string, results: readonly object[] | null, more = {}): object => ({
  summary: { alarm: 0, ok: 1, info: 0, skip: 0, error: 0 },
  ...{
    results,
    control_id: id,
    description: '',
    severity: 'high',
    tags: {},
    title: `Title of ${id}`,
    run_status: 4,
    run_error: '',
  },
  ...more,
});
const group = (id: string, groups: readonly object[], controls: readonly object[] | null): object => ({
  ...{
    group_id: id,
    title: `Group ${id}`,
    description: '',
    tags: {},
    summary: { status: { alarm: 0, ok: 1 } },
    groups,
    controls,
  },
});
const root = (groups: readonly object[], controls: readonly object[] | null = null): object =>
  group('root_result_group', groups, controls);

const benchmark = root([
  group(
    'm.benchmark.top',
    [
      group('m.benchmark.one', [], [control('m.control.a', [result('ok', 'arn:1'), result('alarm', 'arn:2')])]),
      group('m.benchmark.two', [], [control('m.control.a', [result('skip', 'arn:1')]), control('m.control.b', [])]),
    ],
    null,
  ),
]);

it('gives a row for each result of each control, under the benchmark that it is in', () => {
  const read = collectRows(powerpipe, JSON.stringify(benchmark, null, 2), { takenAt });
  expect(
    read
      .rows('config_checks')
      .map(({ benchmark: set, rule_id, resource, status, status_text }) => [
        set,
        rule_id,
        resource,
        status,
        status_text,
      ]),
  ).toEqual([
    ['m.benchmark.one', 'm.control.a', 'arn:1', 'pass', 'ok'],
    ['m.benchmark.one', 'm.control.a', 'arn:2', 'fail', 'alarm'],
    ['m.benchmark.two', 'm.control.a', 'arn:1', 'not checked', 'skip'],
    ['m.benchmark.two', 'm.control.b', undefined, 'unknown', undefined],
  ]);
  expect(read.rows('config_checks')[0]).toMatchObject({
    ...{ title: 'Title of m.control.a', severity: 'high', system: '123456789012', time: takenAt },
    detail: 'arn:1 is ok.\naccount_id: 123456789012',
  });
  expect(read.rows('scans')).toMatchObject([
    {
      tool: 'powerpipe',
      profile: 'm.benchmark.top',
      completed: true,
      targets: ['123456789012'],
      excluded: ['m.control.a'],
    },
  ]);
  expect(read.rows('scan_targets')).toMatchObject([{ system: '123456789012', state: 'up' }]);
});

it('asks for --taken-at where the results have no time', () => {
  const csv =
    'group_id,title,description,control_id,control_title,control_description,severity,reason,resource,status\n';
  for (const content of [JSON.stringify(benchmark), `${csv}g,,,c,t,,high,r,x,ok\n`])
    expect(collectRows(powerpipe, content).problem).toMatchObject({
      code: 'bad_request',
      remedy: 'Say when the file was made, with --taken-at.',
    });
});

it('gives a control that failed or did not end a row that is no pass', () => {
  const broken = control('c', null, { run_status: 8, run_error: 'no such table' });
  const read = collectRows(
    powerpipe,
    JSON.stringify(root([], [broken, control('d', [result('ok', 'r')], { run_status: 2 })])),
    { takenAt },
  );
  expect(read.rows('config_checks')).toMatchObject([
    { rule_id: 'c', status: 'error', detail: 'no such table' },
    { rule_id: 'd', status: 'pass' },
  ]);
  expect(read.rows('scans')).toMatchObject([{ completed: false }]);
  expect(read.assumptions).toContain('Controls that did not come to their end: 1.');
});

it('reads CSV with any delimiter, dimensions included', () => {
  const lines = [
    'group_id,title,description,control_id,control_title,control_description,severity,reason,resource,status,region,account_id',
    'g,T,D,c,"Title, long",d,High,Because.,arn:1,alarm,eu-west-1,42',
    'g,T,D,c,"Title, long",d,High,Because.,arn:2,info,,',
    'g,T,D,,t,d,high,r,x,ok,,',
    'too,short',
  ];
  const read = collectRows(powerpipe, lines.join('\r\n'), { takenAt });
  expect(read.rows('config_checks')).toMatchObject([
    {
      rule_id: 'c',
      title: 'Title, long',
      status: 'fail',
      severity: 'high',
      system: '42',
      detail: 'Because.\nregion: eu-west-1, account_id: 42',
    },
    { resource: 'arn:2', status: 'informational', detail: 'Because.' },
  ]);
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'Line 4 names no control.',
    'Line 5 has 2 fields, but the header has 12.',
  ]);
  const piped = 'group_id|title|control_id|reason|resource|status\ng|t|c|r|x|ok\n';
  expect(collectRows(powerpipe, piped, { takenAt }).rows('config_checks')).toHaveLength(1);
  expect(powerpipe.recognise(Buffer.from(lines.join('\n'))).confidence).toBeGreaterThan(0.9);
});

const snapshot = {
  ...{ end_time: '2022-12-14T17:41:34.423196+05:30', inputs: {} },
  layout: {
    ...{ name: 'm.benchmark.top', panel_type: 'benchmark' },
    children: [
      { name: 'm.benchmark.one', panel_type: 'benchmark', children: [{ name: 'm.control.a', panel_type: 'control' }] },
    ],
  },
  panels: {
    'm.benchmark.top': { name: 'm.benchmark.top', panel_type: 'benchmark', title: 'Top' },
    'm.control.a': {
      ...{
        name: 'm.control.a',
        panel_type: 'control',
        status: 'complete',
        title: 'Title',
        properties: { severity: 'low' },
      },
      data: {
        columns: [{ name: 'reason', data_type: 'TEXT' }],
        rows: [
          { reason: 'No.', resource: 'r1', status: 'alarm', id: 11, project: 'p' },
          { reason: 'Yes.', resource: 'r2', status: 'ok', id: '1' },
        ],
      },
    },
  },
  ...{ schema_version: '20220929', start_time: '2022-12-14T17:41:34.417065+05:30', variables: {} },
};

it('reads a snapshot, which has its own times', () => {
  const read = collectRows(powerpipe, JSON.stringify(snapshot));
  expect(read.rows('config_checks')).toMatchObject([
    {
      rule_id: 'm.control.a',
      benchmark: 'm.benchmark.one',
      status: 'fail',
      resource: 'r1',
      system: 'p',
      detail: 'No.\nid: 11, project: p',
    },
    { status: 'pass', severity: 'low', time: parseInstant('2022-12-14T12:11:34.417065Z') },
  ]);
  expect(read.rows('scans')).toMatchObject([
    { profile: 'm.benchmark.top', completed: true, finished: parseInstant('2022-12-14T12:11:34.423196Z') },
  ]);
  const dashboard = { ...snapshot, panels: { x: { panel_type: 'text' } } };
  expect(collectRows(powerpipe, JSON.stringify(dashboard)).problem?.message).toMatch(/it is one of a dashboard/);
});

it('recognises its own, also where the first record is longer than the head', () => {
  const sure = (value: unknown): number =>
    powerpipe.recognise(Buffer.from(JSON.stringify(value)).subarray(0, 65_536)).confidence;
  expect([sure(benchmark), sure(snapshot)]).toEqual([0.98, 0.98]);
  const many = Array.from({ length: 2000 }, (_, i) => result('alarm', `arn:${i}`));
  expect(sure(root([group('m.benchmark.top', [], [control('c', many)])]))).toBe(0.9);
  expect(sure({ groups: [{ id: 1 }], controls: [{ id: 'x' }] })).toBe(0);
  expect(sure({ panels: [], layout: {} })).toBe(0);
});

it('keeps its promises to pieces, cuts and strange values', () => {
  for (const value of [benchmark, snapshot]) {
    const bytes = Buffer.from(JSON.stringify(value, null, 1));
    expectSameInPieces(powerpipe, bytes, { context: { takenAt } });
    expectBoundedWhenCut(powerpipe, bytes, { takenAt });
    expectSurvivesStrangeValues(powerpipe, value, { takenAt });
  }
});

it('survives groups nested as deep as the scanner goes', () => {
  const deep = `${'{"group_id":"g","summary":{},"groups":['.repeat(200)}${']}'.repeat(200)}`;
  expect(collectRows(powerpipe, deep, { takenAt }).problem?.message).toMatch(/^None of 1 records/);
});
