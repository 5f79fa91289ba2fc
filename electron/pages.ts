import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mimeType, securityHeaders, withNonce } from '../shared/headers.ts';
import { staticPath } from '../shared/static-path.ts';
import { isOurs } from './origin.ts';

const NONCE_BYTES = 16;

/** Answers `app://fieldwork/...` from the built renderer in `dir`; anything else is refused. */
export async function answerPage(request: Request, dir: string): Promise<Response> {
  if (!isOurs(request.url) || request.method !== 'GET') return refused(403);
  const names = staticPath(new URL(request.url).pathname);
  if (!names) return refused(404);
  const content = await readFile(join(dir, ...names)).catch(() => undefined);
  if (!content) return refused(404);
  const name = names.at(-1) ?? '';
  const isPage = name === 'index.html';
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  // The window talks to the engine over a message port: it needs no connection at all.
  const headers = securityHeaders({ connect: "'none'", ...(isPage ? { nonce } : {}) });
  const body = isPage ? withNonce(content.toString('utf8'), nonce) : new Uint8Array(content);
  return new Response(body, { headers: { ...headers, 'Content-Type': mimeType(name) } });
}

function refused(status: number): Response {
  const headers = { ...securityHeaders({ connect: "'none'" }), 'Content-Type': 'text/plain; charset=utf-8' };
  return new Response('There is no such file.\n', { status, headers });
}
