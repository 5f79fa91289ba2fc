import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, readDeliveries, type EvidenceCase } from '../../../engine/index.ts';
import { auditLines, newTestCase, openTestCase, temporaryFolder, testJob } from '../test-case.ts';

/** Imports each text as a file of its own, in this order; gives what was said of each. */
async function imported(target: EvidenceCase, ...texts: readonly string[]): Promise<readonly (readonly string[])[]> {
  const said: (readonly string[])[] = [];
  for (const text of texts) {
    const path = join(await temporaryFolder(), 'audit.log');
    await writeFile(path, text);
    const report = await importFiles(target, [path], { system: 'web-1' }, testJob());
    const [file] = report.files;
    expect(file).toMatchObject({ outcome: 'imported', rejected: 0 });
    said.push(file?.outcome === 'imported' ? file.assumptions : []);
  }
  return said;
}

const stamp = `msg=audit(${Date.UTC(2026, 2, 1) / 1000 + 5}.123:6)`;
const launch = [
  `type=SYSCALL ${stamp}: arch=c000003e syscall=59 success=yes exit=0 items=1 ppid=9 pid=10 auid=1000 uid=0 ses=3 comm="cat" exe="/usr/bin/cat" key="exec"`,
  `type=EXECVE ${stamp}: argc=2 a0="cat" a1=2F6574632F6D792066696C65`,
  `type=CWD ${stamp}: cwd="/root"`,
  `type=PATH ${stamp}: item=0 name="/usr/bin/cat" inode=7 nametype=NORMAL`,
  `type=PROCTITLE ${stamp}: proctitle=636174`,
];
const opened = [
  `type=SYSCALL ${stamp}: arch=c000003e syscall=257 success=no exit=-13 items=1 ppid=9 pid=10 auid=1000 uid=1000 ses=3 comm="cat" exe="/usr/bin/cat" key="files"`,
  `type=CWD ${stamp}: cwd="/srv"`,
  `type=PATH ${stamp}: item=0 name="secret/plan" inode=7 nametype=NORMAL`,
  `type=PROCTITLE ${stamp}: proctitle=636174`,
];

