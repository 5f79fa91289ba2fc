import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAttachments } from '../../../engine/binder/attachments.ts';
import { renderBinder } from '../../../engine/binder/render-binder.ts';
import { sha256 } from '../../../engine/core/hash.ts';
import type { Manifest } from '../../../engine/verify/manifest-format.ts';
import { countPages, readBinderContents } from '../../../engine/verify/verify-binder.ts';
import { missingTool, renderSample } from './sealed-sample.ts';
import { sampleBinder } from './sample-content.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldwork-binder-'));
const file = join(folder, 'binder.pdf');
let pdf: Uint8Array;

beforeAll(async () => {
  pdf = await renderSample();
  writeFileSync(file, pdf);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, ...given: readonly string[]): string {
  return execFileSync(program, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs where the program is installed; otherwise skips and says why. */
function withTool(name: string, versionArgument: string, title: string, test: () => void): void {
  const missing = missingTool(name, versionArgument);
  it.skipIf(missing !== undefined)(missing ? `${title} (skipped: ${missing})` : title, test);
}

describe('the bytes', () => {
  it('are the same on every run and in every time zone', async () => {
    const zone = process.env['TZ'];
    try {
      for (const other of ['UTC', 'Asia/Kolkata', 'America/St_Johns']) {
        process.env['TZ'] = other;
        expect(sha256(await renderSample()), other).toBe(sha256(pdf));
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('differ when the content differs', async () => {
    const { content, results } = sampleBinder();
    const other = await renderBinder(
      { ...content, madeAt: '2026-07-14T09:30:01Z' },
      await buildAttachments(content, results),
    );
    expect(sha256(other)).not.toBe(sha256(pdf));
  });

  withTool('qpdf', '--version', 'are a sound PDF to qpdf', () => {
    expect(run('qpdf', '--check', file)).toContain('No syntax or stream encoding errors found');
  });

  it('are not made when the job was cancelled', async () => {
    const { content } = sampleBinder();
    const job = { signal: AbortSignal.abort(), progress: () => undefined };
    await expect(renderBinder(content, await buildAttachments(content, []), job)).rejects.toMatchObject({
      problem: { code: 'cancelled' },
    });
  });
});

describe('PDF/A-3b', () => {
  const text = (): string => Buffer.from(pdf).toString('latin1');

  it('has header, identifier, output intent, and no encryption or script', () => {
    expect(text().slice(0, 9)).toBe('%PDF-1.7\n');
    expect(text()).toMatch(/\/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]/);
    expect(text()).toContain('/S /GTS_PDFA1');
    expect(text()).not.toMatch(/\/Encrypt|\/JS |\/Launch|\/OpenAction|\/URI /);
  });

  it('has metadata that is XML, with the title as it is written, ampersand and all', () => {
    const xmp = /<x:xmpmeta[^]*?<\/x:xmpmeta>/.exec(text())![0];
    expect(xmp).toContain('<pdfaid:part>3</pdfaid:part>');
    expect(xmp).toContain('<pdfaid:conformance>B</pdfaid:conformance>');
    expect(xmp).toContain('Northwind Clearing GmbH &amp; Co. KG');
    expect(xmp.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
  });

  withTool('pdfinfo', '-v', 'has the same title in its information dictionary', () => {
    expect(run('pdfinfo', file)).toContain('Evidence binder NORTHWIND-2026-01: Northwind Clearing GmbH & Co. KG');
  });

  withTool('pdffonts', '-v', 'embeds every font', () => {
    const fonts = run('pdffonts', file).trim().split('\n').slice(2);
    expect(fonts.length).toBeGreaterThan(1);
    for (const font of fonts) expect(font).toMatch(/ yes yes yes /);
  });

  it('gives every attachment a type, dates, a size, and a relationship', () => {
    const embedded = text().match(/\/Type \/EmbeddedFile[^]*?\nstream/g)!;
    const listed = text().match(/\/Type \/Filespec[^]*?\nendobj/g)!;
    expect(embedded).toHaveLength(15);
    expect(listed).toHaveLength(15);
    for (const each of embedded)
      for (const key of ['Subtype', 'CreationDate', 'ModDate', 'Size']) expect(each).toContain(`/${key} `);
    for (const each of listed)
      for (const key of ['AFRelationship', 'F', 'UF', 'Desc', 'EF']) expect(each).toContain(`/${key} `);
  });
});

describe('what is printed', () => {
  const words = (): string => run('pdftotext', '-layout', file, '-');

  withTool('pdftotext', '-v', 'says what was found, in neutral words', () => {
    expect(words()).toContain('Every open port is in the authorised inventory');
    expect(words()).toContain('It gives no opinion');
    expect(words()).not.toMatch(/\bpass(ed|es)?\b|\bcompliant\b|criterion met/i);
  });

  withTool('pdftotext', '-v', 'numbers its pages, x of y', () => {
    const pages = countPages(pdf)!;
    for (const page of [2, 7, pages]) expect(words()).toContain(`Page ${page} of ${pages}`);
  });

  withTool('pdftotext', '-v', 'writes hidden and foreign characters out', () => {
    expect(words()).toContain('scans/[U+65E5][U+672C]-<script>');
    expect(words()).toContain('[U+202E]');
  });

  withTool('pdftotext', '-v', 'names each control whose results are older than the last evidence', async () => {
    const { content } = sampleBinder();
    const outdated = [{ control: content.controls[1]!.id, runId: 'R17' }];
    const partly = { ...content, completeness: { ...content.completeness, outdated } };
    const path = join(folder, 'partly.pdf');
    writeFileSync(path, await renderBinder(partly, await buildAttachments(partly, [])));
    const printed = run('pdftotext', '-layout', path, '-');
    expect(printed).toContain(
      'Evidence was added, or decisions on gaps were made or ended, after 1 of 5 controls ran.',
    );
    expect(printed).toMatch(new RegExp(`${content.controls[1]!.id} +R17`));
    const claim = 'All evidence was imported, and all decisions were made, before the controls ran';
    expect(printed).not.toContain(claim);
    expect(words()).toContain(claim);
  });

  withTool(
    'pdftotext',
    '-v',
    'prints the first 200 of many items, and names the file with the rest and its hash',
    async () => {
      const { content, results } = sampleBinder();
      const [first] = content.controls;
      const items = Array.from({ length: 950 }, (_, place) => ({ ...first!.items[0]!, resource: `item-${place + 1}` }));
      const many = { ...content, controls: [{ ...first!, items, itemCount: items.length }] };
      const attachments = await buildAttachments(many, results.slice(0, 1));
      const path = join(folder, 'many.pdf');
      writeFileSync(path, await renderBinder(many, attachments));
      const printed = run('pdftotext', '-layout', path, '-');
      expect(printed).toContain('item-200');
      expect(printed).not.toContain('item-201');
      expect(printed).toContain('The first 200 of 950 items are printed.');
      const csv = attachments.find(({ name }) => name.endsWith('.results.csv'))!;
      expect(printed).toContain(sha256(csv.bytes).match(/.{8}/g)!.join(' '));
    },
  );
});

describe('what is attached', () => {
  withTool('pdfdetach', '-v', 'comes out with the hashes of the manifest', () => {
    const out = join(folder, 'out');
    execFileSync('mkdir', [out]);
    run('pdfdetach', '-saveall', '-o', out, file);
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
    expect(manifest.attachments).toHaveLength(14);
    for (const { name, sha256: expected } of manifest.attachments) {
      expect(sha256(readFileSync(join(out, name))), name).toBe(expected);
    }
  });

  it('names every evidence file by its hash', () => {
    const { content } = sampleBinder();
    const { manifest } = readBinderContents(pdf)!;
    expect(manifest.evidence.map(({ sha256: hash }) => hash)).toEqual(content.evidence.map(({ sha256: hash }) => hash));
    expect(manifest.ledger).toEqual({ entries: 24, seq: 24, hash: content.ledger.headHash });
  });
});

describe('a binder of hostile evidence', () => {
  it('is made, in bounded time and pages, whatever the texts are', async () => {
    const { content, results } = sampleBinder();
    const texts = [
      'W'.repeat(50_000),
      '\u202e\u0000\ud83d\ude00'.repeat(5_000),
      '<svg onload=x>&amp;]]>'.repeat(100),
      '=cmd|x',
      ' ',
    ];
    const text = (place: number): string => texts[place % texts.length]!;
    const [first] = content.controls;
    const items = Array.from({ length: 60 }, (_, place) => ({
      ...first!.items[0]!,
      system: text(place),
      resource: text(place + 1),
      reason: text(place + 2),
    }));
    const hostile = {
      ...content,
      entity: text(0),
      binderId: text(2),
      systems: content.systems.map((system, place) => ({
        ...system,
        system: text(place),
        owner: text(place + 1),
        role: text(place + 2),
      })),
      controls: [{ ...first!, items, itemCount: 60, title: text(2), sql: `select '${text(0)}'\n${text(1)}` }],
      evidence: content.evidence.map((file, place) => ({ ...file, name: text(place), providedBy: text(place + 1) })),
      gaps: content.gaps.map((gap, place) => ({ ...gap, system: text(place), acceptedReason: text(place + 1) })),
      ledger: {
        ...content.ledger,
        lines: content.ledger.lines.map((line, place) => ({ ...line, by: text(place), what: text(place + 1) })),
      },
    };
    const made = await renderBinder(hostile, await buildAttachments(hostile, results.slice(0, 1)));
    expect(countPages(made)).toBeLessThan(150);
    expect(readBinderContents(made)!.manifest.engagement.entity).toHaveLength(50_000);
  });
});

describe('a binder of nothing', () => {
  it('is made too: no evidence, no controls, no systems', async () => {
    const { content } = sampleBinder();
    const empty = {
      ...content,
      systems: [],
      controls: [],
      coverage: [],
      gaps: [],
      evidence: [],
      packs: [],
      signer: null,
      completeness: {
        ...content.completeness,
        sources: 0,
        records: 0,
        rejected: 0,
        refused: [],
        notCovering: [],
        outsideWindow: [],
        neverSeen: [],
      },
      ledger: { entries: 0, headSeq: 0, headHash: '0'.repeat(64), lines: [] },
    };
    expect(countPages(await renderBinder(empty, await buildAttachments(empty, [])))).toBeGreaterThan(5);
  });
});
