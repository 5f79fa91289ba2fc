/** A table from the text of iptables-save, and what the evaluation says of one packet. */
import { dimensions, only, type Dimension, type Table } from '../../../../engine/formats/firewall/model.ts';
import { addressNumber } from '../../../../engine/formats/firewall/addresses.ts';
import type { Reach } from '../../../../engine/formats/firewall/judge.ts';
import type { Range } from '../../../../engine/formats/firewall/range-sets.ts';
import { readRuleLine } from '../../../../engine/formats/iptables/rule-line.ts';
import { OpenTable } from '../../../../engine/formats/iptables/tables.ts';

/** The last table of the text; every line must be readable. */
export function tableOf(text: string): Table {
  let table = new OpenTable(1, 'ip', 'filter', 0n, undefined);
  for (const line of text.split('\n').filter((each) => each !== '')) {
    if (line.startsWith('*')) table = new OpenTable(1, 'ip', line.slice(1), 0n, undefined);
    const declared = /^:(\S+) (\S+)/.exec(line);
    if (declared)
      table.chain(declared[1]!, 1).policy =
        declared[2] === 'ACCEPT' ? 'accept' : declared[2] === 'DROP' ? 'drop' : undefined;
    if (!line.includes('-A ')) continue;
    const rule = readRuleLine(line);
    if (typeof rule === 'string') throw new Error(`${rule} ${line}`);
    table.chain(rule.chain, 1).lines.push({ record: 1, line: rule });
  }
  return table.build();
}

/** Values of a packet; the rest may be anything. */
export interface Point {
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: number;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly inInterface?: string;
}

/** What may become of a packet. */
export function evaluated(reach: Reach, point: Point): ReadonlySet<'ACCEPT' | 'DROP'> {
  const { space } = reach;
  const wanted: [Dimension, readonly Range[]][] = [];
  const address = (text: string): readonly Range[] => [[addressNumber(text)!, addressNumber(text)!]];
  if (point.source !== undefined) wanted.push(['source', address(point.source)]);
  if (point.destination !== undefined) wanted.push(['destination', address(point.destination)]);
  if (point.protocol !== undefined) wanted.push(['protocol', [only(point.protocol)]]);
  if (point.port !== undefined) wanted.push(['destination_port', [only(point.port)]]);
  if (point.sourcePort !== undefined) wanted.push(['source_port', [only(point.sourcePort)]]);
  if (point.inInterface !== undefined) wanted.push(['in_interface', interfaceOf(reach, point.inInterface)]);
  const limits = wanted.map(([name, ranges]) => [dimensions.indexOf(name), space.sets.of(ranges)] as const);
  const ends = new Set<'ACCEPT' | 'DROP'>();
  if (reach.accepted.some((box) => space.split(box, limits).inside)) ends.add('ACCEPT');
  if (reach.dropped.some((box) => space.split(box, limits).inside)) ends.add('DROP');
  return ends;
}

/** The number of an interface: its own, else that of the names that begin so, else of any other. */
function interfaceOf({ space }: Reach, name: string): readonly Range[] {
  const [from, to] = space.notLoopback;
  for (let number = from; number <= to; number++) {
    const called = space.interfaceNames(space.sets.of([[number, number]]))[0]!;
    const beginning = /^other (.*)\*$/.exec(called)?.[1];
    if (called === name || called === 'any other' || (beginning !== undefined && name.startsWith(beginning)))
      return [[number, number]];
  }
  throw new Error(`No interface stands for ${name}`);
}
