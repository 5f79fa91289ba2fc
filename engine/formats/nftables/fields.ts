/** What nft can match on, as far as it is evaluated: libnftables-json(5), "EXPRESSIONS". */
import { ALL_V4, ALL_V6, addressNumber, readAddresses, readPrefix } from '../firewall/addresses.ts';
import { ADDRESS_TYPES, STATES, flagRanges, only, type Condition, type Dimension } from '../firewall/model.ts';
import { flagBit, icmpTypeNumber, portNumber, protocolNumber } from '../firewall/names.ts';
import type { Range } from '../firewall/range-sets.ts';
import type { Value } from './values.ts';

/** A field of packets: which dimension it is, what its values are, and what holds for every packet that has it. */
export interface Field {
  readonly dimension: Dimension;
  /** The ranges of a value, or a name of an interface; nothing for a value that is not known. */
  readonly read: (value: Value) => readonly Range[] | string | undefined;
  readonly implies: readonly Condition[];
}

const v4: readonly Condition[] = [{ dimension: 'source', ranges: [ALL_V4], negated: false }];
const v6: readonly Condition[] = [{ dimension: 'source', ranges: [ALL_V6], negated: false }];

const isObject = (value: Value): value is Readonly<Record<string, Value>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const word = (value: Value): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** A value, or a range of two, each read by `read`. */
function spanning(read: (value: Value) => bigint | undefined) {
  return (value: Value): readonly Range[] | undefined => {
    const ends =
      isObject(value) && Array.isArray(value['range']) ? (value['range'] as readonly Value[]) : [value, value];
    const [from, to] = ends.map(read);
    return from === undefined || to === undefined || from > to ? undefined : [[from, to]];
  };
}

const numbered = (read: (text: string) => number | undefined) =>
  spanning((value) => {
    const number = read(word(value));
    return number === undefined ? undefined : BigInt(number);
  });

function readAddress(value: Value): readonly Range[] | undefined {
  const prefix = isObject(value) && isObject(value['prefix']) ? value['prefix'] : undefined;
  if (prefix) return listed(readPrefix(`${word(prefix['addr'])}/${word(prefix['len'])}`));
  if (isObject(value)) return spanning((end) => addressNumber(word(end)))(value);
  return listed(readAddresses(word(value)));
}

const listed = (range: Range | undefined): readonly Range[] | undefined => (range ? [range] : undefined);

const readPort = numbered(portNumber);
const readProtocol = numbered(protocolNumber);
const readInterface = (value: Value): string | undefined => (typeof value === 'string' ? value : undefined);
const indexed = (names: readonly string[]) =>
  numbered((text) => (names.includes(text) ? names.indexOf(text) : undefined));

function readFamily(value: Value): readonly Range[] | undefined {
  const family = word(value);
  if (family === 'ipv4' || family === 'ip' || family === '2') return [ALL_V4];
  return family === 'ipv6' || family === 'ip6' || family === '10' ? [ALL_V6] : undefined;
}

const PACKET_TYPE: Readonly<Record<string, number>> = { host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3 };

const ofProtocol = (number: number): readonly Condition[] => [
  { dimension: 'protocol', ranges: [only(number)], negated: false },
];
/** Protocols that have ports: `th` may be any of them. */
const WITH_PORTS: readonly Range[] = [6, 17, 33, 132, 136].map(only);

function portFields(protocol: string, implies: readonly Condition[]): readonly (readonly [string, Field])[] {
  return [
    [`${protocol} sport`, { dimension: 'source_port', read: readPort, implies }],
    [`${protocol} dport`, { dimension: 'destination_port', read: readPort, implies }],
  ];
}

const payload = new Map<string, Field>([
  ['ip saddr', { dimension: 'source', read: readAddress, implies: v4 }],
  ['ip daddr', { dimension: 'destination', read: readAddress, implies: v4 }],
  ['ip protocol', { dimension: 'protocol', read: readProtocol, implies: v4 }],
  ['ip6 saddr', { dimension: 'source', read: readAddress, implies: v6 }],
  ['ip6 daddr', { dimension: 'destination', read: readAddress, implies: v6 }],
  ['ip6 nexthdr', { dimension: 'protocol', read: readProtocol, implies: v6 }],
  ...['tcp', 'udp', 'sctp', 'dccp', 'udplite'].flatMap((name) => portFields(name, ofProtocol(protocolNumber(name)!))),
  ...portFields('th', [{ dimension: 'protocol', ranges: WITH_PORTS, negated: false }]),
  ['icmp type', { dimension: 'icmp_type', read: numbered((text) => icmpTypeNumber(text, 4)), implies: ofProtocol(1) }],
  [
    'icmpv6 type',
    { dimension: 'icmpv6_type', read: numbered((text) => icmpTypeNumber(text, 6)), implies: ofProtocol(58) },
  ],
]);

