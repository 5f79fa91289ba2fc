/** A TLS server with chosen versions and suites, and a certificate that openssl makes for it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions } from 'node:tls';

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** As openssl prints it. */
  readonly serial: string;
  readonly notAfter: string;
}

export function makeCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=scan.example.test', '-days', '30'];
    const files = ['-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files], { stdio: 'pipe' });
    const printed = execFileSync('openssl', ['x509', '-in', cert, '-noout', '-serial', '-enddate']).toString();
    const [, serial = ''] = /serial=(\w+)/.exec(printed) ?? [];
    const [, notAfter = ''] = /notAfter=(.*)/.exec(printed) ?? [];
    return { key: readFileSync(key), cert: readFileSync(cert), serial, notAfter };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function listen(options: TlsOptions): Promise<Server> {
  const server = createServer(options, (socket) => socket.on('error', () => undefined).end());
  // Most of what a scanner tries is no handshake.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
