import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { nmap } from '../../../../engine/formats/nmap/nmap.ts';
import { sslscan } from '../../../../engine/formats/sslscan/sslscan.ts';
import { collectRows } from '../collect-rows.ts';
import { listen, makeCertificate } from './tls-server.ts';

const run = promisify(execFile);
const suites = ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'];

it('reads what sslscan finds of a server with two suites of TLS 1.2', { timeout: 120_000 }, async ({ skip }) => {
  if (!existsSync('/usr/bin/sslscan')) skip('/usr/bin/sslscan is not installed, so no real scan can be read');
  if (!existsSync('/usr/bin/openssl')) skip('/usr/bin/openssl is not installed, so no certificate can be made');
  const certificate = makeCertificate();
  const options = { ciphers: suites.join(':'), minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
  const server = await listen({ ...options, key: certificate.key, cert: certificate.cert });
  try {
    const { port } = server.address() as AddressInfo;
    const scan = ['--xml=-', '--show-certificate', '--no-heartbleed', `127.0.0.1:${port}`];
    const { stdout } = await run('/usr/bin/sslscan', scan, { timeout: 110_000 });
    // With - the XML comes after what the terminal shows.
    const xml = stdout.slice(Math.max(stdout.indexOf('<?xml'), 0));
    const { rows, rejects, problem } = collectRows(sslscan, xml, { takenAt: 1n });
    expect([problem, rejects]).toEqual([undefined, []]);
    const found = rows('tls_endpoints').map((row) => [row['port'], row['tls_version'], row['cipher']]);
    expect(found.toSorted()).toEqual(suites.map((cipher) => [port, 'TLSv1.2', cipher]));
    expect(rows('certificates')).toMatchObject([
      {
        serial: certificate.serial.toLowerCase(),
        not_after: BigInt(Date.parse(certificate.notAfter)) * 1000n,
        key_bits: 2048,
        self_signed: true,
      },
    ]);
    const versions = rows('config_checks').filter(({ rule_id }) => rule_id === 'protocol');
    const enabled = versions.filter(({ status_text }) => status_text === 'enabled').map(({ title }) => title);
    expect(enabled).toEqual(['protocol TLSv1.2']);
  } finally {
    server.close();
  }
});

it('reads the same suites and certificate from scripts of nmap', { timeout: 120_000 }, async ({ skip }) => {
  if (!existsSync('/usr/bin/nmap')) skip('/usr/bin/nmap is not installed, so no real scan can be read');
  if (!existsSync('/usr/bin/openssl')) skip('/usr/bin/openssl is not installed, so no certificate can be made');
  const certificate = makeCertificate();
  const options = { ciphers: suites.join(':'), minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
  const server = await listen({ ...options, key: certificate.key, cert: certificate.cert });
  try {
    const { port } = server.address() as AddressInfo;
    const scan = ['-sT', '-n', '-Pn', '--unprivileged', '--script', '+ssl-enum-ciphers,+ssl-cert', '-oX', '-'];
    const { stdout } = await run('/usr/bin/nmap', [...scan, '-p', String(port), '127.0.0.1'], { timeout: 110_000 });
    const { rows, rejects } = collectRows(nmap, stdout);
    expect(rejects).toEqual([]);
    expect(
      rows('tls_endpoints')
        .map((row) => [row['tls_version'], row['cipher']])
        .toSorted(),
    ).toEqual([
      ['TLSv1.2', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
      ['TLSv1.2', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
    ]);
    expect(rows('certificates')).toMatchObject([{ serial: certificate.serial.toLowerCase(), port }]);
    expect(
      rows('config_checks')
        .map(({ rule_id }) => rule_id)
        .toSorted(),
    ).toEqual(['ssl-cert', 'ssl-enum-ciphers']);
  } finally {
    server.close();
  }
});
