/** What both hosts send with the renderer's files, so that the page is confined in the same way everywhere. */

export interface HeaderChoices {
  /** What the page may connect to: its own origin's web socket, or nothing at all in the desktop window. */
  readonly connect: "'self'" | "'none'";
  /** For the style elements that a library makes at run time; new for every page. */
  readonly nonce?: string;
}

/** The place in `index.html` where the nonce belongs. */
const NONCE_MARK = '__NONCE__';

/** Gives the headers of every answer: no foreign script, style, frame, form or connection; nothing cached. */
export function securityHeaders({ connect, nonce }: HeaderChoices): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(connect, nonce),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), clipboard-read=()',
    'Cache-Control': 'no-store',
  };
}

function contentSecurityPolicy(connect: string, nonce: string | undefined): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    nonce ? `style-src 'self' 'nonce-${nonce}'` : "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Puts the nonce of this answer into the page. */
export function withNonce(html: string, nonce: string): string {
  return html.replaceAll(NONCE_MARK, nonce);
}

const mimeTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
};

/** The content type of a file of ours; unknown ones are bytes that no browser runs or shows. */
export function mimeType(name: string): string {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  return (Object.hasOwn(mimeTypes, extension) && mimeTypes[extension]) || 'application/octet-stream';
}
