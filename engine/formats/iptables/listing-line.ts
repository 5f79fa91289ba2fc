/**
 * A rule as `iptables -L` prints it, in columns:
 *
 *     [num] [pkts bytes] target prot opt [in out] source destination [matches and options of the target]
 *
 * The target may be blank, and opt is in old versions of ip6tables. What the extensions print behind the columns is text
 * for people (their print functions); what is not known there may or may not match.
 */
import type { Condition } from '../firewall/model.ts';
import { optionReader, tcpFlagCondition } from './match-options.ts';
import type { RuleLine } from './rule-line.ts';

/** The columns of a chain, as its heading says. */
export interface ListingColumns {
  readonly hasNumbers: boolean;
  readonly hasCounters: boolean;
  readonly hasInterfaces: boolean;
}

const HEADING = /^(num +)?( *pkts +bytes +)?target +prot opt (in +out +)?source +destination *$/;

/** Reads the line of headings; nothing when it is another line. */
export function readColumns(line: string): ListingColumns | undefined {
  const found = HEADING.exec(line);
  return found
    ? { hasNumbers: found[1] !== undefined, hasCounters: found[2] !== undefined, hasInterfaces: found[3] !== undefined }
    : undefined;
}

const COUNT = /^\d+[KMGTPE]?$/;
const OPT = /^(?:--|-f|!f)$/;
const PROTOCOL = /^!?(?:all|\d{1,3}|[a-z][a-z0-9.-]*)$/;

/** Reads a rule of a chain; a sentence says why it cannot be read. */
export function readListedRule(chain: string, line: string, columns: ListingColumns): RuleLine | string {
  const words = splitWords(line, 40);
  if (columns.hasNumbers && !/^\d+$/.test(words.shift()?.text ?? ''))
    return 'The line does not begin with the number of a rule.';
  const counts = columns.hasCounters ? [words.shift()?.text ?? '', words.shift()?.text ?? ''] : [];
  if (!counts.every((count) => COUNT.test(count))) return 'The line does not begin with packets and bytes.';
  const opt = words.slice(0, 3).findIndex(({ text }) => OPT.test(text));
  // Without opt (ip6tables before 1.8.9) only a whole line tells a blank target from a target.
  const hasTarget = opt >= 0 ? opt === 2 : !isBlankTarget(words, columns);
  const target = hasTarget ? words.shift()?.text : undefined;
  const protocol = words.shift()?.text;
  const option = opt >= 0 ? words.shift()?.text : undefined;
  const interfaces = columns.hasInterfaces ? [words.shift()?.text, words.shift()?.text] : [];
  const [source, destination] = [words.shift(), words.shift()];
  if (
    protocol === undefined ||
    !PROTOCOL.test(protocol) ||
    !source ||
    !destination ||
    (target === undefined && hasTarget)
  )
    return 'The line does not have the columns that the heading names: it is cut off or damaged.';
  const listed = new ListedConditions();
  listed.add('-p', protocol);
  if (option === '-f' || option === '!f')
    listed.conditions.push({ dimension: 'fragment', ranges: [[1n, 1n]], negated: option === '!f' });
  for (const [at, name] of ['-i', '-o'].entries()) {
    const value = interfaces[at];
    if (value !== undefined && value !== '*' && value !== 'any') listed.add(name, value);
  }
  if (!columns.hasInterfaces) listed.unknown.push('its interfaces are not in a listing without -v');
  listed.addAddress('-s', source.text);
  listed.addAddress('-d', destination.text);
  const rest = line.slice(destination.end).trim();
  listed.readRest(rest);
  const text = [target ?? '', protocol, option ?? '', ...interfaces, source.text, destination.text, rest]
    .filter(Boolean)
    .join(' ');
  return {
    chain,
    text,
    packets: counts[0],
    bytes: counts[1],
    conditions: listed.ports ? listed.ports.map((port) => [...listed.conditions, port]) : [listed.conditions],
    unknown: listed.unknown,
    limit: listed.limit,
    comment: listed.comment,
    target,
    isGoto: listed.isGoto,
    targetOptions: listed.targetOptions,
  };
}

interface Word {
  readonly text: string;
  readonly end: number;
}

function splitWords(line: string, most: number): Word[] {
  const words: Word[] = [];
  for (const found of line.matchAll(/\S+/g)) {
    words.push({ text: found[0], end: found.index + found[0].length });
    if (words.length >= most) break;
  }
  return words;
}

/** `prot [in out] source destination` begins with a protocol, and has its addresses a place earlier. */
function isBlankTarget(words: readonly Word[], { hasInterfaces }: ListingColumns): boolean {
  const first = words[0]?.text ?? '';
  const address = words[hasInterfaces ? 3 : 1]?.text ?? '';
  return PROTOCOL.test(first) && /^!?(?:anywhere|[0-9a-f:.]+(?:\/\d+)?)$/i.test(address);
}

/** What extensions print: the pattern, and what it says. */
interface Printed {
  readonly pattern: RegExp;
  readonly read: (parts: RegExpExecArray, into: ListedConditions) => void;
}

const optioned =
  (option: string) =>
  ([, mark = '', value = '']: RegExpExecArray, into: ListedConditions): void =>
    into.add(option, `${mark}${value}`);

