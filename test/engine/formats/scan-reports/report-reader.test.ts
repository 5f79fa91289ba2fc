import { expect, it } from 'vitest';
import { grype } from '../../../../engine/formats/grype/grype.ts';
import { trivy } from '../../../../engine/formats/trivy/trivy.ts';
import { collectRows, inPieces } from '../collect-rows.ts';
import { seededRandom } from '../damage.ts';
import { takenAt, withoutRecord } from './hold-up.ts';

const vulnerability = (i: number): string =>
  `{"VulnerabilityID":"CVE-2026-${1000 + i}","PkgName":"p${i}","InstalledVersion":"1","Severity":"HIGH"}`;

function report(findings: readonly string[], name = 'example/web:1'): string {
  const half = Math.ceil(findings.length / 2);
  const result = (target: string, some: readonly string[]): string =>
    `{"Target":"${target}","Class":"os-pkgs","Type":"debian","Vulnerabilities":[${some.join(',\n')}]}`;
  const results = [
    result(`${name} (debian 12.5)`, findings.slice(0, half)),
    result('app/go.mod', findings.slice(half)),
  ];
  return `{"SchemaVersion":2,"CreatedAt":"2026-03-02T04:05:06.789Z","ArtifactName":"${name}","ArtifactType":"container_image","Results":[${results.join(',')}]}`;
}

const many = Array.from({ length: 200 }, (_, i) => vulnerability(i));

it('keeps the rows of whole findings as they are when a tenth of the others is damaged', () => {
  const random = seededRandom(7);
  const damaged = many.map((text) =>
    random() < 0.1 ? text.replace('"PkgName"', '"PkgName').replace('HIGH', '\u0001') : text,
  );
  const wanted = collectRows(trivy, report(many)).rows('vulnerabilities').map(withoutRecord);
  const read = collectRows(trivy, report(damaged));
  const intact = wanted.filter((_, i) => damaged[i] === many[i]);
  expect(intact.length).toBeLessThan(190);
  expect(read.problem).toBeUndefined();
  expect(read.rows('vulnerabilities').map(withoutRecord)).toEqual(intact);
  expect(read.rejects.length).toBeGreaterThanOrEqual(many.length - intact.length);
  // What a damaged finding was is not known, so what is not named may be there.
  expect(read.rows('scans')[0]).toMatchObject({ completed: false });
});

it('reads a report that is cut off, with the time and the name from its beginning', () => {
  const whole = report(many);
  const read = collectRows(trivy, whole.slice(0, whole.length / 2));
  const [scan] = read.rows('scans');
  expect(scan).toMatchObject({ completed: false, started: 1772424306789000n, targets: ['example/web:1'] });
  expect(scan?.['finished']).toBeUndefined();
  expect(read.rows('vulnerabilities').length).toBeGreaterThan(80);
  expect(read.rows('vulnerabilities')[0]).toMatchObject({
    resource: 'example/web:1',
    location: 'example/web:1 (debian 12.5)',
  });
  expect(read.assumptions.join()).toContain('ends before its report does');
});

it('takes one report after the other, and a list of them, each as a scan of its own', () => {
  const reports = ['a', 'b', 'c'].map((name) => report(many.slice(0, 4), name));
  for (const text of [reports.join('\n'), `[${reports.join(',')}]`]) {
    for (const size of [1, 11, 1 << 20]) {
      const read = collectRows(trivy, inPieces(Buffer.from(text), size));
      expect(read.rows('scans').map((row) => [row['scan_id'], row['targets'], row['completed']])).toEqual([
        ['trivy-1', ['a'], true],
        ['trivy-2', ['b'], true],
        ['trivy-3', ['c'], true],
      ]);
      expect(read.rows('vulnerabilities').map(({ resource }) => resource)).toEqual([...'aaaabbbbcccc']);
    }
  }
});

it('goes on with the next report after one that is damaged', () => {
  const broken = report(many.slice(0, 4), 'a').replace('"PkgName":"p1"', '"PkgName":p1');
  const read = collectRows(trivy, [broken, report(many.slice(0, 4), 'b')].map((each) => `${each}\n`).join(''));
  expect(read.rows('vulnerabilities').map(({ resource, package: name }) => `${resource} ${name}`)).toEqual([
    'a p0',
    'a p2',
    'a p3',
    'b p0',
    'b p1',
    'b p2',
    'b p3',
  ]);
  expect(read.rows('scans').map(({ completed }) => completed)).toEqual([false, true]);
});

