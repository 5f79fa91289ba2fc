import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIdentity } from '../../../engine/binder/open-identity.ts';
import { signBinder } from '../../../engine/binder/sign-binder.ts';
import { readDer } from '../../../engine/core/der.ts';
import { verifyBinder } from '../../../engine/verify/verify-binder.ts';
import { missingTool, NOW, PASSPHRASE, sealedSample, type SealedSample } from './sealed-sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldwork-sign-'));
const at = (name: string): string => join(folder, name);
let sample: SealedSample;

beforeAll(async () => {
  sample = await sealedSample();
  writeFileSync(at('signed.pdf'), sample.signed);
});
afterAll(() => rmSync(folder, { recursive: true }));

const noOpenssl = missingTool('openssl', 'version');
const because = (missing: string | undefined): string => (missing ? ` (skipped: ${missing})` : '');

function openssl(...given: readonly string[]): string {
  return execFileSync('openssl', given, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The container and the signed bytes of a file, as another program would take them out. */
function takeApart(pdf: Uint8Array): { container: Uint8Array; content: Uint8Array } {
  const text = Buffer.from(pdf).toString('latin1');
  const range = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]/.exec(text)!.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const digits = text.slice(range[1] + 1, range[2] - 1);
  const content = Buffer.concat([pdf.subarray(0, range[1]), pdf.subarray(range[2], range[2] + range[3])]);
  return { container: readDer(Buffer.from(digits, 'hex'))!.encoded, content };
}

function opensslVerifies(pdf: Uint8Array, root: Uint8Array): void {
  const { container, content } = takeApart(pdf);
  writeFileSync(at('cms.der'), container);
  writeFileSync(at('content.bin'), content);
  writeFileSync(
    at('root.pem'),
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(root).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  );
  const given =
    '-verify -inform DER -in cms.der -content content.bin -binary -CAfile root.pem -purpose any -cades -out out.bin';
  // The certificates of the tests are valid from the time of the tests on, whatever the clock of this machine says.
  openssl('cms', ...given.split(' '), '-attime', String(NOW / 1_000_000n + 60n));
  expect(readFileSync(at('out.bin')).equals(content)).toBe(true);
}

describe('signed with an identity made here', () => {
  const noPdfsig = missingTool('pdfsig', '-v');
  it.skipIf(noPdfsig !== undefined)(`is valid and whole to pdfsig${because(noPdfsig)}`, () => {
    const found = execFileSync('pdfsig', [at('signed.pdf')], { encoding: 'utf8' });
    expect(found).toContain('Signature is Valid.');
    expect(found).toContain('Total document signed');
    expect(found).toContain('ETSI.CAdES.detached');
  });

  const noQpdf = missingTool('qpdf', '--version');
  it.skipIf(noQpdf !== undefined)(`is a sound PDF to qpdf${because(noQpdf)}`, () => {
    const found = execFileSync('qpdf', ['--check', at('signed.pdf')], { encoding: 'utf8' });
    expect(found).toContain('No syntax or stream encoding errors found');
  });

  it.skipIf(noOpenssl !== undefined)(`is a CAdES signature to openssl${because(noOpenssl)}`, () => {
    opensslVerifies(sample.signed, sample.identity.certificates[1]!);
  });

  it('keeps every byte of the file it signs', () => {
    expect(Buffer.from(sample.signed).subarray(0, sample.unsigned.length).equals(sample.unsigned)).toBe(true);
  });

  it('gives the same bytes again: RSA with PKCS#1 v1.5 has no chance in it', async () => {
    const again = await signBinder(sample.unsigned, sample.identity, { claimedTime: NOW });
    expect(Buffer.from(again).equals(sample.signed)).toBe(true);
  });

  it('claims a time only in the PDF: the container has no signing time', () => {
    const signingTime = Buffer.from('06092a864886f70d010905', 'hex');
    expect(Buffer.from(takeApart(sample.signed).container).includes(signingTime)).toBe(false);
  });
});

describe('refuses', () => {
  it('a file that is signed already', async () => {
    await expect(signBinder(sample.signed, sample.identity, { claimedTime: NOW })).rejects.toMatchObject({
      problem: { code: 'binder_invalid' },
    });
  });

  it('something that is no PDF', async () => {
    await expect(signBinder(Buffer.from('hello'), sample.identity, { claimedTime: NOW })).rejects.toMatchObject({
      problem: { code: 'binder_invalid' },
    });
  });

  it('a time at which the certificate is not valid', async () => {
    const before = NOW - 86_400_000_000n;
    await expect(signBinder(sample.unsigned, sample.identity, { claimedTime: before })).rejects.toMatchObject({
      problem: { code: 'bad_identity' },
    });
  });

  it('a wrong passphrase, and files that are no identity', async () => {
    await expect(openIdentity(sample.p12, 'wrong')).rejects.toMatchObject({ problem: { code: 'wrong_passphrase' } });
    for (const bytes of [Buffer.from(''), Buffer.from('hello'), sample.p12.subarray(0, 700)]) {
      await expect(openIdentity(bytes, PASSPHRASE)).rejects.toMatchObject({ problem: { code: 'bad_identity' } });
    }
  });
});

describe('a key that the auditor brings', () => {
  const kinds = [
    ['RSA', ['-newkey', 'rsa:2048']],
    ['P-256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ] as const;

  function makeKey(newKey: readonly string[], ...exportOptions: readonly string[]): Uint8Array {
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-nodes',
      '-keyout',
      'k.pem',
      '-out',
      'c.pem',
      '-subj',
      '/O=Firm/CN=Own key',
      '-days',
      '30',
    );
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      'k.pem',
      '-in',
      'c.pem',
      '-out',
      'k.p12',
      '-passout',
      'pass:secret',
      ...exportOptions,
    );
    return readFileSync(at('k.p12'));
  }

  it.skipIf(noOpenssl !== undefined).each(kinds)(`signs: %s${because(noOpenssl)}`, async (_, newKey) => {
    const identity = await openIdentity(makeKey(newKey), 'secret');
    expect(identity.name).toBe('Own key');
    const claimedTime = BigInt(identity.notBefore.getTime() + 1000) * 1000n;
    const signed = await signBinder(sample.unsigned, identity, { claimedTime });
    const found = await verifyBinder(signed, { trust: [identity.certificates[0]!] });
    expect(found).toMatchObject({ verdict: 'valid', signatures: [{ signer: 'Own key', trusted: 'trusted' }] });
  });

  it.skipIf(noOpenssl !== undefined)(`is told how to convert an old file${because(noOpenssl)}`, async () => {
    const old = makeKey(['-newkey', 'rsa:2048'], '-legacy');
    await expect(openIdentity(old, 'secret')).rejects.toMatchObject({
      problem: { code: 'bad_identity', remedy: expect.stringContaining('openssl pkcs12 -legacy') as string },
    });
    await expect(openIdentity(old, 'wrong')).rejects.toMatchObject({ problem: { code: 'wrong_passphrase' } });
  });

  it.skipIf(noOpenssl !== undefined)(`is told what an identity made here is made of${because(noOpenssl)}`, () => {
    writeFileSync(at('own.p12'), sample.p12);
    const found = execFileSync('sh', ['-c', 'openssl pkcs12 -info -noout -in own.p12 -passin "pass:$PASS" 2>&1'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PASS: PASSPHRASE },
    });
    expect(found).toContain('MAC: sha256, Iteration 100000');
    expect(found).toContain('PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256');
  });
});
