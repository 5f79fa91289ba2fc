/** What targets do with a packet: iptables-extensions(8), "TARGET EXTENSIONS". */
import type { Action } from '../firewall/model.ts';

const CONTINUE = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'MARK',
  'CONNMARK',
  'SECMARK',
  'CONNSECMARK',
  'TOS',
  'DSCP',
  'TTL',
  'HL',
  'TCPMSS',
  'SET',
  'CT',
  'NOTRACK',
  'CLASSIFY',
  'RATEEST',
  'CHECKSUM',
  'TRACE',
  'AUDIT',
  'IDLETIMER',
  'LED',
  'HMARK',
  'TEE',
  'ECN',
  'TCPOPTSTRIP',
  'MIRRORLOG',
  'ACCOUNT',
  'SYSRQ',
  'DNETMAP_LOG',
]);
const DROP = new Set(['DROP', 'REJECT', 'TARPIT', 'STEAL', 'DELUDE', 'CHAOS']);
/** Targets of iptables that are not in the lists here, so that they are not taken for the names of chains. */
const OTHER = new Set(['NFQUEUE', 'QUEUE', 'SYNPROXY', 'TPROXY', 'CLUSTERIP', 'MIRROR', 'RAWDNAT', 'RAWSNAT']);

/** What happens to a packet at `-j target`; `options` are the words after it. */
export function actionOf(target: string, options: readonly string[], isChain: (name: string) => boolean): Action {
  if (isChain(target)) return { kind: 'jump', chain: target };
  if (target === 'ACCEPT') return { kind: 'accept' };
  if (target === 'RETURN') return { kind: 'return' };
  if (DROP.has(target)) return { kind: 'drop' };
  if (CONTINUE.has(target)) return { kind: 'continue' };
  if (target === 'REDIRECT') return redirect(options);
  if (target === 'DNAT' || target === 'NETMAP') return { kind: 'translate', destination: true };
  if (target === 'SNAT' || target === 'MASQUERADE') return { kind: 'translate', destination: false };
  if (OTHER.has(target)) return { kind: 'unknown', because: `what ${target} does is decided elsewhere` };
  return { kind: 'jump', chain: target };
}

function redirect(options: readonly string[]): Action {
  const ports = options[options.findIndex((word) => word === '--to-ports' || word === '--to-port') + 1];
  if (ports === undefined || !options.some((word) => word.startsWith('--to-port')))
    return { kind: 'redirect', port: undefined };
  const port = /^\d{1,5}$/.test(ports) ? Number(ports) : undefined;
  // A range, or a name: where the packet goes is not one port.
  return port === undefined || port > 65535 ? { kind: 'translate', destination: true } : { kind: 'redirect', port };
}

/** True for targets that exempt a packet from connection tracking. */
export function isNotrack(target: string, options: readonly string[]): boolean {
  return target === 'NOTRACK' || (target === 'CT' && options.includes('--notrack'));
}