it('cites each finding by its own bytes, and the scan by what says when it was made', () => {
  const text = report(many.slice(0, 2));
  const { spans, rows } = collectRows(trivy, text);
  const cited = (record: number): string =>
    text.slice(spans[record - 1]!.byte, spans[record - 1]!.byte + spans[record - 1]!.length);
  expect(rows('vulnerabilities').map(({ record }) => cited(record))).toEqual(many.slice(0, 2));
  expect(cited(rows('scans')[0]!.record)).toContain('"CreatedAt":"2026-03-02T04:05:06.789Z"');
  const match = '{"vulnerability":{"id":"CVE-2026-1"},"artifact":{"name":"p"}}';
  const tail =
    '],"source":{"type":"directory","target":"."},"descriptor":{"name":"grype","timestamp":"2026-03-02T04:05:06Z"}}';
  const other = collectRows(grype, `{"matches":[${match}${tail}\n`);
  const of = other.rows('scans')[0]!.record;
  expect(other.spans[of - 1]).toEqual({ byte: 12 + match.length, length: tail.length });
});

it('asks for the time where a report has none', () => {
  const undated = report(many.slice(0, 2)).replace(/"CreatedAt":"[^"]*",/, '');
  const { problem } = collectRows(trivy, undated);
  expect(problem?.code).toBe('bad_request');
  expect(problem?.remedy).toContain('--taken-at');
  const read = collectRows(trivy, undated, { takenAt });
  expect(read.rows('vulnerabilities')[0]?.['time']).toBe(takenAt);
  expect(read.assumptions.join()).toContain('it is dated 2026-01-01T00:00:00Z, as given for the file');
});

it('refuses what holds no report', () => {
  for (const text of ['', 'x', '[]', 'null', '{"a":1}', '[1,2]', `{"Results":"${'x'.repeat(1000)}"}`]) {
    const { problem } = collectRows(trivy, text, { takenAt });
    expect([text.slice(0, 20), problem?.code]).toEqual([text.slice(0, 20), 'damaged_file']);
  }
  expect(collectRows(trivy, Buffer.from(`\ufeff${report(many)}`, 'utf16le')).rows('vulnerabilities')).toHaveLength(200);
});

it('reads a file with a byte order mark, with CRLF, and with keys that are given twice', () => {
  const text = `\ufeff${report(many.slice(0, 3)).replaceAll(',\n', ',\r\n')}\r\n`;
  expect(collectRows(trivy, text).rows('vulnerabilities')).toHaveLength(3);
  const twice = report([vulnerability(1).replace('"PkgName"', '"PkgName":"first","PkgName"')]);
  expect(collectRows(trivy, twice).rows('vulnerabilities')[0]?.['package']).toBe('p1');
});

it('gives up neither memory nor the rest for a finding that is too deep', () => {
  const deep = `{"VulnerabilityID":"CVE-2026-9999","PkgName":${'['.repeat(100_000)}`;
  const read = collectRows(trivy, report([many[0]!, deep, many[1]!]), { takenAt });
  expect(read.problem).toBeUndefined();
  expect(read.rows('vulnerabilities')[0]).toMatchObject({ vulnerability_id: 'CVE-2026-1000' });
  expect(read.rejects[0]?.reason ?? '').not.toBe('');
});

it('keeps the folders of one system apart from those of another', () => {
  const of = (name: string, system: string | undefined): unknown => {
    const text = report(many.slice(0, 2), name).replace('container_image', 'filesystem');
    const read = collectRows(trivy, text, { system });
    const target = read.rows('scan_targets').at(-1);
    expect(read.rows('vulnerabilities')[0]?.['resource']).toBe(target?.['resource']);
    return [target?.['system'], target?.['resource'], read.assumptions.join().includes('--system')];
  };
  expect(of('/', 'web-1')).toEqual(['web-1', undefined, false]);
  expect(of('/srv', 'web-1')).toEqual(['web-1', 'web-1:/srv', false]);
  expect(of('.', undefined)).toEqual([undefined, '.', true]);
});
