import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildAttachments } from '../../../engine/binder/attachments.ts';
import { sampleBinder } from './sample-content.ts';

const schemaFile = new URL('../../fixtures/oscal/oscal_assessment-results_schema.json', import.meta.url);
const noValidator =
  spawnSync('python3', ['-c', 'import jsonschema']).status === 0 ? undefined : 'python3 has no module jsonschema';

/** What NIST's schema has against a document; nothing where it is valid. */
function validate(document: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwork-oscal-'));
  try {
    // Python's expressions know no \p{...}; our identifiers are ASCII.
    const schema = readFileSync(schemaFile, 'utf8').replaceAll('\\\\p{L}', '[A-Za-z]').replaceAll('\\\\p{N}', '[0-9]');
    writeFileSync(join(folder, 'schema.json'), schema);
    writeFileSync(join(folder, 'document.json'), JSON.stringify(document));
    const script =
      'import json, jsonschema\n' +
      'v = jsonschema.Draft7Validator(json.load(open("schema.json")))\n' +
      'print("".join(f"{list(e.absolute_path)}: {e.message[:300]}\\n" for e in v.iter_errors(json.load(open("document.json")))), end="")';
    const { stdout, stderr, status } = spawnSync('python3', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(stderr, 'python3').toBe('');
    expect(status).toBe(0);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function sampleDocument(): Promise<{ 'assessment-results': Record<string, unknown> }> {
  const { content, results } = sampleBinder();
  const file = (await buildAttachments(content, results)).find(({ name }) => name.startsWith('oscal-'))!;
  return JSON.parse(Buffer.from(file.bytes).toString('utf8')) as { 'assessment-results': Record<string, unknown> };
}

describe('OSCAL assessment results', () => {
  const because = noValidator ? ` (skipped: ${noValidator})` : '';

  it.skipIf(noValidator !== undefined)(`are valid by NIST's schema${because}`, async () => {
    expect(validate(await sampleDocument())).toBe('');
  });

  it.skipIf(noValidator !== undefined)(`are looked at by a validator that finds what is wrong${because}`, async () => {
    const document = await sampleDocument();
    delete document['assessment-results']['import-ap'];
    expect(validate(document)).toContain("'import-ap' is a required property");
  });

  it.skipIf(noValidator !== undefined)(`are valid without a control${because}`, async () => {
    const { content } = sampleBinder();
    const file = (await buildAttachments({ ...content, controls: [], criteria: [] }, [])).at(-1)!;
    expect(validate(JSON.parse(Buffer.from(file.bytes).toString('utf8')))).toBe('');
  });

  it('begin and end with the window, in its zone', async () => {
    const [result] = (await sampleDocument())['assessment-results']['results'] as [{ start: string; end: string }];
    expect(result).toMatchObject({ start: '2025-12-31T23:00:00Z', end: '2026-06-30T22:00:00Z' });
  });

  it('state what was observed and judge nothing', async () => {
    const text = JSON.stringify(await sampleDocument());
    expect(text).toContain('"days-no-evidence"');
    expect(text).not.toMatch(/"findings"|satisfied/);
  });
});
