/** What sslscan says of an endpoint beside suites and certificates, as checks. docs/formats/sslscan.md */
import type { EvidenceRow } from '../../core/tables.ts';
import { tlsVersion } from '../tls-scans/endpoint.ts';
import type { Part } from './part.ts';

export type Check = Pick<
  EvidenceRow<'config_checks'>,
  'rule_id' | 'title' | 'status' | 'status_text' | 'severity' | 'detail'
>;

type Attributes = ReadonlyMap<string, string>;

interface Verdict {
  readonly status: 'pass' | 'fail' | 'informational';
  readonly words: string;
}

// 1 and 0 are all that sslscan writes; anything else decides nothing.
const flag = (attributes: Attributes, name: string): boolean | undefined =>
  ({ '1': true, '0': false })[attributes.get(name)?.trim() ?? ''];

// What sslscan shows in red on the terminal fails here, and what it shows in green passes.
const verdicts: Readonly<Record<string, (attributes: Attributes) => Verdict | undefined>> = {
  protocol: (attributes) => {
    const enabled = flag(attributes, 'enabled');
    if (enabled === undefined) return undefined;
    const isSsl = attributes.get('type')?.toLowerCase() === 'ssl';
    const words = enabled ? 'enabled' : 'disabled';
    if (!isSsl) return { status: 'informational', words };
    return { status: enabled ? 'fail' : 'pass', words };
  },
  heartbleed: (attributes) => bad(flag(attributes, 'vulnerable'), 'vulnerable', 'not vulnerable'),
  compression: (attributes) => bad(flag(attributes, 'supported'), 'supported', 'not supported'),
  fallback: (attributes) => good(flag(attributes, 'supported'), 'supported', 'not supported'),
  renegotiation: (attributes) => {
    if (flag(attributes, 'supported') === false) return { status: 'pass', words: 'not supported' };
    if (flag(attributes, 'supported') === undefined) return undefined;
    return good(flag(attributes, 'secure'), 'secure', 'insecure');
  },
};

function good(is: boolean | undefined, yes: string, no: string): Verdict | undefined {
  if (is === undefined) return undefined;
  return is ? { status: 'pass', words: yes } : { status: 'fail', words: no };
}

function bad(is: boolean | undefined, yes: string, no: string): Verdict | undefined {
  if (is === undefined) return undefined;
  return is ? { status: 'fail', words: yes } : { status: 'pass', words: no };
}

/** The version of the protocol that `<protocol type="tls" version="1.2"/>` is about. */
export function protocolVersion({ attributes }: Part): string | undefined {
  return tlsVersion(`${attributes.get('type') ?? ''}v${attributes.get('version') ?? ''}`);
}

/** True where `<protocol>` says that the version is offered. */
export function isEnabled({ attributes }: Part): boolean {
  return flag(attributes, 'enabled') === true;
}

/** Any element of an endpoint as a check. `error` is what sslscan could not look at. */
export function checkOf(part: Part): Check {
  const { name, attributes } = part;
  const version = name === 'protocol' ? protocolVersion(part) : tlsVersion(attributes.get('sslversion'));
  const verdict = Object.hasOwn(verdicts, name) ? verdicts[name]!(attributes) : undefined;
  const said = ['name', 'cipher'].map((each) => attributes.get(each));
  const title = [name, version ?? attributes.get('sslversion'), ...said].filter(Boolean).join(' ');
  return {
    rule_id: name,
    title,
    status: name === 'error' ? 'error' : (verdict?.status ?? 'informational'),
    status_text: verdict?.words ?? attributes.get('status'),
    detail: detailOf(part) || undefined,
  };
}

function detailOf(part: Part): string {
  const attributes = [...part.attributes].map(([name, value]) => `${name}="${value}"`);
  return [...attributes, ...part.texts()].join(' ');
}
