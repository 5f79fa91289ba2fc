import { execFileSync } from 'node:child_process';
import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync, crc32, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importFiles, readRecord, readRejects, readSources } from '../../../engine/index.ts';
import { auditLines, caseContent, newTestCase, openTestCase, temporaryFolder, testJob } from '../test-case.ts';

interface ZipMember {
  readonly name: string;
  readonly content: Buffer;
  readonly damage?: boolean;
}

/** A zip, written by hand so that its names can be what no zip tool would write. */
function zipOf(members: readonly ZipMember[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, damage } of members) {
    const packed = deflateRawSync(content);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(8, 8);
    header.writeUInt32LE(crc32(content) + (damage === true ? 1 : 0), 14);
    header.writeUInt32LE(packed.length, 18);
    header.writeUInt32LE(content.length, 22);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    entry.writeUInt16LE(20, 6);
    header.copy(entry, 10, 8, 30);
    entry.writeUInt32LE(offset, 42);
    files.push(header, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

async function evidence(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

describe('what can be read is kept', () => {
  it('a configuration with the time at which it was looked at', async () => {
    const target = await newTestCase();
    const report = await importFiles(
      target,
      ['test/fixtures/firewall-config/gen-iptables-save.txt'],
      { system: 'web-1', zone: 'UTC' },
      testJob(),
    );
    expect(report.files).toMatchObject([{ firstTime: '2026-11-21T06:25:07Z', lastTime: '2026-11-21T06:25:07Z' }]);
    await target.close();
  });

  it('plain, gzip and zip files of a folder, each sealed under its hash and accounted for', async () => {
    const target = await newTestCase();
    const folder = await evidence({
      'a.log': auditLines(3000),
      'b.log.gz': gzipSync(auditLines(10, 5000)),
      'c.zip': zipOf([
        { name: 'in/d.log', content: Buffer.from(auditLines(5, 6000)) },
        { name: 'in/e.log.gz', content: gzipSync(auditLines(4, 7000)) },
      ]),
      'nothing.bin': Buffer.from([0, 1, 2, 3]),
    });
    const report = await importFiles(target, [folder], { providedBy: 'the client', obtainedHow: 'disk' }, testJob());
    expect(report).toMatchObject({ imported: 4, refused: 1, records: 3019, rejected: 0 });
    const sources = await readSources(target);
    expect(sources.map((s) => [s.name, s.member, s.records])).toEqual([
      ['a.log', null, 3000],
      ['b.log.gz', null, 10],
      ['c.zip', 'in/d.log', 5],
      ['c.zip', 'in/e.log.gz', 4],
    ]);
    for (const { sha256, name } of sources) {
      const { mode } = await stat(join(target.folder.evidence, sha256.slice(0, 2), sha256, name));
      expect(mode & 0o222).toBe(0);
    }
    expect(await target.database.query(`SELECT count(*) AS n FROM events WHERE stream = 'auditd'`)).toEqual([
      { n: 3019 },
    ]);
    expect(target.ledger.entries.map((entry) => entry.kind)).toEqual([
      'case-created',
      ...Array<string>(4).fill('source-imported'),
      'source-refused',
    ]);
  });

  it('every record is found again as it stands in its file, in plain, compressed and archived sources', async () => {
    const target = await newTestCase();
    const text = auditLines(2500);
    const folder = await evidence({
      'a.log': text,
      'b.log.gz': gzipSync(`\n${auditLines(7, 9000)}`),
      'c.zip': zipOf([{ name: 'd.log', content: Buffer.from(auditLines(3, 6000)) }]),
    });
    await importFiles(target, [folder], {}, testJob());
    const lines = text.split('\n');
    for (const record of [1, 2, 1024, 1025, 1026, 2049, 2500]) {
      const found = await readRecord(target, { sourceId: 1, record });
      expect(found.text).toBe(lines[record - 1]);
      expect(text.slice(found.byte, found.byte + found.length)).toBe(found.text);
    }
    expect((await readRecord(target, { sourceId: 2, record: 7 })).text).toContain(':9006)');
    expect((await readRecord(target, { sourceId: 3, record: 3 })).text).toContain(':6002)');
    await expect(readRecord(target, { sourceId: 1, record: 2501 })).rejects.toMatchObject({
      problem: { code: 'not_found' },
    });
  });

  it('a damaged record goes to the rejects with its reason and its bytes', async () => {
    const target = await newTestCase();
    const folder = await evidence({ 'a.log': `${auditLines(20)}type=USER_LOGIN msg=audit(broken\n` });
    const report = await importFiles(target, [folder], {}, testJob());
    expect(report).toMatchObject({ records: 20, rejected: 1 });
    const { rows } = await readRejects(target, { after: 0, limit: 10 });
    expect(rows).toMatchObject([{ sourceId: 1, record: 21, raw: 'type=USER_LOGIN msg=audit(broken' }]);
  });

  it('the system is taken from the path where the inventory knows it', async () => {
    const target = await newTestCase();
    const folder = await evidence({
      'inventory/systems.csv':
        'system,role,environment,owner,addresses,needs\nweb-1,web,production,ops,10.0.0.1,auditd\n',
      'hosts/web-1/audit.log': auditLines(3),
    });
    await importFiles(target, [folder], {}, testJob());
    expect(await target.database.query('SELECT DISTINCT system FROM events')).toEqual([{ system: 'web-1' }]);
  });
});

describe('what cannot be read is refused, and the case is as it was', () => {
  const plain = Buffer.from(auditLines(200));
  const gzip = gzipSync(plain);
  const wrongChecksum = Buffer.from(gzip);
  wrongChecksum[gzip.length - 6]! ^= 1;
  it.each([
    ['a truncated .gz', 'a.log.gz', gzip.subarray(0, gzip.length - 20), 'damaged_file'],
    ['a .gz with a wrong checksum', 'a.log.gz', wrongChecksum, 'damaged_file'],
    [
      'a zip with a name that leads out of it',
      'a.zip',
      zipOf([{ name: '../../evil.log', content: plain }]),
      'unsafe_archive',
    ],
    ['a zip with an absolute name', 'a.zip', zipOf([{ name: '/etc/evil.log', content: plain }]), 'unsafe_archive'],
    [
      'a zip whose member has a wrong checksum',
      'a.zip',
      zipOf([{ name: 'a.log', content: plain, damage: true }]),
      'damaged_file',
    ],
    [
      'a zip in a zip',
      'a.zip',
      zipOf([{ name: 'b.zip', content: zipOf([{ name: 'a.log', content: plain }]) }]),
      'unsafe_archive',
    ],
    [
      'a zip with two members of one name',
      'a.zip',
      zipOf([
        { name: 'a.log', content: plain },
        { name: 'a.log', content: Buffer.from(auditLines(9, 900)) },
      ]),
      'unsafe_archive',
    ],
    ['a hundred thousand lines of noise', 'a.log', Buffer.from('noise\n'.repeat(100_001)), 'damaged_file', 'auditd'],
    ['a zip without files', 'a.zip', zipOf([]), 'damaged_file'],
    ['a cut-off zip', 'a.zip', zipOf([{ name: 'a.log', content: plain }]).subarray(0, 300), 'damaged_file'],
    ['an empty file', 'a.log', Buffer.alloc(0), 'unknown_format'],
    ['a file of an unknown format', 'a.log', Buffer.from('hello\nworld\n'), 'unknown_format'],
    [
      'an inventory without a needed column',
      'ports.csv',
      Buffer.from('port,protocol,owner,purpose,justification\n80,tcp,a,b,c\n'),
      'missing_column',
      'authorized-ports',
    ],
  ])('%s', async (_what, name, content, code, as?: string) => {
    const target = await newTestCase();
    const before = await caseContent(target.folder.root);
    const folder = await evidence({ [name]: content });
    const report = await importFiles(target, [join(folder, name)], as === undefined ? {} : { as }, testJob());
    expect(report.files).toMatchObject([{ outcome: 'refused', problem: { code } }]);
    const problem = report.files[0]?.outcome === 'refused' ? report.files[0].problem : undefined;
    expect(problem?.remedy).toMatch(/\.$/);
    expect(problem?.where?.file).toContain(name);
    expect(await caseContent(target.folder.root)).toEqual(before);
    expect(
      await target.database.query(
        'SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM sources) + (SELECT count(*) FROM rejects) AS n',
      ),
    ).toEqual([{ n: 0 }]);
  });

  it('a path that is not there, a format that is not known', async () => {
    const target = await newTestCase();
    await expect(importFiles(target, ['/no/such/file'], {}, testJob())).rejects.toMatchObject({
      problem: { code: 'not_found' },
    });
    await expect(importFiles(target, ['/etc'], { as: 'nonsense' }, testJob())).rejects.toMatchObject({
      problem: { code: 'bad_request' },
    });
  });

  it('a file without permission, a link, a pipe', async () => {
    const target = await newTestCase();
    const folder = await evidence({ 'secret.log': plain });
    await symlink('/etc/passwd', join(folder, 'link.log'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await chmod(join(folder, 'secret.log'), 0);
    const report = await importFiles(target, [folder], {}, testJob());
    const refused = report.files.map((file) => (file.outcome === 'refused' ? file.problem.code : file.outcome));
    // The superuser reads what others may not.
    expect(refused.sort()).toEqual(
      process.getuid?.() === 0 ? ['imported', 'unreadable', 'unreadable'] : ['unreadable', 'unreadable', 'unreadable'],
    );
  });

  it('a file whose name is not UTF-8: the others are taken all the same', async () => {
    const target = await newTestCase();
    const folder = await evidence({ 'a.log': plain });
    await writeFile(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff]), Buffer.from('.log')]), plain);
    const report = await importFiles(target, [folder], {}, testJob());
    expect(report).toMatchObject({ imported: 1, refused: 1 });
    const refused = report.files.find((file) => file.outcome === 'refused');
    expect(refused).toMatchObject({ problem: { code: 'unreadable', message: expect.stringContaining('UTF-8') } });
  });

  it('the same file a second time', async () => {
    const target = await newTestCase();
    const folder = await evidence({ 'a.log': plain, 'copy-of-a.log': plain });
    const report = await importFiles(target, [folder], {}, testJob());
    expect(report).toMatchObject({
      imported: 1,
      refused: 1,
      files: [{ outcome: 'imported' }, { problem: { code: 'already_exists' } }],
    });
    const before = await caseContent(target.folder.root);
    await importFiles(target, [folder], {}, testJob());
    expect(await caseContent(target.folder.root)).toEqual(before);
    expect(await target.database.query('SELECT count(*) AS n FROM events')).toEqual([{ n: 200 }]);
  });
});

describe('an import that is stopped', () => {
  it('keeps nothing of the file under way', async () => {
    const target = await newTestCase();
    const folder = await evidence({ 'a.log': auditLines(60_000) });
    const before = await caseContent(target.folder.root);
    const stop = new AbortController();
    const job = { signal: stop.signal, progress: () => stop.abort() };
    await expect(importFiles(target, [folder], {}, job)).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    expect(await caseContent(target.folder.root)).toEqual(before);
    expect(await target.database.query('SELECT count(*) AS n FROM events')).toEqual([{ n: 0 }]);
    const report = await importFiles(target, [folder], {}, testJob());
    expect(report.records).toBe(60_000);
  });

  it('a dry run accounts for everything and keeps nothing', async () => {
    const target = await newTestCase();
    const folder = await evidence({
      'a.log': auditLines(100),
      'b.zip': zipOf([{ name: 'd.log', content: Buffer.from(auditLines(3, 6000)) }]),
    });
    const before = await caseContent(target.folder.root);
    const report = await importFiles(target, [folder], { dryRun: true }, testJob());
    expect(report).toMatchObject({ imported: 2, records: 103 });
    expect(await caseContent(target.folder.root)).toEqual(before);
    expect(await target.database.query('SELECT count(*) AS n FROM events')).toEqual([{ n: 0 }]);
  });

  it('a full disk stops it, says so, and the case is as it was', async () => {
    const disk = await temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      process.stderr.write('SKIPPED a full disk: no file system can be mounted here\n');
      return;
    }
    try {
      const { createCase } = await import('../../../engine/index.ts');
      const { testEngine, year2026 } = await import('../test-case.ts');
      const root = join(disk, 'case');
      await createCase(root, year2026, testEngine().caseContext);
      const folder = await evidence({ 'small.log': auditLines(100), 'z-large.log': auditLines(90_000, 1000) });
      const target = await openTestCase(root);
      await importFiles(target, [join(folder, 'small.log')], {}, testJob());
      const before = await caseContent(root);
      await expect(importFiles(target, [join(folder, 'z-large.log')], {}, testJob())).rejects.toMatchObject({
        problem: { code: 'disk_full' },
      });
      expect(await caseContent(root)).toEqual(before);
      await target.close();
      const again = await openTestCase(root);
      expect(await again.database.query('SELECT count(*) AS n FROM events')).toEqual([{ n: 100 }]);
      await again.close();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});
