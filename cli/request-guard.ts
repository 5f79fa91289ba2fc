/** Who may talk to the loopback host: pages of its own origin, and for data only those that hold its token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { WEB_SOCKET_PATH, WEB_SOCKET_PROTOCOL } from '../shared/channels.ts';

export interface Guard {
  /** The HTTP status that refuses this request, `undefined` where it may be answered. */
  readonly refuse: (request: IncomingMessage) => number | undefined;
  /** True for a web socket that comes from our own page with our own token. */
  readonly mayConnect: (request: IncomingMessage) => boolean;
}

/** Gives the guard of the host that listens on `port` and gave out `token`. */
export function createGuard(port: number, token: string): Guard {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  const origins = new Set([...hosts].map((host) => `http://${host}`));
  const expected = sha256(token);

  const refuse = ({ headers }: IncomingMessage): number | undefined => {
    // A name that was re-bound to 127.0.0.1 still stands in Host.
    if (!hosts.has((headers.host ?? '').toLowerCase())) return 421;
    if (headers.origin !== undefined && !origins.has(headers.origin)) return 403;
    const site = headers['sec-fetch-site'];
    return site === undefined || site === 'same-origin' || site === 'none' ? undefined : 403;
  };
  return {
    refuse,
    mayConnect: (request) => {
      // Equal digests, compared in constant time: a near miss takes as long as a far one, whatever its length.
      const matches = timingSafeEqual(sha256(givenToken(request)), expected);
      const { origin } = request.headers;
      const ours = origin !== undefined && origins.has(origin) && refuse(request) === undefined;
      return matches && ours && request.url === WEB_SOCKET_PATH && offers(request).includes(WEB_SOCKET_PROTOCOL);
    },
  };
}

function offers({ headers }: IncomingMessage): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

function givenToken(request: IncomingMessage): string {
  return (
    offers(request)
      .find((name) => name.startsWith('token.'))
      ?.slice('token.'.length) ?? ''
  );
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
