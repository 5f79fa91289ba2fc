/** Which versions and suites a finding says are offered. */
import { tlsVersion } from '../tls-scans/endpoint.ts';
import type { Finding } from './finding.ts';

const MAX_SUITES = 1000;
const NAME = /^[A-Za-z0-9][\w-]{2,79}$/;
const HEX = /^x[0-9a-f]{2,6}$/i;

/** The version that a finding is about: ids SSLv2, SSLv3, TLS1, TLS1_1, TLS1_2, TLS1_3. */
export function versionOf({ id }: Finding): string | undefined {
  return /^(?:sslv[23]|tls1(?:_[123])?)$/i.test(id) ? tlsVersion(id) : undefined;
}

/** `offered`, `is offered (deprecated)`, `supported but no cipher`: anything with `not` before it is not. */
export function isOffered({ finding }: Finding): boolean {
  return /^(?:is )?(?:offered|supported)\b/i.test(finding);
}

export interface Suites {
  readonly version: string | undefined;
  readonly ciphers: readonly string[];
  /** The severity of the finding is the grade of the suite. */
  readonly graded: boolean;
}

/**
 * `cipher-tls1_2_xc030`: `TLSv1.2   xc030   ECDHE-RSA-AES256-GCM-SHA384   ECDH 256 ...`, one suite and its grade;
 * `cipher_xc030` (3.0): the same, or without the version. `cipherorder_TLSv1_2`, `supportedciphers_TLSv1_2`: all suites
 * of a version; `cipher_order_TLSv1.2`: the one that was negotiated.
 */
export function suitesOf(finding: Finding): Suites | undefined {
  if (/^cipher[-_].*x[0-9a-f]{2,6}$/i.test(finding.id)) return oneSuite(finding);
  const [, order, list] = /^(?:cipher_order_(?=.)(.+)|(?:cipherorder|supportedciphers)_(.+))$/i.exec(finding.id) ?? [];
  const version = tlsVersion(order ?? list);
  if (version === undefined) return undefined;
  const names = order === undefined ? finding.finding.split(/\s+/) : [finding.finding.split(/[\s,]+/, 1)[0]!];
  return { version, ciphers: names.filter((name) => NAME.test(name)).slice(0, MAX_SUITES), graded: false };
}

function oneSuite({ id, finding }: Finding): Suites | undefined {
  if (/\bnot (?:a\/v|available|offered)\b/i.test(finding)) return undefined;
  const words = finding.split(/\s+/, 4);
  const inText = tlsVersion(words[0]);
  const [code = '', name = ''] = inText === undefined ? words : words.slice(1);
  // cipher-tls1_2_xc030
  const inId = /^cipher-(.+)_x[0-9a-f]+$/i.exec(id)?.[1];
  const cipher = HEX.test(code) ? name : code;
  if (!NAME.test(cipher)) return undefined;
  return { version: inText ?? tlsVersion(inId), ciphers: [cipher], graded: true };
}
