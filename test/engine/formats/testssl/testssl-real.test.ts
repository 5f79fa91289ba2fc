import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { testssl } from '../../../../engine/formats/testssl/testssl.ts';
import { collectRows } from '../collect-rows.ts';
import { listen, makeCertificate } from '../sslscan/tls-server.ts';

// Debian calls it testssl, others testssl.sh.
const tool = ['/usr/bin/testssl', '/usr/bin/testssl.sh'].find((path) => existsSync(path));

it('reads what testssl finds of versions and certificate of a server', { timeout: 180_000 }, async ({ skip }) => {
  if (tool === undefined) skip('/usr/bin/testssl is not installed, so no real scan can be read');
  if (!existsSync('/usr/bin/openssl')) skip('/usr/bin/openssl is not installed, so no certificate can be made');
  const certificate = makeCertificate();
  const server = await listen({ minVersion: 'TLSv1.2', key: certificate.key, cert: certificate.cert });
  const folder = mkdtempSync(join(tmpdir(), 'testssl-'));
  try {
    const { port } = server.address() as AddressInfo;
    const file = join(folder, 'scan.json');
    const before = Math.floor(Date.now() / 1000) * 1000;
    const options = ['--quiet', '--warnings', 'off', '--nodns', 'none', '--color', '0', '-p', '-S'];
    const scan = [...options, '--jsonfile-pretty', file, `127.0.0.1:${port}`];
    // Its exit code is the number of things that are not as they should be.
    await promisify(execFile)(tool!, scan, { timeout: 170_000 }).catch(() => undefined);
    if (!existsSync(file)) skip('testssl wrote no file here');
    const { rows, rejects } = collectRows(testssl, readFileSync(file));
    expect(rejects).toEqual([]);
    const [found] = rows('scans');
    expect(found).toMatchObject({ tool: 'testssl', completed: true, targets: [`127.0.0.1:${port}`] });
    expect(Number(found?.['started']) / 1000).toBeGreaterThanOrEqual(before);
    const versions = new Set(rows('tls_endpoints').map(({ tls_version }) => tls_version));
    expect([...versions].toSorted()).toEqual(['TLSv1.2', 'TLSv1.3']);
    expect(rows('certificates')).toMatchObject([{ serial: certificate.serial.toLowerCase(), self_signed: true }]);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