const meta = new Map<string, Field>([
  ['iif', { dimension: 'in_interface', read: readInterface, implies: [] }],
  ['iifname', { dimension: 'in_interface', read: readInterface, implies: [] }],
  ['oif', { dimension: 'out_interface', read: readInterface, implies: [] }],
  ['oifname', { dimension: 'out_interface', read: readInterface, implies: [] }],
  ['l4proto', { dimension: 'protocol', read: readProtocol, implies: [] }],
  ['nfproto', { dimension: 'source', read: readFamily, implies: [] }],
  ['protocol', { dimension: 'source', read: readFamily, implies: [] }],
  ['pkttype', { dimension: 'packet_type', read: numbered((text) => PACKET_TYPE[text]), implies: [] }],
]);

/** The field that the left side of a match names; nothing for one that is not evaluated. */
export function fieldOf(left: Value): Field | undefined {
  if (!isObject(left)) return undefined;
  if (isObject(left['payload']))
    return payload.get(`${word(left['payload']['protocol'])} ${word(left['payload']['field'])}`);
  if (isObject(left['meta'])) return meta.get(word(left['meta']['key']));
  if (isObject(left['ct'])) return ctField(left['ct']);
  return isObject(left['fib']) ? fibField(left['fib']) : undefined;
}

function ctField({ key, dir }: Readonly<Record<string, Value>>): Field | undefined {
  if (dir !== undefined && dir !== null) return undefined;
  return key === 'state' ? { dimension: 'state', read: indexed(STATES), implies: [] } : undefined;
}

function fibField({ result, flags }: Readonly<Record<string, Value>>): Field | undefined {
  const asked = (Array.isArray(flags) ? flags : [flags]).map(word);
  const isOf = (...names: readonly string[]): boolean =>
    asked.length > 0 && asked.every((name) => names.includes(name));
  if (result === 'type' && isOf('daddr'))
    return { dimension: 'destination_type', read: indexed(ADDRESS_TYPES), implies: [] };
  if (result === 'type' && isOf('saddr'))
    return { dimension: 'source_type', read: indexed(ADDRESS_TYPES), implies: [] };
  // Reverse path: does a route to the source leave by where the packet came in?
  const isReverse = asked.includes('saddr') && asked.includes('iif') && isOf('saddr', 'iif', 'mark');
  if (!isReverse || (result !== 'oif' && result !== 'oifname')) return undefined;
  return { dimension: 'reverse_path', read: readExistence, implies: [] };
}

function readExistence(value: Value): readonly Range[] | undefined {
  if (value === true || value === 'exists') return [only(0)];
  return value === false || value === 'missing' || value === 0 || value === '' ? [only(1)] : undefined;
}

/** Bits of flags of TCP by name, number, or several; nothing where one is not known. */
export function flagBits(value: Value): number | undefined {
  if (typeof value === 'number') return value >= 0 && value <= 255 ? value : undefined;
  if (typeof value === 'string') return /^0x[0-9a-f]{1,2}$/i.test(value) ? Number(value) : flagBit(value);
  const parts = Array.isArray(value) ? value : isObject(value) && Array.isArray(value['|']) ? value['|'] : undefined;
  if (!parts) return undefined;
  const bits = (parts as readonly Value[]).map(flagBits);
  return bits.includes(undefined) ? undefined : bits.reduce<number>((sum, bit) => sum | (bit ?? 0), 0);
}

const isTcpFlags = (left: Value): boolean =>
  isObject(left) &&
  isObject(left['payload']) &&
  left['payload']['protocol'] === 'tcp' &&
  left['payload']['field'] === 'flags';

/** A match on the flags of TCP; nothing when it is another match, or one with values that are not known. */
export function tcpFlags(op: Value, left: Value, right: Value): readonly Condition[] | undefined {
  const masked = isObject(left) && Array.isArray(left['&']) ? (left['&'] as readonly Value[]) : undefined;
  if (!isTcpFlags(masked ? masked[0] : left)) return undefined;
  const mask = masked ? flagBits(masked[1]) : 255;
  const wanted =
    isObject(right) && Array.isArray(right['set'])
      ? (right['set'] as readonly Value[]).map(flagBits)
      : [flagBits(right)];
  if (mask === undefined || wanted.includes(undefined)) return undefined;
  const test = flagTest(op, mask, wanted as readonly number[]);
  return test && [...ofProtocol(6), { dimension: 'tcp_flags', ranges: flagRanges(test), negated: false }];
}

function flagTest(op: Value, mask: number, wanted: readonly number[]): ((flags: number) => boolean) | undefined {
  if (op === '==') return (flags) => wanted.includes(flags & mask);
  if (op === '!=') return (flags) => !wanted.includes(flags & mask);
  if (op === 'in') return (flags) => wanted.some((bits) => (flags & mask & bits) !== 0);
  return op === '!' ? (flags) => wanted.every((bits) => (flags & mask & bits) === 0) : undefined;
}
