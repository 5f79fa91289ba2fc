import { beforeAll, describe, expect, it } from 'vitest';
import { readBaseFile, appendObjects } from '../../../engine/binder/incremental-update.ts';
import type { BinderAttachment } from '../../../engine/binder/attachment.ts';
import { buildAttachments } from '../../../engine/binder/attachments.ts';
import { buildManifest, manifestBytes } from '../../../engine/binder/manifest.ts';
import { signBinder } from '../../../engine/binder/sign-binder.ts';
import { countPages, readBinderContents, verifyBinder } from '../../../engine/verify/verify-binder.ts';
import type { Verification } from '../../../shared/contract.ts';
import { ProblemError } from '../../../shared/problem.ts';
import { NOW, sealedSample, signedLightSample, type SealedSample } from '../binder/sealed-sample.ts';
import { sampleBinder, seeded } from '../binder/sample-content.ts';

let sample: SealedSample;
/** The file whose bytes are changed one at a time. */
let light: Uint8Array;
let hole: { from: number; to: number };

beforeAll(async () => {
  sample = await sealedSample();
  light = await signedLightSample(sample.identity);
  const from = Buffer.from(light).lastIndexOf('/Contents <') + '/Contents '.length;
  hole = { from, to: Buffer.from(light).indexOf('>', from) + 1 };
});

function failedChecks({ checks }: Verification): string[] {
  return checks.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
}

function withByte(position: number, change: (byte: number) => number): Uint8Array {
  const copy = Uint8Array.from(light);
  copy[position] = change(copy[position]!) & 0xff;
  return copy;
}

describe('a binder as it was signed', () => {
  it('is valid, and leaves only the question of trust open', async () => {
    const found = await verifyBinder(light, { fileName: 'binder.pdf' });
    expect(found.verdict).toBe('valid');
    expect(found.checks.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id)).toEqual([
      'certificate.trust',
    ]);
    expect(found.signatures).toMatchObject([
      {
        signer: 'Åsa Lindqvist, Größe Audit LLP',
        issuer: 'Åsa Lindqvist, Größe Audit LLP (root)',
        claimedTime: '2026-07-14T09:30:00Z',
        certificateSha256: sample.identity.certificateSha256,
        trusted: 'no trust list given',
        coversWholeFile: true,
      },
    ]);
  });

  it('is trusted with its root, as DER or as PEM', async () => {
    const root = sample.identity.certificates[1]!;
    const base64 = Buffer.from(root).toString('base64').replace(/.{64}/g, '$&\n');
    const pem = Buffer.from(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
    for (const trust of [[root], [pem]]) {
      const found = await verifyBinder(light, { trust });
      expect(found).toMatchObject({ verdict: 'valid', signatures: [{ trusted: 'trusted' }] });
    }
  });

  it('is invalid for someone who trusts another root', async () => {
    const other = await sealedSample();
    const found = await verifyBinder(light, { trust: [other.identity.certificates[1]!] });
    expect(found).toMatchObject({ verdict: 'invalid', signatures: [{ trusted: 'untrusted' }] });
    expect(failedChecks(found)).toEqual(['certificate.trust']);
  });

  it('refuses something that is no certificate in the list of trust', () => {
    expect(() => verifyBinder(light, { trust: [Buffer.from('hello')] })).toThrow(ProblemError);
  });

  it('gives its pages, manifest and attachments', () => {
    expect(countPages(light)).toBeGreaterThan(20);
    expect(readBinderContents(light)!.manifest.controls).toHaveLength(5);
  });

  it('has nothing to verify before it is signed', async () => {
    expect(failedChecks(await verifyBinder(sample.unsigned))).toEqual(['signature.present']);
  });
});

describe('any change of one byte', () => {
  it('starts from a file that is valid', async () => {
    expect((await verifyBinder(light)).verdict).toBe('valid');
  });

  it('makes it invalid, at 50 places anywhere', async () => {
    const random = seeded(20260714);
    for (let round = 0; round < 50; round += 1) {
      const position = Math.floor(random() * light.length);
      const flip = 1 + Math.floor(random() * 255);
      const found = await verifyBinder(withByte(position, (byte) => byte ^ flip));
      expect(found.verdict, `byte ${position} xor ${flip}`).toBe('invalid');
      expect(failedChecks(found).length, `byte ${position} xor ${flip}`).toBeGreaterThan(0);
    }
  });

  it('makes it invalid, at 300 places in the digits of the signature, with another digit in its place', async () => {
    const random = seeded(300);
    const container = hole.from + 1 + 2 * 3400;
    for (let round = 0; round < 300; round += 1) {
      // Two of three among the digits that mean something, the rest among the zeros.
      const end = round % 3 === 0 ? hole.to - 1 : container;
      const position = hole.from + 1 + Math.floor(random() * (end - hole.from - 1));
      const digits = '0123456789abcdefABCDEF'.replace(String.fromCharCode(light[position]!), '');
      const digit = digits.charCodeAt(Math.floor(random() * digits.length));
      const found = await verifyBinder(withByte(position, () => digit));
      expect(found.verdict, `byte ${position}`).toBe('invalid');
      expect(failedChecks(found).length, `byte ${position}`).toBeGreaterThan(0);
    }
  });

  it('makes it invalid in each byte of a certificate that no signature covers', async () => {
    const root = Buffer.from(sample.identity.certificates[1]!).toString('hex');
    const start = Buffer.from(light).indexOf(root, hole.from);
    expect(start).toBeGreaterThan(hole.from);
    for (let position = start; position < start + root.length; position += 97) {
      const found = await verifyBinder(withByte(position, (byte) => (byte === 0x30 ? 0x31 : 0x30)));
      expect(failedChecks(found), `byte ${position}`).toContain('signature.container');
    }
  });

  it.each([
    [
      'upper case in the digits',
      'signature.digits',
      () => {
        const letter = Buffer.from(light)
          .subarray(hole.from)
          .findIndex((byte) => byte >= 0x61 && byte <= 0x66);
        return withByte(hole.from + letter, (byte) => byte - 0x20);
      },
    ],
    ['a digit in the zeros after the signature', 'signature.digits', () => withByte(hole.to - 10, () => 0x31)],
    ['a page', 'signature.digest', () => withByte(Buffer.from(light).indexOf('stream\n') + 60, (byte) => byte ^ 1)],
  ] as const)('names what failed: %s', async (_, check, change) => {
    expect(failedChecks(await verifyBinder(change()))).toContain(check);
  });
});

