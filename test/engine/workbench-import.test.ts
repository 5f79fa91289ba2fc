/** Importing from the workbench: the calls of the contract over a real case and real files. */
import { appendFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  createCase,
  createWorkbench,
  importFiles,
  openCase,
  readSources,
  type EvidenceCase,
} from '../../engine/index.ts';
import { spawnLockedWithNode } from '../../engine/core/locked-child-node.ts';
import type { EvidenceEntry, ImportAccount, Output } from '../../shared/contract.ts';
import { temporaryFolder, testEngine, testJob, year2026 } from './test-case.ts';

const AUDIT_LINES = 60;

function auditLine(at: number): string {
  return `type=USER_LOGIN msg=audit(${1_772_323_200 + at * 600}.${String(at % 1000).padStart(3, '0')}:${1000 + at}): pid=91 uid=0 auid=1000 ses=3 msg='op=login id=1000 exe="/usr/sbin/sshd" hostname=? addr=10.0.0.9 terminal=ssh res=success'\n`;
}

function syslogLine(at: number): string {
  const time = new Date((1_772_323_200 + at * 600) * 1000).toISOString();
  return `<38>1 ${time} web-1 sshd ${91 + at} - - Accepted publickey for root\n`;
}

const indexes = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
const auditLog = indexes(AUDIT_LINES).map(auditLine).join('');
/** What a collector wrote: two lines of an audit log to one of syslog. Both formats are equally sure of it. */
const collected = indexes(30)
  .map((at) => auditLine(2 * at) + auditLine(2 * at + 1) + syslogLine(at))
  .join('');

let folder: string;
let evidence: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  evidence = join(folder, 'evidence');
  await mkdir(join(evidence, 'web-1'), { recursive: true });
  await writeFile(join(evidence, 'web-1', 'audit.log'), auditLog);
  await writeFile(join(evidence, 'collected.log'), collected);
  await writeFile(join(evidence, 'notes.txt'), 'Spoke to the client.\n');
  await writeFile(join(evidence, 'cut.log.gz'), gzipSync(auditLog).subarray(0, -40));
});

async function newCase(name: string): Promise<string> {
  const root = join(folder, name);
  await createCase(root, year2026, testEngine().caseContext);
  return root;
}

async function openWorkbench(options: { readonly readOnly?: boolean } = {}) {
  const path = await newCase('case.fieldwork');
  const workbench = await createWorkbench({
    host: 'web',
    cases: [{ key: 'case', path, title: 'case' }],
    evidence: [{ path: evidence, title: 'evidence' }],
    sampleDir: join(folder, 'sample'),
    identitiesDir: join(folder, 'identities'),
    readOnly: options.readOnly === true,
    spawnLocked: spawnLockedWithNode(testEngine().paths.lockedProcess),
    chooser: { choose: async () => [], dropped: async () => [] },
  });
  onTestFinished(() => workbench.close());
  await workbench['case.open']({ key: 'case' }, jobOf());
  return workbench;
}

type Workbench = Awaited<ReturnType<typeof openWorkbench>>;

/** What a call is given besides its input. */
function jobOf(
  stop = new AbortController(),
  progress: (how?: { bytesDone?: number | undefined }) => void = () => undefined,
) {
  return { signal: stop.signal, progress };
}

async function entriesOf(workbench: Workbench, key = 'place-1'): Promise<readonly EvidenceEntry[]> {
  return (await workbench['evidence.list']({ key, after: 0, limit: 1000 }, jobOf())).rows;
}

async function keyOf(workbench: Workbench, name: string): Promise<string> {
  return (await entriesOf(workbench)).find((entry) => entry.name === name)!.key;
}

async function planAll(workbench: Workbench): Promise<Output<'import.plan'>> {
  return workbench['import.plan']({ keys: ['place-1'] }, jobOf());
}

function fileNamed({ files }: Output<'import.plan'>, name: string) {
  return files.find((file) => file.name === name)!;
}

type Said = { readonly as?: string; readonly leaveOut?: boolean };

/** Imports a plan with a word on some of its files. */
async function start(
  workbench: Workbench,
  plan: Output<'import.plan'>,
  said: Readonly<Record<string, Said>> = {},
  job = jobOf(),
): Promise<ImportAccount> {
  const files = Object.entries(said).map(([name, { as, leaveOut = false }]) => ({
    file: fileNamed(plan, name).file,
    leaveOut,
    settings: as === undefined ? {} : { as },
  }));
  return workbench['import.start']({ planId: plan.planId, files, forAll: {} }, job);
}

