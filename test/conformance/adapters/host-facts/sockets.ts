/** What ss, netstat and lsof list beside /proc/net/tcp, tcp6, udp and udp6 of the same moment. */
import { FieldCount, type Comparison, type CorpusFolder } from '../../adapter.ts';
import { readFacts, type Item } from './read-facts.ts';

/** Names of outputs, and of the tables of the kernel beside them. */
const OUTPUT = /^(.*?)-?(?:ss|netstat|lsof)(?:-[a-z]+)?\.txt$/;
const tablesOf = (stem: string): readonly string[] =>
  ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) => [
    `${stem}-proc-${protocol}.txt`,
    `${stem}-proc-net-${protocol}.txt`,
  ]);

export function compareSockets(folder: CorpusFolder): readonly Comparison[] {
  return folder.entries.flatMap((file) => {
    const stem = OUTPUT.exec(file)?.[1];
    const tables =
      stem === undefined || stem.startsWith('insights')
        ? []
        : tablesOf(stem).filter((each) => folder.entries.includes(each));
    if (tables.length === 0) return [];
    const count = new FieldCount(file, tables.join(', '));
    const { reading, items } = readFacts(folder, file);
    count.field(0, 'rejects', reading.all.rejects.length, 0);
    const kernel = tables.flatMap((table) => readFacts(folder, table).items);
    const known = new Map(kernel.map((item) => [keyOf(item), item]));
    for (const [at, item] of items.entries()) compareOne(count, at + 1, item, known.get(keyOf(item)));
    compareListeners(count, items, kernel);
    return [count.result()];
  });
}

/** lsof writes every address as a star. */
function keyOf({ fields }: Item): string {
  const any = (value: unknown): string =>
    ['*', '0.0.0.0', '::', undefined].includes(value as string) ? '*' : String(value);
  const peer =
    fields['peer_port'] === undefined || fields['peer_port'] === 0
      ? ''
      : `${any(fields['peer_address'])}:${String(fields['peer_port'])}`;
  return `${String(fields['protocol'])} ${any(fields['local_address'])}:${String(fields['local_port'])} ${peer}`;
}

function compareOne(count: FieldCount, at: number, { fields }: Item, kernel: Item | undefined): void {
  count.record();
  count.field(at, 'in the kernel', kernel !== undefined, true);
  const state = (of: unknown): unknown => (of === 'ESTAB' ? 'ESTABLISHED' : of === 'UNCONN' ? undefined : of);
  count.field(at, 'state', state(fields['state']), state(kernel?.fields['state']));
  count.field(at, 'listening', fields['listening'], kernel?.fields['listening']);
  if (fields['inode'] !== undefined) count.field(at, 'inode', fields['inode'], kernel?.fields['inode']);
}

/** Each that listens in the kernel is in the output, of the protocols that were asked for. */
function compareListeners(count: FieldCount, items: readonly Item[], kernel: readonly Item[]): void {
  const protocols = new Set(items.map(({ fields }) => fields['protocol']));
  const listening = (all: readonly Item[]): string =>
    all
      .filter(({ fields }) => fields['listening'] === true && protocols.has(fields['protocol']))
      .map(keyOf)
      .sort()
      .join('; ');
  count.field(0, 'listeners', listening(items), listening(kernel));
}
