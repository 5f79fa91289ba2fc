import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hdf } from '../../../../engine/formats/hdf/hdf.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { expectBoundedWhenCut, expectSameInPieces, expectSurvivesStrangeValues } from '../check-results/promises.ts';
import { collectRows } from '../collect-rows.ts';

const converted = readFileSync(join(import.meta.dirname, '../../../fixtures/hdf/dd-nessus-converted.hdf.json'));

const START = '2026-03-01T11:00:00+01:00';
const result = (status: string, more = {}): object => ({
  ...{ status, code_desc: `File x is ${status}`, run_time: 0.1, start_time: START },
  ...more,
});
const control = (id: string, results: readonly object[] | undefined, more = {}): object => ({
  ...{
    id,
    title: `Title of ${id}`,
    desc: '',
    impact: 0.7,
    refs: [],
    tags: {},
    code: 'control',
    source_location: {},
    results,
  },
  ...more,
});
const profile = (name: string, controls: readonly object[], more = {}): object => ({
  ...{ name, version: '1.0.0', sha256: 'ab', supports: [], attributes: [], groups: [], controls, status: 'loaded' },
  ...more,
});
const documentOf = (profiles: readonly object[], more = {}): object => ({
  ...{
    platform: { name: 'redhat', release: '8.5', target_id: 'web-1' },
    version: '5.22.3',
    statistics: { duration: 1 },
  },
  profiles,
  ...more,
});

it('gives a row for each result, under the profile and the host', () => {
  const read = collectRows(
    hdf,
    JSON.stringify(
      documentOf([
        profile('linux', [control('a', [result('passed'), result('failed', { message: 'expected 0644' })])]),
      ]),
    ),
  );
  const [scan] = read.rows('scans');
  expect(read.rows('config_checks')[1]).toEqual({
    ...{
      record: 1,
      scan_id: scan?.['scan_id'],
      time: parseInstant(START),
      system: 'web-1',
      benchmark: 'linux',
      rule_id: 'a',
    },
    ...{
      title: 'Title of a',
      status: 'fail',
      status_text: 'failed',
      severity: 'high',
      detail: 'File x is failed\nexpected 0644',
    },
  });
  expect(scan).toMatchObject({
    ...{
      tool: 'hdf',
      version: 'redhat 5.22.3',
      profile: 'linux',
      scope: 'linux 1.0.0',
      completed: true,
      targets: ['web-1'],
    },
    ...{ started: parseInstant(START), finished: parseInstant(START) },
  });
  expect(read.rows('scan_targets')).toMatchObject([{ system: 'web-1', state: 'up' }]);
});

it('maps every word, waivers and controls without a result', () => {
  const waived = { waiver_data: { justification: 'Accepted', run: false, skipped_due_to_waiver: true } };
  const controls = [
    control('p', [result('passed')]),
    control('e', [result('error', { exception: 'NoMethodError' })]),
    control('s', [result('skipped', { skip_message: 'No such service' })]),
    control('n', [result('skipped')], { impact: 0 }),
    control('i', [result('failed')], { impact: 0 }),
    control('w', [result('skipped')], waived),
    control('x', []),
    control('y', [result('strange')]),
  ];
  const read = collectRows(hdf, JSON.stringify(documentOf([profile('l', controls)])));
  expect(read.rows('config_checks').map(({ rule_id, status }) => `${String(rule_id)} ${String(status)}`)).toEqual([
    ...[
      'p pass',
      'e error',
      's not checked',
      'n not applicable',
      'i fail',
      'w not checked',
      'x not checked',
      'y unknown',
    ],
  ]);
  expect(read.rows('config_checks')[5]?.['detail']).toContain('waived: Accepted');
  expect(read.rows('scans')[0]?.['excluded']).toEqual(['w']);
});

it('looks for the results of an overlay in the profile that it takes its controls from', () => {
  const overlay = profile('overlay', [control('a', undefined), control('only', [])], { depends: [{ name: 'base' }] });
  const read = collectRows(
    hdf,
    JSON.stringify(
      documentOf([overlay, profile('base', [control('a', [result('passed')])], { parent_profile: 'overlay' })]),
    ),
  );
  expect(read.rows('config_checks').map(({ benchmark, rule_id, status }) => [benchmark, rule_id, status])).toEqual([
    ['overlay', 'only', 'not checked'],
    ['base', 'a', 'pass'],
  ]);
  expect(read.rows('scans')).toHaveLength(2);
  expect(read.assumptions).toEqual([
    'Controls of overlay whose results stand in the profiles that it takes them from: 1.',
  ]);
});

