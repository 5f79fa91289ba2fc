/** Pieces, damage, hostile content: every output stays the same, or is rejected with a reason. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostFacts } from '../../../../engine/formats/host-facts/host-facts.ts';
import { formats, recogniseFormat } from '../../../../engine/formats/registry.ts';
import { collectRows, inPieces, type Collected } from '../collect-rows.ts';
import { damageLines } from '../damage.ts';
import { fixture, items, read, takenAt } from './facts.ts';

const folders = ['host-facts', 'host-config', 'listening-ports', 'auditd-rules', 'selinux'];
const BESIDE = /\.jc\.json$|\.expected\.json$|BAD_INPUT|SYSCTL_TEST|semanage|LOCAL_ADDR_COLON/;
const files = folders.flatMap((folder) =>
  readdirSync(`test/fixtures/${folder}`)
    .filter((name) => !BESIDE.test(name))
    .map((name) => `${folder}/${name}`),
);

const all = ({ tables, rejects, records, spans, assumptions, problem }: Collected) => ({
  tables: [...tables],
  rejects,
  records,
  spans,
  assumptions,
  problem,
});

describe.each(files)('%s', (file) => {
  const bytes = fixture(file);

  it('is recognised, and nothing of it is rejected', () => {
    const { confidence, reason } = hostFacts.recognise(bytes.subarray(0, 65_536));
    expect(confidence).toBeGreaterThan(0.6);
    expect(reason).toMatch(/\.$/);
    const collected = read(bytes);
    expect([collected.problem, collected.rejects]).toEqual([undefined, []]);
  });

  it('is nobody else’s', () => {
    const others = recogniseFormat(bytes.subarray(0, 65_536)).filter(({ format }) => format.id !== 'host-facts');
    for (const { format, confidence } of others)
      expect(`${format.id} ${confidence < hostFacts.recognise(bytes).confidence - 0.05}`).toBe(`${format.id} true`);
  });

  it('gives the same rows in pieces, with a byte order mark and CRLF', () => {
    const whole = all(read(bytes));
    for (const size of [1, 7, 4096])
      expect(all(collectRows(hostFacts, inPieces(bytes, size), { takenAt, system: 'web-1' }))).toEqual(whole);
    if (file.endsWith('.json')) return;
    const windows = `\ufeff${Buffer.from(bytes).toString('utf8').replaceAll('\n', '\r\n')}`;
    expect([...read(windows).tables]).toEqual(whole.tables);
  });
});

describe('files of other formats', () => {
  const others = readdirSync('test/fixtures', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !folders.includes(entry.name))
    .flatMap(({ name }) =>
      readdirSync(`test/fixtures/${name}`, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`),
    );

  it('are not taken', () => {
    const taken = others.filter((path) => hostFacts.recognise(readFileSync(path).subarray(0, 65_536)).confidence > 0);
    // timedatectl has a format of its own, and shows as systemctl does; what the inventories of a test hold is not ours.
    expect(taken).toEqual([]);
    expect(others.length).toBeGreaterThan(100);
    expect(formats.length).toBeGreaterThan(30);
  });
});

/** Outputs in which every line is a record. */
const byLine = [
  'gen-ss-tulpne.txt',
  'gen-netstat-tulpen.txt',
  'gen-passwd.txt',
  'gen-sysctl-a.txt',
  'gen-mount.txt',
  'gen-ps-aux.txt',
];

