import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { xccdf } from '../../../../engine/formats/xccdf/xccdf.ts';
import { collectRows } from '../collect-rows.ts';

const tool = '/usr/bin/oscap';

/** A benchmark with two rules about one line of a file, one that nobody can automate, and one that is not selected. */
const benchmark = `<?xml version="1.0" encoding="UTF-8"?>
<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_test.fieldwork_benchmark_b" resolved="1">
  <status>draft</status><title>Two lines</title><version>7</version>
  ${['there', 'missing', 'byhand', 'left']
    .map(
      (name) => `<Rule id="xccdf_test.fieldwork_rule_${name}" selected="${name !== 'left'}" severity="high">
    <title>The line is ${name} &amp; well</title>${
      name === 'byhand'
        ? ''
        : `<check system="http://oval.mitre.org/XMLSchema/oval-definitions-5"><check-content-ref href="oval.xml" name="oval:test.fieldwork:def:${name === 'missing' ? 2 : 1}"/></check>`
    }</Rule>`,
    )
    .join('\n')}
</Benchmark>`;

function oval(file: string): string {
  const each = (make: (n: number) => string): string => [1, 2].map(make).join('\n');
  const schema = 'http://oval.mitre.org/XMLSchema/oval';
  const ind = `xmlns="${schema}-definitions-5#independent"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<oval_definitions xmlns="${schema}-definitions-5" xmlns:oval="${schema}-common-5">
  <generator><oval:schema_version>5.11</oval:schema_version><oval:timestamp>2026-01-01T00:00:00</oval:timestamp></generator>
  <definitions>${each((n) => `<definition class="compliance" id="oval:test.fieldwork:def:${n}" version="1"><metadata><title>t</title><description>d</description></metadata><criteria><criterion test_ref="oval:test.fieldwork:tst:${n}"/></criteria></definition>`)}</definitions>
  <tests>${each((n) => `<textfilecontent54_test ${ind} check="all" check_existence="at_least_one_exists" comment="c" id="oval:test.fieldwork:tst:${n}" version="1"><object object_ref="oval:test.fieldwork:obj:${n}"/></textfilecontent54_test>`)}</tests>
  <objects>${each((n) => `<textfilecontent54_object ${ind} id="oval:test.fieldwork:obj:${n}" version="1"><filepath>${file}</filepath><pattern operation="pattern match">^line-${n}$</pattern><instance datatype="int">1</instance></textfilecontent54_object>`)}</objects>
</oval_definitions>`;
}

it('reads what oscap finds in a file that the test wrote, alone and in ARF', async ({ skip }) => {
  if (!existsSync(tool)) skip(`${tool} is not installed (openscap-scanner), so no real scan can be read`);
  const folder = mkdtempSync(join(tmpdir(), 'oscap-'));
  try {
    const watched = join(folder, 'watched.conf');
    writeFileSync(watched, 'line-1\n');
    writeFileSync(join(folder, 'b.xml'), benchmark);
    writeFileSync(join(folder, 'oval.xml'), oval(watched));
    const before = Date.now();
    const args = ['xccdf', 'eval', '--results', 'results.xml', '--results-arf', 'arf.xml', 'b.xml'];
    // It ends with 2 where a rule fails.
    const printed = await promisify(execFile)(tool, args, { cwd: folder, timeout: 60_000 }).catch(
      (error: { code?: number; stdout: string }) => {
        if (error.code !== 2) throw error;
        return error;
      },
    );
    for (const name of ['results.xml', 'arf.xml']) {
      const bytes = readFileSync(join(folder, name));
      expect(xccdf.recognise(bytes.subarray(0, 65_536)).confidence).toBeGreaterThan(0.9);
      const read = collectRows(xccdf, bytes);
      expect(
        Object.fromEntries(
          read.rows('config_checks').map(({ rule_id, status }) => [String(rule_id).split('_').at(-1), status]),
        ),
      ).toEqual({ there: 'pass', missing: 'fail', byhand: 'not checked', left: 'not checked' });
      expect(read.rows('config_checks')[0]).toMatchObject({ title: 'The line is there & well', severity: 'high' });
      const [scan] = read.rows('scans');
      expect(scan).toMatchObject({ tool: 'openscap', completed: true, excluded: ['xccdf_test.fieldwork_rule_left'] });
      // Whole seconds.
      expect(Number(scan?.['started']) / 1000).toBeGreaterThanOrEqual(before - 1000);
      expect(Number(scan?.['finished']) / 1000).toBeLessThanOrEqual(Date.now());
      for (const { rule_id, status_text } of read.rows('config_checks'))
        if (status_text !== 'notselected')
          expect(printed.stdout.replace(/\r/g, '')).toContain(
            `Rule\t${String(rule_id)}\nResult\t${String(status_text)}`,
          );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