describe('anything added or cut', () => {
  it('is found: bytes after the end', async () => {
    const found = await verifyBinder(Buffer.concat([sample.signed, Buffer.from('% hello\n')]));
    expect(failedChecks(found)).toContain('pdf.structure');
  });

  it('is found: an incremental update that swaps a page', async () => {
    const bytes = Buffer.from(sample.signed);
    const text = bytes.toString('latin1');
    const startXref = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)![1]);
    const base = { ...readBaseFile(sample.unsigned), bytes, startXref, size: 100_000 };
    const pages = [...text.matchAll(/\n(\d+) 0 obj\n(<<\n\/Type \/Page\n[^]*?>>)\nendobj/g)];
    const [seventh, eighth] = [pages[6]!, pages[7]!];
    const swapped = appendObjects(base, new Map([[Number(seventh[1]), eighth[2]!]]), '0'.repeat(32));
    const found = await verifyBinder(swapped);
    expect(found.verdict).toBe('invalid');
    expect(failedChecks(found)).toEqual(['signature.whole-file', 'certification.no-change']);
    expect(found.signatures[0]?.coversWholeFile).toBe(false);
  });

  it('is found: the file cut short, or empty', async () => {
    for (const length of [0, 10, 100_000, sample.signed.length - 1, sample.signed.length - 100]) {
      const found = await verifyBinder(sample.signed.subarray(0, length));
      expect(failedChecks(found), `${length} bytes`).toEqual(['pdf.structure']);
    }
  });

  it('is found: the first revision alone, as if it had never been signed', async () => {
    expect(failedChecks(await verifyBinder(sample.signed.subarray(0, sample.unsigned.length)))).toEqual([
      'signature.present',
    ]);
  });
});

describe('a signer who lies', () => {
  it('is found where an attachment is not what the manifest says', async () => {
    const { content, results } = sampleBinder();
    const attachments = await buildAttachments(content, results);
    const changed = attachments.map((file) =>
      file.name.endsWith('.sql') ? { ...file, bytes: Buffer.from('select 1') } : file,
    );
    expect(failedChecks(await verifySignedWith(changed, manifestOf(attachments)))).toEqual(['attachments.match']);
  });

  it('is found where results are not those that were hashed', async () => {
    const { content, results } = sampleBinder();
    const doctored = content.controls.map((control) => ({
      ...control,
      days: control.days.map((day) => (day.state === 'deviation' ? { ...day, state: 'effective' as const } : day)),
    }));
    const attachments = await buildAttachments({ ...content, controls: doctored }, results);
    const found = await verifySignedWith(attachments, manifestOf(attachments));
    expect(failedChecks(found)).toEqual(['results.match']);
  });

  it('is found where a file is attached that the manifest does not list', async () => {
    const { content, results } = sampleBinder();
    const attachments = await buildAttachments(content, results);
    const extra: BinderAttachment = { ...attachments[0]!, name: 'extra.csv' };
    const found = await verifySignedWith([...attachments, extra], manifestOf(attachments));
    expect(found.checks.find(({ id }) => id === 'attachments.match')!.detail).toBe(
      'The manifest does not list extra.csv.',
    );
  });
});

function manifestOf(attachments: readonly BinderAttachment[]): Uint8Array {
  return manifestBytes(buildManifest(sampleBinder().content, attachments));
}

/** A small PDF with these files and this manifest, drawn without the renderer's own manifest, and signed. */
async function verifySignedWith(attachments: readonly BinderAttachment[], manifest: Uint8Array): Promise<Verification> {
  const { drawFiles } = await import('../binder/draw-files.ts');
  const pdf = await drawFiles([{ name: 'manifest.json', type: 'application/json', bytes: manifest }, ...attachments]);
  return verifyBinder(await signBinder(pdf, sample.identity, { claimedTime: NOW }));
}