describe('the plan', () => {
  test('says of each file what it is and how sure that is, and asks where two formats are', async () => {
    const plan = await planAll(await openWorkbench());
    const states = Object.fromEntries(plan.files.map(({ name, state }) => [name, state]));
    expect(states).toEqual({
      'audit.log': 'recognised',
      'collected.log': 'ambiguous',
      'cut.log.gz': 'recognised',
      'notes.txt': 'unknown',
    });
    expect(fileNamed(plan, 'audit.log')).toMatchObject({ format: 'auditd', confidence: 1, folder: 'evidence/web-1' });
    const asked = fileNamed(plan, 'collected.log');
    expect(asked.candidates.slice(0, 2).map(({ format }) => format)).toEqual(['auditd', 'syslog-5424']);
    expect(asked.candidates.every(({ reason }) => reason.endsWith('.'))).toBe(true);
  });

  test('finds by content what is in the case already, whatever it is called', async () => {
    const workbench = await openWorkbench();
    await start(workbench, await planAll(workbench), { 'collected.log': { leaveOut: true } });
    await rename(join(evidence, 'web-1', 'audit.log'), join(evidence, 'web-1', 'other name.log'));
    const again = await planAll(workbench);
    expect(fileNamed(again, 'other name.log')).toMatchObject({ state: 'already there', sourceId: 1 });
  });

  test('changes nothing, and can be stopped', async () => {
    const workbench = await openWorkbench();
    const before = await workbench['case.summary']({}, jobOf());
    await planAll(workbench);
    expect(await workbench['case.summary']({}, jobOf())).toEqual(before);
    const stop = new AbortController();
    stop.abort();
    await expect(workbench['import.plan']({ keys: ['place-1'] }, jobOf(stop))).rejects.toMatchObject({
      problem: { code: 'cancelled' },
    });
  });
});

describe('the import', () => {
  test('begins only when every ambiguous file is decided or left out', async () => {
    const workbench = await openWorkbench();
    const plan = await planAll(workbench);
    await expect(start(workbench, plan)).rejects.toMatchObject({ problem: { code: 'ambiguous_format' } });
    expect(await workbench['sources.list']({}, jobOf())).toEqual([]);
    const account = await start(workbench, plan, { 'collected.log': { as: 'syslog-5424' } });
    expect(account).toMatchObject({ imported: 2, refused: 2, records: 90, rejected: 60, stopped: null });
  });

  test('gives the sources that the command line gives', async () => {
    const workbench = await openWorkbench();
    await rm(join(evidence, 'collected.log'));
    await start(workbench, await planAll(workbench));
    const byHand: EvidenceCase = await openCase(testEngine(), await newCase('by-hand.fieldwork'), testJob());
    onTestFinished(() => byHand.close());
    await importFiles(byHand, [evidence], {}, testJob());
    const withoutTime = (source: Output<'sources.list'>[number]) => ({ ...source, importedAt: '' });
    const sources = (await readSources(byHand)).map(withoutTime);
    expect((await workbench['sources.list']({}, jobOf())).map(withoutTime)).toEqual(sources);
    const refusals = byHand.ledger.entries.filter(({ kind }) => kind === 'source-refused').map(({ data }) => data);
    const page = await workbench['ledger.page']({ after: 0, limit: 100 }, jobOf());
    expect(page.rows.filter(({ kind }) => kind === 'source-refused')).toHaveLength(refusals.length);
    expect(refusals).toHaveLength(2);
  });

  test('keeps what was finished when it is cancelled, and says what was not reached', async () => {
    const workbench = await openWorkbench();
    const large = indexes(40_000).map(auditLine).join('');
    await writeFile(join(evidence, 'z-large.log'), large);
    const plan = await planAll(workbench);
    const stop = new AbortController();
    const { length: sizeOfFirst } = auditLog;
    const progress = (value?: { bytesDone?: number | undefined }) => {
      if ((value?.bytesDone ?? 0) > sizeOfFirst + 1_000_000) stop.abort();
    };
    const said = { 'collected.log': { leaveOut: true }, 'cut.log.gz': { leaveOut: true } };
    const account = await start(workbench, plan, said, jobOf(stop, progress));
    const outcomes = Object.fromEntries(account.files.map(({ name, outcome }) => [name, outcome]));
    expect(outcomes).toMatchObject({ 'audit.log': 'imported', 'z-large.log': 'not reached' });
    expect(account.stopped).toMatchObject({ code: 'cancelled' });
    expect(await workbench['sources.list']({}, jobOf())).toHaveLength(1);
  });

  test('asks about members of archives as about files', async () => {
    const workbench = await openWorkbench();
    await rm(join(evidence, 'collected.log'));
    await writeFile(
      join(evidence, 'logs.tar'),
      tarOf({ 'a/audit.log': auditLog.replaceAll('LOGIN', 'AUTH'), 'a/collected.log': collected }),
    );
    const plan = await planAll(workbench);
    const member = fileNamed(plan, 'logs.tar!a/collected.log');
    expect(member).toMatchObject({ state: 'ambiguous', archive: fileNamed(plan, 'logs.tar').file });
    await expect(start(workbench, plan)).rejects.toMatchObject({ problem: { code: 'ambiguous_format' } });
    const account = await start(workbench, plan, { 'logs.tar!a/collected.log': { as: 'auditd' } });
    const formats = account.files.map((file) => (file.outcome === 'imported' ? [file.name, file.format] : []));
    expect(formats).toContainEqual(['logs.tar!a/collected.log', 'auditd']);
  });

  test('is refused when a file changed since it was looked at', async () => {
    const workbench = await openWorkbench();
    const plan = await planAll(workbench);
    await appendFile(join(evidence, 'web-1', 'audit.log'), auditLine(AUDIT_LINES));
    await expect(start(workbench, plan, { 'collected.log': { leaveOut: true } })).rejects.toMatchObject({
      problem: { code: 'differs' },
    });
  });

  test('is refused in a workbench that only reads', async () => {
    const workbench = await openWorkbench({ readOnly: true });
    await expect(planAll(workbench)).rejects.toMatchObject({ problem: { code: 'bad_request' } });
  });
});

