/**
 * What messages of the kernel mean, wherever they are found: the ring buffer, the journal, a syslog. `code` is a word for
 * the kind of event, since the program is always the kernel.
 */
import { isIpAddress } from '../framing/ip-address.ts';
import { fill, logging, phraseOf, type Groups, type Meaning, type Phrase } from './meaning.ts';

/** Syslog daemons keep the time since boot in the text where they are told to: `[ 1925.680738] text`. */
const TIME_SINCE_BOOT = /^\[ {0,8}\d{1,12}\.\d{6}\](?:\[ {0,6}[TC]\d{1,9}\])? ?/;

const crash: Meaning = { class: 'process_activity', activity: 'crash', code: 'segfault' };
const killed: Meaning = { class: 'process_activity', activity: 'terminate', code: 'oom_kill' };
const denied: Meaning = { class: 'access_control', activity: 'denied', code: 'audit' };

const phrases: readonly Phrase[] = [
  {
    pattern: /audit_lost=\d|audit: .*(?:backlog limit exceeded|queue overflow)|audit: rate limit exceeded/,
    meaning: { ...logging, activity: 'loss', target: 'auditd' },
  },
  // Since Linux 6.13 "table full in netns 4026532315, dropping packet"; until 2.6.20 "ip_conntrack:".
  {
    pattern: /\b(?<target>nf_conntrack|ip_conntrack): table full(?: in netns \d+)?, dropping packet/,
    meaning: { class: 'detection_finding', activity: 'network', code: 'conntrack_full' },
  },
  {
    pattern: /\b[Oo]ut of memory(?: \(\w+\))?: Kill(?:ed)? process \d+,? \((?<target>[^)]*)\)/,
    meaning: killed,
  },
  { pattern: /^(?<target>\S.{0,63})\[\d+\]:? segfault at /, meaning: crash },
  { pattern: /^traps: (?<target>\S.{0,63})\[\d+\] (?:general protection|trap) /, meaning: crash },
  { pattern: /^(?:audit: )?type=1400 audit\([\d.]+:\d+\): (?:apparmor="DENIED"|avc:  denied )/, meaning: denied },
];

const AUDIT_STAMP = /^audit: type=\d+ audit\(\d+\.\d+:(\d{1,15})\)/;

/** The meaning of a message of the kernel; `undefined` where it is none of those known here. */
export function kernelMeaning(message: string): Meaning | undefined {
  // Some versions of dmesg -J give the rest of the buffer with a message: what it means stands in its first line.
  const said = (message.split('\n', 1)[0] ?? '').replace(TIME_SINCE_BOOT, '');
  const packet = packetMeaning(said);
  if (packet) return packet;
  const found = phraseOf(phrases, said);
  const serial = AUDIT_STAMP.exec(said)?.[1];
  if (!found) return serial === undefined ? undefined : { code: 'audit', sequence: BigInt(serial) };
  const meaning = fill(found.phrase.meaning, found.groups);
  return serial === undefined ? meaning : { ...meaning, code: 'audit', sequence: BigInt(serial) };
}

/**
 * `prefix IN=eth0 OUT= MAC=... SRC=a DST=b LEN=60 ... PROTO=TCP SPT=1 DPT=2`: what a LOG target of netfilter writes, or
 * ulogd for it. `undefined` for anything else.
 */
export function packetMeaning(said: string): Meaning | undefined {
  const at = said.indexOf('IN=');
  if (at < 0 || !/IN=\S{0,64} OUT=\S{0,64} /.test(said)) return undefined;
  // The packet that an ICMP error quotes stands in brackets after it.
  const fields = said.slice(at).split('[', 1)[0] ?? '';
  const value = (name: string) => new RegExp(`(?:^| )${name}=(\\S+)`).exec(fields)?.[1];
  const addresses = { ip: value('SRC'), other: value('DST') };
  if (!isAddress(addresses.ip) || !isAddress(addresses.other)) return undefined;
  return {
    ...fill(NETWORK, { ip: addresses.ip, port: portOf(value('SPT')) }),
    dst_ip: addresses.other,
    dst_port: portNumber(value('DPT')),
  };
}

const NETWORK: Meaning = { class: 'network_activity', activity: 'traffic', code: 'netfilter_log' };

const isAddress = (text: string | undefined): boolean => text !== undefined && isIpAddress(text);
const portOf = (text: Groups[string]): string | undefined =>
  text !== undefined && /^\d{1,5}$/.test(text) ? text : undefined;
const portNumber = (text: Groups[string]): number | undefined => {
  const digits = portOf(text);
  return digits === undefined ? undefined : Number(digits);
};
