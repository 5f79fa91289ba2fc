import { labelValue, type Label } from '../prometheus-tsdb/labels.ts';

/**
 * The host that a series is about, as its label `instance` names it: `web-1` for `web-1:9100`, `https://web-1/metrics`
 * and `web-1`; `2001:db8::1` for `[2001:db8::1]:9100`. `undefined` where the label is missing or empty.
 */
function instanceHost(labels: readonly Label[]): string | undefined {
  const instance = labelValue(labels, 'instance');
  const authority = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:\/\/)?(?:[^/@]*@)?([^/?#]*)/.exec(instance)?.[1] ?? '';
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(authority)?.[1];
  if (bracketed !== undefined) return bracketed;
  // Several colons without brackets are an IPv6 address alone.
  const host = /^[^:]*:\d+$/.test(authority) ? authority.slice(0, authority.lastIndexOf(':')) : authority;
  return host === '' ? undefined : host;
}

/**
 * The system that a series is about: the host of its label `instance`, or where that is missing or the scraper's own
 * machine (`localhost`), the system that the file is known to be of.
 */
export function seriesSystem(labels: readonly Label[], ofFile: string | undefined): string | undefined {
  const host = instanceHost(labels);
  const isOwnMachine = host === undefined || /^(localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host);
  return isOwnMachine ? (ofFile ?? host) : host;
}