test('a dry run shows the first rows and keeps nothing', async () => {
  const workbench = await openWorkbench();
  const plan = await planAll(workbench);
  const { file } = fileNamed(plan, 'audit.log');
  const input = { planId: plan.planId, file, settings: { system: 'web-1' }, forAll: {} };
  const [outcome] = (await workbench['import.preview'](input, jobOf())).files;
  if (outcome?.outcome !== 'would be imported') throw new Error(`It is ${outcome?.outcome}.`);
  const events = outcome.preview.find(({ table }) => table === 'events')!;
  expect(events.rows[0]).toMatchObject({ record: '1', system: 'web-1', time: '2026-03-01T00:00:00Z' });
  expect(await workbench['sources.list']({}, jobOf())).toEqual([]);
});

test('a table of no format of its own is read with the mapping that its dry run offers', async () => {
  const workbench = await openWorkbench();
  await writeFile(join(evidence, 'payments.csv'), 'when,who\n2026-03-01T10:00:00Z,erika\n');
  const plan = await planAll(workbench);
  const { file } = fileNamed(plan, 'payments.csv');
  const preview = async (settings: { as: string; mapping?: string }) =>
    (await workbench['import.preview']({ planId: plan.planId, file, settings, forAll: {} }, jobOf())).files[0]!;
  const without = await preview({ as: 'generic-csv' });
  if (without.outcome !== 'refused') throw new Error(`It is ${without.outcome}.`);
  const { mapping } = without.problem;
  expect(without.problem.remedy).not.toContain('\n');
  expect(await preview({ as: 'generic-csv', mapping: mapping! })).toMatchObject({
    outcome: 'would be imported',
    records: 1,
  });
});

describe('what a window may choose from', () => {
  test('is what the host offers: no other key leads anywhere', async () => {
    const workbench = await openWorkbench();
    for (const key of ['place-2', '..', '/etc', 'e-999', evidence]) {
      await expect(workbench['import.plan']({ keys: [key] }, jobOf())).rejects.toMatchObject({
        problem: { code: 'not_found' },
      });
    }
    await expect(workbench['evidence.choose']({ what: 'files' }, jobOf())).rejects.toMatchObject({
      problem: { code: 'bad_request' },
    });
  });

  test('has no links, and a folder that became one is not followed', async () => {
    await symlink('/etc', join(evidence, 'etc'));
    const workbench = await openWorkbench();
    const list = await workbench['evidence.list']({ key: 'place-1', after: 0, limit: 1000 }, jobOf());
    expect(list.rows.map(({ name }) => name)).toEqual(['web-1', 'collected.log', 'cut.log.gz', 'notes.txt']);
    expect(list.notOffered).toBe(1);
    const key = await keyOf(workbench, 'web-1');
    await rename(join(evidence, 'web-1'), join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(evidence, 'web-1'));
    await expect(workbench['evidence.list']({ key, after: 0, limit: 10 }, jobOf())).rejects.toMatchObject({
      problem: { code: 'not_found' },
    });
  });

  test('is given in pages', async () => {
    const workbench = await openWorkbench();
    const page = await workbench['evidence.list']({ key: 'place-1', after: 1, limit: 2 }, jobOf());
    expect(page).toMatchObject({ total: 4, isCut: false });
    expect(page.rows.map(({ name }) => name)).toEqual(['collected.log', 'cut.log.gz']);
  });
});

/** A tar archive as POSIX writes it. */
function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')}\0`, 124);
    header.write(`${'0'.repeat(11)}\0`, 136);
    header.write('        0', 148);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const content = Buffer.from(text);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