const PRINTED: readonly Printed[] = [
  { pattern: /^\/\* (.*?) \*\//s, read: ([, text], into) => void (into.comment = text) },
  { pattern: /^(?:tcp|udp|udplite|sctp|dccp)(?= )/, read: () => undefined },
  { pattern: /^spts?:(!?)(\S+)/, read: optioned('--sport') },
  { pattern: /^dpts?:(!?)(\S+)/, read: optioned('--dport') },
  { pattern: /^flags:(!?)(0x[0-9A-F]+)\/(0x[0-9A-F]+)/i, read: (parts, into) => into.addFlags(parts) },
  { pattern: /^flags:(!?)([A-Z,]+)\/([A-Z,]+)/, read: (parts, into) => into.addFlags(parts) },
  { pattern: /^multiport sports (! ?)?(\S+)/, read: optioned('--sports') },
  { pattern: /^multiport dports (! ?)?(\S+)/, read: optioned('--dports') },
  { pattern: /^multiport ports (\S+)/, read: ([, value = ''], into) => into.addEitherPort(value) },
  { pattern: /^(! )?(?:ct)?state ([A-Z,]+)/, read: optioned('--ctstate') },
  { pattern: /^(! ?)?icmp(?:type| type)? (!?[a-z0-9-]+)(?! code)(?= |$)/, read: optioned('--icmp-type') },
  { pattern: /^(! ?)?ipv6-icmp(?:type| type)? (!?[a-z0-9-]+)(?! code)(?= |$)/, read: optioned('--icmpv6-type') },
  { pattern: /^(! )?source IP range (\S+)/, read: optioned('--src-range') },
  { pattern: /^(! )?destination IP range (\S+)/, read: optioned('--dst-range') },
  { pattern: /^PKTTYPE (!?)= (\w+)/, read: optioned('--pkt-type') },
  { pattern: /^ADDRTYPE match(?= )/, read: () => undefined },
  { pattern: /^src-type (!?)([A-Z,]+)/, read: optioned('--src-type') },
  { pattern: /^dst-type (!?)([A-Z,]+)/, read: optioned('--dst-type') },
  { pattern: /^limit: avg (\S+) burst \d+/, read: ([text, rate], into) => into.addLimit(text, rate) },
  { pattern: /^limit: (up to|above) (\S+).*/, read: ([text, , rate], into) => into.addLimit(text, rate) },
  { pattern: /^\[goto\]/, read: (_, into) => void (into.isGoto = true) },
  // From here on it is what the target does.
  {
    pattern: /^redir ports (\S+).*/,
    read: ([, ports = ''], into) => void (into.targetOptions = ['--to-ports', ports]),
  },
  {
    pattern:
      /^(?:LOG (?:flags|level)|nflog|NFLOG|ULOG|TCPMSS|TOS set|DSCP set|MARK (?:set|and|or|xor)|CONNMARK|CHECKSUM|reject-with|to:|NFQUEUE|tproxy|masq ports:|random|TEE gw|TTL set|HL set|AUDIT|SET|add-set|CLASSIFY).*/s,
    read: () => undefined,
  },
  { pattern: /^CT notrack/, read: (_, into) => void (into.targetOptions = ['--notrack']) },
  { pattern: /^NOTRACK/, read: (_, into) => void (into.targetOptions = ['--notrack']) },
];

class ListedConditions {
  readonly conditions: Condition[] = [];
  readonly unknown: string[] = [];
  ports: readonly Condition[] | undefined;
  limit: string | undefined;
  comment: string | undefined;
  isGoto = false;
  targetOptions: readonly string[] = [];

  /** Adds what an option of iptables-save says; the value begins with `!` where it is negated. */
  add(option: string, written: string): void {
    const negated = written.startsWith('!');
    const value = written.replace(/^! ?/, '');
    const found = optionReader(option)?.(value, negated);
    if (found) this.conditions.push(...found.filter((each) => !isEverything(each)));
    else this.unknown.push(`${negated ? '! ' : ''}${option} ${value}`);
  }

  addAddress(option: string, written: string): void {
    if (written !== 'anywhere') this.add(option, written);
  }

  addFlags([, mark = '', mask = '', set = '']: RegExpExecArray): void {
    const found = tcpFlagCondition(mask, set, mark === '!');
    if (found) this.conditions.push(...found);
    else this.unknown.push(`flags ${mask}/${set}`);
  }

  addEitherPort(value: string): void {
    const both = ['--sports', '--dports'].map((option) => optionReader(option)?.(value, false)?.[0]);
    const [source, destination] = both;
    if (source && destination) this.ports = [source, destination];
    else this.unknown.push(`ports ${value}`);
  }

  addLimit(text: string, rate: string | undefined): void {
    this.limit = rate;
    this.unknown.push(text);
  }

  readRest(rest: string): void {
    let left = rest;
    while (left !== '') {
      const known = PRINTED.map(({ pattern, read }) => ({ found: pattern.exec(left), read })).find(
        ({ found }) => found,
      );
      if (!known?.found) return void this.unknown.push(left.slice(0, 500));
      known.read(known.found, this);
      left = left.slice(known.found[0].length).trimStart();
    }
  }
}

/** `0.0.0.0/0` and `::/0`: what every packet of the family has. */
function isEverything(condition: Condition): boolean {
  if ('names' in condition || condition.negated) return false;
  if (condition.dimension === 'protocol') return condition.ranges.some(([from, to]) => from === 0n && to === 255n);
  if (condition.dimension !== 'source' && condition.dimension !== 'destination') return false;
  return condition.ranges.some(([from, to]) => to - from === (1n << 32n) - 1n || to - from === (1n << 128n) - 1n);
}
