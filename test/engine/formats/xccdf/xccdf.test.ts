import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { xccdf } from '../../../../engine/formats/xccdf/xccdf.ts';
import { parseInstant } from '../../../../shared/time.ts';
import { collectRows, type Collected } from '../collect-rows.ts';
import { expectBoundedWhenCut, expectSameInPieces } from '../check-results/promises.ts';

const folder = join(import.meta.dirname, '../../../fixtures/openscap');

function fixture(name: string): Buffer {
  const bytes = readFileSync(join(folder, name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

const NS = 'xmlns="http://checklists.nist.gov/xccdf/1.2"';
const TIMES = 'start-time="2026-03-01T10:00:00Z" end-time="2026-03-01T10:05:00.25+01:00"';

function resultsOf(inside: string, attributes = TIMES): string {
  return `<TestResult ${NS} id="r" version="1" test-system="cpe:/a:acme:scan:3.1" ${attributes}><benchmark id="b"/>${inside}</TestResult>`;
}

const rule = (id: string, word: string, more = ''): string =>
  `<rule-result idref="${id}"${more}><result>${word}</result></rule-result>`;

interface Printed {
  readonly title: string;
  readonly rule: string;
  readonly result: string;
}

/** What oscap printed of the same run. */
function printed(): readonly Printed[] {
  const text = fixture('gen-oscap-stdout.txt').toString().replaceAll('\r', '');
  return [...text.matchAll(/^Title\t(.*)\nRule\t(.*)\nResult\t(.*)$/gm)].map(([, title, name, result]) => ({
    title: title!,
    rule: name!,
    result: result!,
  }));
}

function looked(read: Collected): readonly Printed[] {
  return read
    .rows('config_checks')
    .filter(({ status_text }) => status_text !== 'notselected')
    .map(({ title, rule_id, status_text }) => ({
      title: title as string,
      rule: rule_id as string,
      result: status_text as string,
    }));
}

it.each(['gen-xccdf-results.xml.gz', 'gen-arf.xml.gz'])('reads %s as oscap printed it', (name) => {
  const read = collectRows(xccdf, fixture(name));
  expect(read.problem).toBeUndefined();
  expect(looked(read)).toEqual(printed());
  expect(looked(read)).toHaveLength(44);
  const [scan] = read.rows('scans');
  expect(scan).toMatchObject({
    tool: 'openscap',
    version: '1.3.7',
    started: parseInstant('2026-11-21T06:35:09Z'),
    finished: parseInstant('2026-11-21T06:35:11Z'),
    completed: true,
    profile: 'xccdf_org.ssgproject.content_profile_standard',
    score: 75,
    score_most: 100,
  });
  expect(read.rows('scan_targets')).toMatchObject([{ system: 'vm', address: '192.0.2.2', state: 'up' }]);
  const unselected = read.rows('config_checks').filter(({ status_text }) => status_text === 'notselected');
  expect(scan?.['excluded']).toEqual([...new Set(unselected.map(({ rule_id }) => rule_id))]);
  expect(read.records).toBe(1 + read.rows('config_checks').length);
});

it('gives the same rows from results alone and from ARF', () => {
  const [alone, arf] = ['gen-xccdf-results.xml.gz', 'gen-arf.xml.gz'].map((name) => collectRows(xccdf, fixture(name)));
  expect(arf!.rows('config_checks')).toEqual(alone!.rows('config_checks'));
  expect(arf!.rows('scans')).toEqual(alone!.rows('scans'));
});

it('makes every result citable by its own bytes', () => {
  const bytes = fixture('gen-xccdf-results.xml.gz');
  const read = collectRows(xccdf, bytes);
  for (const { record, rule_id } of read.rows('config_checks')) {
    const { byte, length } = read.spans[record - 1]!;
    const text = bytes.subarray(byte, byte + length).toString();
    expect(text).toMatch(/^<rule-result .*<\/rule-result>$/s);
    expect(text).toContain(`idref="${String(rule_id)}"`);
  }
});

it('reads XCCDF 1.1 with prefixes: titles, instances, overrides, several scores', () => {
  const read = collectRows(xccdf, fixture('dd-ios-sample-v1.1.3.xccdf.xml'));
  expect(read.rows('scans')).toMatchObject([
    { tool: 'xccdf', score: 67.5, score_most: 100, excluded: ['ios12-no-finger-service'], profile: 'ios-test-1' },
  ]);
  expect(read.rows('config_checks')).toMatchObject([
    { rule_id: 'ios12-no-finger-service', status: 'fail', title: 'IOS 12 - no IP finger service' },
    { rule_id: 'req-exec-timeout', status: 'pass', resource: 'console' },
    { rule_id: 'ios12-no-finger-service', status: 'not checked', status_text: 'notselected' },
  ]);
  expect(read.rows('config_checks')[1]?.['detail']).toContain('old-result: fail\nnew-result: pass');
  expect(read.rows('config_checks')[1]?.['time']).toBe(parseInstant('2004-09-25T13:45:06-04:00'));
  const [fields] = read.rows('event_fields');
  expect(JSON.parse(fields!['fields'] as string)).toMatchObject({ 'set-value exec-timeout-time': '10' });
});

it('maps every word for a result, and keeps it', () => {
  const words = ['pass', 'fail', 'error', 'unknown', 'notapplicable', 'notchecked', 'notselected', 'informational'];
  const all = [...words, 'fixed', 'maybe'];
  const read = collectRows(xccdf, resultsOf(all.map((word, i) => rule(`r${i}`, word)).join('')));
  expect(read.rows('config_checks').map(({ status }) => status)).toEqual([
    ...['pass', 'fail', 'error', 'unknown', 'not applicable', 'not checked', 'not checked', 'informational'],
    ...['fixed', 'unknown'],
  ]);
  expect(read.rows('config_checks').map(({ status_text }) => status_text)).toEqual(all);
  expect(read.assumptions).toContain('A word for a result that XCCDF does not have counts as unknown.');
});

it('dates results by themselves, else by the end of the test', () => {
  const read = collectRows(
    xccdf,
    resultsOf(rule('a', 'pass') + rule('b', 'pass', ' time="2026-03-01T10:01:02.123456Z"')),
  );
  expect(read.rows('config_checks').map(({ time }) => time)).toEqual([
    parseInstant('2026-03-01T09:05:00.25Z'),
    parseInstant('2026-03-01T10:01:02.123456Z'),
  ]);
});

it('asks for --taken-at where a test has no time, and refuses a time that is none', () => {
  const content = resultsOf(rule('a', 'pass'), '');
  expect(collectRows(xccdf, content).problem).toMatchObject({
    code: 'bad_request',
    remedy: 'Say when the file was made, with --taken-at.',
  });
  const given = collectRows(xccdf, content, { takenAt: 5_000_000n });
  expect(given.rows('config_checks')[0]?.['time']).toBe(5_000_000n);
  expect(given.rows('scans')).toMatchObject([{ completed: false }]);
  expect(collectRows(xccdf, resultsOf('', 'end-time="yesterday"')).problem?.message).toBe(
    'The end-time of the test result, "yesterday", is no time.',
  );
});

it('takes times without an offset in the zone of the engagement, and says so', () => {
  const read = collectRows(xccdf, fixture('dd-one_vuln_rhsa.xml'), { zone: 'America/New_York' });
  expect(read.rows('scans')[0]?.['started']).toBe(parseInstant('2019-03-04T07:43:35-05:00'));
  expect(read.assumptions).toEqual(['Times without an offset are taken in America/New_York.']);
  expect(read.rows('config_checks').filter(({ status }) => status === 'fail')).toMatchObject([
    { detail: 'CVE-2005-1038', title: expect.stringContaining('RHSA-') as string },
  ]);
});

it('rejects results without a rule, a word or a readable time, and reads the rest', () => {
  const bad = ['<rule-result><result>pass</result></rule-result>', '<rule-result idref="x"/>'];
  const read = collectRows(xccdf, resultsOf([...bad, rule('y', 'pass', ' time="soon"'), rule('z', 'pass')].join('')));
  expect(read.rejects.map(({ reason }) => reason)).toEqual([
    'The rule result names no rule.',
    'The result of rule x is missing.',
    'The time of the rule result, "soon", is no time.',
  ]);
  expect(read.rejects[1]?.raw).toBe('<rule-result idref="x"/>');
  expect(read.rows('config_checks').map(({ rule_id }) => rule_id)).toEqual(['z']);
});

it('reads several tests of one benchmark, and several reports of one ARF', () => {
  const test = (host: string): string =>
    `<TestResult id="${host}" ${TIMES}><target>${host}</target>${rule('a', 'pass')}</TestResult>`;
  const benchmark = `<Benchmark ${NS} id="b"><Rule id="a"><title xml:lang="de">Titel</title><title xml:lang="en">Title <sub idref="v"/></title></Rule>${test('one')}${test('two')}</Benchmark>`;
  const arf = `<a:asset-report-collection xmlns:a="http://scap.nist.gov/schema/asset-reporting-format/1.1"><a:reports>${[
    1, 2,
  ]
    .map(
      (n) =>
        `<a:report id="x${n}"><a:content>${resultsOf(`<target>h${n}</target>${rule('a', 'fail')}`)}</a:content></a:report>`,
    )
    .join('')}</a:reports></a:asset-report-collection>`;
  const read = collectRows(xccdf, benchmark);
  expect(read.rows('scans').map(({ targets }) => targets)).toEqual([['one'], ['two']]);
  expect(read.rows('config_checks').map(({ system, title, benchmark: set }) => [system, title, set])).toEqual([
    ['one', 'Title v', 'b'],
    ['two', 'Title v', 'b'],
  ]);
  expect(
    collectRows(xccdf, arf)
      .rows('scan_targets')
      .map(({ system }) => system),
  ).toEqual(['h1', 'h2']);
});

it('gives a scan and its target where no rule has a result', () => {
  const read = collectRows(xccdf, resultsOf('<target>h</target>'));
  expect([read.rows('scans').length, read.rows('scan_targets').length, read.records]).toEqual([1, 1, 1]);
});

it('takes an image for a resource, not for a host', () => {
  const read = collectRows(xccdf, resultsOf(`<target>docker-image://ubi8 [1234]</target>${rule('a', 'pass')}`));
  expect(read.rows('scan_targets')).toMatchObject([{ resource: 'docker-image://ubi8 [1234]' }]);
  expect(read.rows('config_checks')[0]).toMatchObject({ resource: 'docker-image://ubi8 [1234]' });
  expect(read.rows('config_checks')[0]).not.toHaveProperty('system');
});

it('refuses content without results, other documents, and entities', () => {
  const message = (content: string): string | undefined => collectRows(xccdf, content).problem?.message;
  expect(message(`<Benchmark ${NS} id="b"><Rule id="a"/></Benchmark>`)).toBe(
    'The file is content, not results: its <Benchmark> holds no TestResult.',
  );
  expect(message('<nmaprun/>')).toBe('The root element <nmaprun> is not one of XCCDF or ARF results.');
  expect(message('')).toMatch(/cut off/);
  const bomb = `<!DOCTYPE x [<!ENTITY a "b">]>${resultsOf('&a;')}`;
  expect(message(bomb)).toMatch(/internal subset/);
  expect(message(resultsOf('<a>'.repeat(1_000_000)))).toMatch(/nested deeper/);
});

it('rejects what follows the last whole result of a file that is cut off or damaged', () => {
  const bytes = Buffer.from(resultsOf(rule('a', 'pass') + rule('b', 'pass')));
  const cut = collectRows(xccdf, bytes.subarray(0, bytes.lastIndexOf('</rule-result>')));
  expect(cut.rows('config_checks')).toHaveLength(1);
  expect(cut.rejects).toMatchObject([{ reason: 'The document is cut off inside <rule-result>.' }]);
  expect(cut.rows('scans')).toMatchObject([{ completed: false }]);
  expect(cut.rows('scans')[0]).not.toHaveProperty('finished');
  const damaged = collectRows(xccdf, bytes.toString().replace('</rule-result></TestResult>', '</wrong>'));
  expect(damaged.rejects[0]?.reason).toMatch(/^From byte \d+ on the file is no XML:/);
});

it('reads pieces of any size alike, and is bounded wherever it is cut', () => {
  for (const name of ['dd-ios-sample-v1.1.3.xccdf.xml', 'dd-one_vuln_rhsa.xml']) {
    expectSameInPieces(xccdf, fixture(name));
    expectBoundedWhenCut(xccdf, fixture(name));
  }
  expectSameInPieces(xccdf, fixture('gen-xccdf-results.xml.gz'), { sizes: [4096] });
});

it('keeps to its limits: long texts, ids of prototypes, bytes that are no text', () => {
  const long = resultsOf(
    `<target>__proto__</target><target-facts><fact name="__proto__">x</fact></target-facts>` +
      `<rule-result idref="__proto__" version="V-1"><message severity="info">${'m'.repeat(300_000)}</message><result>pass</result></rule-result>`,
  );
  const read = collectRows(xccdf, long);
  expect(read.rows('config_checks')).toMatchObject([{ status: 'pass', rule_id: '__proto__' }]);
  expect(read.rows('config_checks')[0]!['detail']).toMatch(/^V-1\ninfo: m{60000,65536}$/);
  expect(read.assumptions).toContain('What a rule result says was longer than is read; its end is left out.');
  expect(read.rows('event_fields')[0]?.['fields']).toBe('{"__proto__":"x"}');
  const bytes = Buffer.from(resultsOf(rule('ab', 'pass')));
  bytes[bytes.indexOf('ab"')] = 0xff;
  expect(collectRows(xccdf, bytes).assumptions).toContain('Bytes that are no text are shown as U+FFFD.');
});

it('recognises its own root elements only', () => {
  const sure = (content: string): number => xccdf.recognise(Buffer.from(content)).confidence;
  expect(sure(resultsOf(''))).toBe(0.98);
  expect(sure(`<Benchmark ${NS}>`)).toBe(0.98);
  expect(sure('<Benchmark xmlns="urn:x"/>')).toBe(0);
  expect(sure('<TestResult/>')).toBe(0);
  expect(sure('<TestResult><rule-result/></TestResult>')).toBe(0.8);
  expect(sure('<nmaprun/>')).toBe(0);
  expect(sure('plain text')).toBe(0);
});