describe('damage', () => {
  it.each(byLine)('to a tenth of the lines of %s changes no other line', (name) => {
    const lines = Buffer.from(fixture(`host-facts/${name}`))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const whole = new Map(
      read(`${lines.join('\n')}\n`)
        .rows('config_items')
        .map((row) => [row['resource_id'], row]),
    );
    for (let seed = 1; seed <= 10; seed++) {
      const [head = '', ...rest] = lines;
      const { bytes } = damageLines(
        rest.map((line) => Buffer.from(line)),
        seed,
      );
      const damaged = read(Buffer.concat([Buffer.from(`${head}\n`), bytes]));
      // The heading is no record; what was damaged is read as something else, or rejected.
      const headings = whole.size === lines.length ? 0 : lines.length - whole.size;
      expect(damaged.records).toBeGreaterThanOrEqual(lines.length - headings);
      let same = 0;
      for (const row of damaged.rows('config_items')) {
        const before = whole.get(row['resource_id']);
        if (before && before['configuration'] === row['configuration']) same++;
      }
      expect(same).toBeGreaterThanOrEqual(whole.size * 0.6);
    }
  });

  it('a report with bytes that are no text is not taken at all', () => {
    const text = Buffer.from(fixture('host-facts/gen-luksDump2.txt'));
    text[40] = 0xff;
    const collected = read(text);
    expect(collected.problem?.message).toContain('The report that it stands in is not taken.');
  });

  it('JSON that is cut off gives what came before, and says so', () => {
    const text = Buffer.from(fixture('host-facts/gen-lsblk-JO.json'));
    const collected = read(text.subarray(0, text.length - 300));
    expect(collected.rows('config_items')).toHaveLength(1);
    expect(collected.rejects).toHaveLength(1);
    expect(collected.assumptions.join()).toContain('The file ends before its JSON does');
  });

  it('a last line without a line end may be cut off, and that is said', () => {
    expect(read('-w /etc/passwd -p wa -k ident').assumptions.join()).toContain('may have been cut off');
  });
});

const hostile: Readonly<Record<string, string | Uint8Array>> = {
  empty: '',
  blank: '\n \n\t\r\n',
  'NUL bytes': Buffer.alloc(5000),
  script: '<script>alert(1)</script>\n',
  'no UTF-8': Buffer.from([0xff, 0xfe, 0x80, 0x0a, 0xc3, 0x28, 0x0a]),
  'line of 20 MB': Buffer.alloc(20 * 1024 * 1024, 'a'),
  'line of brackets': `${'['.repeat(100_000)}\n`,
  'spaces after a socket': `tcp LISTEN 0 0 0.0.0.0:22 0.0.0.0:*\ntcp LISTEN 0 0${' '.repeat(200_000)}x\n`,
};

describe('hostile content', () => {
  it.each(Object.keys(hostile))('%s ends in rejects or a refusal', (name) => {
    const collected = read(hostile[name]!);
    expect(collected.rows('config_items').length).toBeLessThanOrEqual(1);
    if (name !== 'spaces after a socket') expect(collected.problem?.code).toBe('unknown_format');
  });

  it('stays text: formulas, SQL and names of prototypes', () => {
    const text = "__proto__:x:5:5:=cmd|/C calc!A0:/:/bin/sh\nconstructor:x:6:6:'; DROP TABLE accounts; --:/:/bin/sh\n";
    expect(items(text).map(({ fields }) => [fields['name'], fields['gecos']])).toEqual([
      ['__proto__', '=cmd|/C calc!A0'],
      ['constructor', "'; DROP TABLE accounts; --"],
    ]);
    const json = '{"blockdevices":[{"name":"sda","__proto__":{"type":"crypt"},"size":12345678901234567890,"type":7}]}';
    expect(items(json)[0]?.fields['encrypted']).toBeUndefined();
    expect(Object.hasOwn(items(json)[0]?.fields ?? {}, '__proto__')).toBe(true);
  });

  it('wrong types and members given twice are rejected or bounded', () => {
    const odd = '{"filesystems":[{"target":7},{"target":"/","target":"/b"},[],"x",{"target":"/ok","children":"no"}]}';
    const collected = read(odd);
    expect(collected.rows('config_items')).toHaveLength(1);
    expect(collected.rejects).toHaveLength(4);
  });

  it('deep nesting is rejected, not followed', () => {
    const deep = `{"blockdevices":[${'{"name":"a","children":['.repeat(2000)}${']}'.repeat(2000)}]}`;
    expect(read(deep).rejects.length + Number(read(deep).problem !== undefined)).toBeGreaterThan(0);
  });

  it('100 000 lines are read in bounded time', () => {
    const line = 'tcp   LISTEN 0      50         127.0.0.1:443       0.0.0.0:*    users:(("python3",pid=1,fd=5))\n';
    const started = performance.now();
    expect(read(line.repeat(100_000)).records).toBe(100_000);
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