const before = auditLines(5);
const after = auditLines(20, 7).replaceAll(/audit\((\d+)/g, (_, seconds: string) => `audit(${Number(seconds) + 7}`);
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const EVENTS = `SELECT * EXCLUDE (source_id, record) FROM events ORDER BY time, sequence`;
const HOURS = `SELECT system, hour, sum(records)::BIGINT AS records FROM stream_hours GROUP BY ALL ORDER BY ALL`;

/** What a case says that has the whole log as one file. */
async function wholeLog(event: readonly string[]) {
  const target = await newTestCase();
  await imported(target, `${before}${textOf(event)}${after}`);
  return { events: await target.database.query(EVENTS), hours: await target.database.query(HOURS) };
}

describe.each([
  ['a command', launch],
  ['a file that could not be opened', opened],
])('an audit event that a rotation cuts, %s', (_, event) => {
  const places = event.slice(1).map((_line, place) => place + 1);

  it.each(places)('is one event, as the whole log has it, after line %i, in either order of import', async (place) => {
    const older = `${before}${textOf(event.slice(0, place))}`;
    const younger = `${textOf(event.slice(place))}${after}`;
    const whole = await wholeLog(event);
    for (const [order, texts] of [
      ['older first', [older, younger]],
      ['younger first', [younger, older]],
    ] as const) {
      const target = await newTestCase();
      const said = await imported(target, ...texts);
      expect(await target.database.query(EVENTS)).toEqual(whole.events);
      expect(await target.database.query(HOURS)).toEqual(whole.hours);
      // The part with the SYSCALL is cited.
      const [kept, other] = order === 'older first' ? [1, 2] : [2, 1];
      const parts = { source_id: other, record: 1, of_source_id: kept, of_record: 6, adds: true };
      expect(await target.database.query('SELECT * FROM event_parts')).toEqual([parts]);
      expect(await target.database.query('SELECT count(*) AS n FROM auditd_records WHERE serial = 6')).toEqual([
        { n: event.length },
      ]);
      expect(said[1]).toContain(
        `Audit events cut by the end of a file and joined to one event each: 1 (S${kept} #6 has S${other} #1).`,
      );
    }
  });
});

describe('a part of an audit event', () => {
  const cut = { older: `${before}${textOf(launch.slice(0, 2))}`, younger: `${textOf(launch.slice(2))}${after}` };

  it('is joined in the same way when the case is read again', async () => {
    const target = await newTestCase();
    await imported(target, cut.younger, cut.older);
    const tables = ['events', 'event_parts', 'stream_hours', 'sources'];
    const all = (of: EvidenceCase) =>
      Promise.all(tables.map((table) => of.database.query(`SELECT * FROM ${table} ORDER BY ALL`)));
    const once = await all(target);
    const { root } = target.folder;
    await target.close();
    await rm(join(root, 'cache'), { recursive: true });
    const again = await openTestCase(root);
    expect(again.wasRebuilt).toBe(true);
    expect(await all(again)).toEqual(once);
  });

  it('gives way to the whole event of another delivery, whichever of them comes last', async () => {
    const texts = [`${before}${textOf(launch)}${after}`, cut.older, cut.younger];
    const whole = await wholeLog(launch);
    for (const order of [
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const target = await newTestCase();
      await imported(target, ...order.map((which) => texts[which]!));
      expect(await target.database.query(EVENTS)).toEqual(whole.events);
      expect(await target.database.query(HOURS)).toEqual(whole.hours);
      const ofWhole = order.indexOf(0) + 1;
      expect(await target.database.query('SELECT DISTINCT of_source_id, of_record, adds FROM event_parts')).toEqual([
        { of_source_id: ofWhole, of_record: 6, adds: false },
      ]);
      expect(await target.database.query('SELECT count(*) AS n FROM auditd_records WHERE serial = 6')).toEqual([
        { n: launch.length },
      ]);
    }
  });

  it('is no finding where a log was copied while it was written, and delivered again later', async () => {
    const target = await newTestCase();
    const said = await imported(target, cut.older, `${before}${textOf(launch)}${after}`);
    expect(said[1]).toEqual([
      '5 of its records are in S1 too: each counts once, and this is its second citation.',
      'Audit events cut off in one file and whole in another, where they count once: 1 (S2 #6 has S1 #6).',
    ]);
    expect(await readDeliveries(target)).toMatchObject([{ removed: 0, added: 0, changed: 0 }]);
  });

  it('is a change, and no cut, where a line is gone from the middle of a second delivery', async () => {
    const target = await newTestCase();
    const first = `${auditLines(200)}`;
    const late = launch.map((line) => line.replace(stamp, `msg=audit(${Date.UTC(2026, 2, 1) / 1000 + 300}.1:900)`));
    const end = auditLines(200, 1000).replaceAll(/audit\((\d+)/g, (_, s: string) => `audit(${Number(s) + 400}`);
    const said = await imported(
      target,
      `${first}${textOf(late)}${end}`,
      `${first}${textOf(late.filter((line) => !line.includes('EXECVE')))}${end}`,
    );
    expect(await target.database.query('SELECT * FROM event_parts')).toEqual([]);
    expect(said[1]).toContainEqual(expect.stringMatching(/^Finding: .* altered as 1 of them was: S1 #201\./));
  });

  it('stays an event of its own where what an event has once differs, or another host wrote it', async () => {
    const target = await newTestCase();
    const other = `${textOf([launch[0]!.replace('auid=1000', 'auid=1001'), ...launch.slice(2)])}${after}`;
    await imported(target, cut.older, other);
    expect(await target.database.query('SELECT * FROM event_parts')).toEqual([]);
    expect(await target.database.query('SELECT actor FROM events WHERE sequence = 6 ORDER BY ALL')).toEqual([
      { actor: '1000' },
      { actor: '1001' },
    ]);
    const path = join(await temporaryFolder(), 'audit.log');
    await writeFile(path, cut.younger);
    await importFiles(target, [path], { system: 'web-2' }, testJob());
    expect(await target.database.query('SELECT * FROM event_parts')).toEqual([]);
  });
});
