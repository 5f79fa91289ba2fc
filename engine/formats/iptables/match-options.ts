/** The conditions of a rule, option by option: iptables(8), iptables-extensions(8). */
import { readAddresses, readPrefix } from '../firewall/addresses.ts';
import { ADDRESS_TYPES, STATES, flagRanges, only, type Condition, type Dimension } from '../firewall/model.ts';
import { flagBit, icmpTypeNumber, portNumber, protocolNumber } from '../firewall/names.ts';
import type { Range } from '../firewall/range-sets.ts';

/** What an option says: conditions that all hold; or nothing, when it is not one that is evaluated. */
export type OptionReader = (value: string, negated: boolean) => readonly Condition[] | undefined;

type Ranged = Exclude<Dimension, 'in_interface' | 'out_interface'>;

function ranged(dimension: Ranged, read: (word: string) => readonly Range[] | Range | undefined): OptionReader {
  return (value, negated) => {
    const ranges = value.split(',').map(read);
    if (ranges.includes(undefined)) return undefined;
    return [{ dimension, negated, ranges: ranges.flatMap((each) => (isRange(each) ? [each] : (each ?? []))) }];
  };
}

function isRange(value: readonly Range[] | Range | undefined): value is Range {
  return typeof value?.[0] === 'bigint';
}

/** `22`, `ssh`, `1024:65535`, `:1023`, `1024:`. */
export function readPorts(text: string): Range | undefined {
  const [first = '', second] = text.split(':');
  const from = first === '' && second !== undefined ? 0 : portNumber(first);
  const to = second === undefined ? from : second === '' ? 65535 : portNumber(second);
  return from === undefined || to === undefined || from > to ? undefined : [BigInt(from), BigInt(to)];
}

function readProtocol(text: string): readonly Range[] | undefined {
  if (text === 'all' || text === '0' || text === 'ip') return [[0n, 255n]];
  const number = protocolNumber(text);
  return number === undefined ? undefined : [only(number)];
}

function readState(text: string): Range | undefined {
  const number = (STATES as readonly string[]).indexOf(text.toLowerCase());
  return number < 0 ? undefined : only(number);
}

function readAddressType(text: string): Range | undefined {
  const number = (ADDRESS_TYPES as readonly string[]).indexOf(text.toLowerCase());
  return number < 0 ? undefined : only(number);
}

const PACKET_TYPE_NUMBERS: Readonly<Record<string, number>> = { unicast: 0, host: 0, broadcast: 1, multicast: 2 };

function readPacketType(text: string): Range | undefined {
  const number = PACKET_TYPE_NUMBERS[text.toLowerCase()];
  return number === undefined ? undefined : only(number);
}

function interfaceOption(dimension: 'in_interface' | 'out_interface'): OptionReader {
  // A plus at the end stands for any end; alone it is every name, also no interface at all.
  return (value, negated) => {
    if (value === '+') return negated ? undefined : [];
    return [{ dimension, negated, names: [value.endsWith('+') ? `${value.slice(0, -1)}*` : value] }];
  };
}

function icmpOption(version: 4 | 6): OptionReader {
  const dimension = version === 4 ? 'icmp_type' : 'icmpv6_type';
  return (value, negated) => {
    if (value === 'any' || value === '255') return negated ? undefined : [];
    const number = icmpTypeNumber(value, version);
    return number === undefined ? undefined : [{ dimension, negated, ranges: [only(number)] }];
  };
}

const prefixes = (text: string): Range | undefined => readPrefix(text);

const OPTIONS: Readonly<Record<string, OptionReader>> = {
  '-p': ranged('protocol', readProtocol),
  '-s': ranged('source', prefixes),
  '-d': ranged('destination', prefixes),
  '-i': interfaceOption('in_interface'),
  '-o': interfaceOption('out_interface'),
  '--sport': ranged('source_port', readPorts),
  '--dport': ranged('destination_port', readPorts),
  '--sports': ranged('source_port', readPorts),
  '--dports': ranged('destination_port', readPorts),
  '--ctstate': ranged('state', readState),
  '--icmp-type': icmpOption(4),
  '--icmpv6-type': icmpOption(6),
  '--src-range': ranged('source', readAddresses),
  '--dst-range': ranged('destination', readAddresses),
  '--src-type': ranged('source_type', readAddressType),
  '--dst-type': ranged('destination_type', readAddressType),
  '--pkt-type': ranged('packet_type', readPacketType),
};

const LONG_NAMES: Readonly<Record<string, string>> = {
  '--protocol': '-p',
  '--proto': '-p',
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--source-port': '--sport',
  '--destination-port': '--dport',
  '--source-ports': '--sports',
  '--destination-ports': '--dports',
  '--state': '--ctstate',
};

/** The reader of an option that takes one value, by any of its names; nothing for one that is not evaluated. */
export function optionReader(name: string): OptionReader | undefined {
  const short = Object.hasOwn(LONG_NAMES, name) ? LONG_NAMES[name]! : name;
  return Object.hasOwn(OPTIONS, short) ? OPTIONS[short] : undefined;
}

/** `--tcp-flags SYN,RST SYN`: of the flags of the first list those of the second are set, the others not. */
export function tcpFlagCondition(mask: string, set: string, negated: boolean): readonly Condition[] | undefined {
  const bits = (text: string): number | undefined => {
    const numbers = text.split(',').map((word) => (/^0x[0-9a-f]{1,2}$/i.test(word) ? Number(word) : flagBit(word)));
    return numbers.includes(undefined) ? undefined : numbers.reduce<number>((sum, bit) => sum | (bit ?? 0), 0);
  };
  const [among, wanted] = [bits(mask), bits(set)];
  if (among === undefined || wanted === undefined) return undefined;
  return [{ dimension: 'tcp_flags', negated, ranges: flagRanges((flags) => (flags & among) === wanted) }];
}