it('dates results without a time by the others of their profile, and asks for --taken-at where there is none', () => {
  const some = documentOf([
    profile('l', [control('a', [result('passed', { start_time: '' })]), control('b', [result('failed')])]),
  ]);
  const read = collectRows(hdf, JSON.stringify(some));
  expect(read.rows('config_checks').map(({ time }) => time)).toEqual([parseInstant(START), parseInstant(START)]);
  expect(read.assumptions).toEqual([
    'Results of l without a time of their own are dated as its first result that has one: 1.',
  ]);
  const none = JSON.stringify(
    documentOf([profile('l', [control('a', [result('passed', { start_time: undefined })])])]),
  );
  expect(collectRows(hdf, none).problem).toMatchObject({
    code: 'bad_request',
    remedy: 'Say when the file was made, with --taken-at.',
  });
  const given = collectRows(hdf, none, { takenAt: 9_000_000n });
  expect(given.rows('config_checks')[0]?.['time']).toBe(9_000_000n);
  expect(given.assumptions).toEqual([
    'Results have no time of their own; they are dated 1970-01-01T00:00:09Z, as given for the file.',
  ]);
});

it('says of a profile that it was skipped or failed', () => {
  const skipped = profile('win', [], { status: 'skipped', status_message: 'Not for this platform' });
  const read = collectRows(
    hdf,
    JSON.stringify(documentOf([skipped, profile('l', [control('a', [result('passed')])])])),
  );
  expect(read.rows('scans').map(({ completed }) => completed)).toEqual([false, true]);
  expect(read.rows('scan_targets')[0]).toMatchObject({ state: 'unknown', reason: 'skipped: Not for this platform' });
});

it('reads what the converters of MITRE make of a Nessus report', () => {
  const read = collectRows(hdf, converted);
  const document = JSON.parse(converted.toString()) as {
    profiles: { controls: { id: string; title: string; results: { status: string }[] }[] }[];
  };
  const expected = document.profiles.flatMap(({ controls }) =>
    controls.flatMap(({ id, title, results }) => results.map(({ status }) => [id, title, status])),
  );
  expect(expected).toHaveLength(7);
  expect(read.rows('config_checks').map(({ rule_id, title, status_text }) => [rule_id, title, status_text])).toEqual(
    expected,
  );
  expect(read.rows('config_checks')[0]).toMatchObject({
    ...{
      system: 'preprod.boardvantage.net',
      time: parseInstant('2013-06-25T10:32:42Z'),
      severity: 'none',
      status: 'fail',
    },
  });
  expect(read.assumptions).toEqual(['Times without an offset are taken in UTC.']);
  expect(hdf.recognise(converted.subarray(0, 65_536)).confidence).toBe(0.98);
});

it('rejects profiles that cannot be read, and refuses other JSON', () => {
  const bad = [{ name: 'n' }, profile('t', [control('a', [result('passed', { start_time: 'soon' })])])];
  const read = collectRows(hdf, JSON.stringify(documentOf([...bad, profile('l', [control('a', [result('passed')])])])));
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The record is no profile: it has no name, or no controls with id and impact.',
    'Control 1 of 1 in profile "t": the start_time "soon" cannot be read.',
  ]);
  expect(collectRows(hdf, '{"a":1}').problem?.message).toMatch(/^None of 1 records is a profile of results/);
  expect(hdf.recognise(Buffer.from('{"profiles":[{"name":"x","controls":["a"]}]}')).confidence).toBe(0);
});

it('keeps its promises to pieces, cuts and strange values', () => {
  const value = documentOf([profile('l', [control('a', [result('passed'), result('failed')])])]);
  for (const bytes of [converted, Buffer.from(JSON.stringify(value))]) {
    expectSameInPieces(hdf, bytes);
    expectBoundedWhenCut(hdf, bytes);
  }
  expectSurvivesStrangeValues(hdf, value);
});
