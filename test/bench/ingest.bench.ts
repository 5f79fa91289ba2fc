/** Logs: our import of audit logs, syslog and CloudTrail beside sha256sum, openssl, lnav and jq on the same files. */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rmSync } from 'node:fs';
import { writeAuditLog } from './audit-log.ts';
import { saveResults, say } from './bench-table.ts';
import { runMeasured, type ChildUsage } from './child-usage.ts';
import { importMeasured } from './import-case.ts';
import {
  auditGoals,
  cloudTrailGoals,
  growthGoals,
  sayGoals,
  sayTaken,
  summarize,
  syslogGoals,
} from './ingest-figures.ts';
import type { Goal, Measured, Taken } from './ingest-figures.ts';
import { writeCloudTrail, writeSyslog } from './other-logs.ts';
import { positive } from './positive.ts';
import { withScratchFolder } from './scratch-folder.ts';

const ROUNDS = 3;
const KINDS = ['auditd', 'syslog', 'cloudtrail'] as const;
type Kind = (typeof KINDS)[number];

const USAGE = `npm run bench ingest [-- --sizes MB,...] [--only auditd,syslog,cloudtrail] [--rounds N]
  --sizes   megabytes of each log, one after the other; 250 if left out
  --only    which logs; all if left out
  --rounds  how often everything is measured, ${ROUNDS} if left out; the median counts`;

interface Options {
  readonly sizesMb: readonly number[];
  readonly kinds: readonly Kind[];
  readonly rounds: number;
}

// Gives nothing where there is nothing to run: after `--help`, and after what cannot be understood.
function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        sizes: { type: 'string', default: '250' },
        only: { type: 'string', default: KINDS.join(',') },
        rounds: { type: 'string', default: String(ROUNDS) },
        help: { type: 'boolean', default: false },
      },
    });
    const numbers = (text: string): number[] => text.split(',').map(positive);
    const kinds = values.only.split(',').map((name) => KINDS.find((kind) => kind === name) ?? unknownLog(name));
    if (!values.help) return { sizesMb: numbers(values.sizes), kinds, rounds: positive(values.rounds) };
  } catch (error) {
    say(`${String(error)}\n`);
    process.exitCode = 2;
  }
  say(USAGE);
  return undefined;
}

function unknownLog(name: string): never {
  throw new Error(`There is no log "${name}"; there are ${KINDS.join(', ')}.`);
}

/** A log on the disk, and what is run on it. */
interface Log {
  readonly title: string;
  readonly bytes: number;
  readonly runs: Readonly<Record<string, () => Promise<Taken>>>;
  readonly goals: (measured: readonly Measured[]) => readonly Goal[];
}

const makers: Readonly<Record<Kind, (folder: string, bytes: number) => Log>> = {
  auditd(folder, size) {
    const path = join(folder, 'audit.log');
    const { lines, bytes } = writeAuditLog(path, size);
    const runs = {
      import: () => importMeasured(`${path}.fieldwork`, [path, '--system', 'web-01']),
      sha256sum: () => run('sha256sum', [path]),
      openssl: () => run('openssl', ['dgst', '-sha256', path]),
    };
    return { title: `Audit log, enriched, ${lines} lines`, bytes, runs, goals: auditGoals };
  },
  syslog(folder, size) {
    const path = join(folder, 'messages.log');
    const { lines, bytes } = writeSyslog(path, size);
    const count = ';SELECT log_procname, count(*) FROM syslog_log GROUP BY log_procname';
    const runs = {
      import: () => importMeasured(`${path}.fieldwork`, [path]),
      sha256sum: () => run('sha256sum', [path]),
      openssl: () => run('openssl', ['dgst', '-sha256', path]),
      ...optional('lnav', () => run('lnav', ['-n', '-c', count, path])),
    };
    return { title: `Syslog, RFC 5424, ${lines} lines`, bytes, runs, goals: syslogGoals };
  },
  cloudtrail(folder, size) {
    const trail = join(folder, 'trail');
    const { files, bytes, zippedBytes } = writeCloudTrail(trail, size);
    const fields =
      '.Records[] | [.eventTime,.eventSource,.eventName,.awsRegion,.sourceIPAddress,.userIdentity.arn]|@tsv';
    const runs = {
      import: () => importMeasured(`${trail}.fieldwork`, [trail]),
      ...optional('jq', () => run('sh', ['-c', 'query=$1; shift; zcat "$@" | jq -r "$query"', 'sh', fields, ...files])),
    };
    const title = `CloudTrail, ${files.length} files, ${(zippedBytes / 1e6).toFixed(0)} MB compressed`;
    return { title, bytes, runs, goals: cloudTrailGoals };
  },
};

function optional(name: string, take: () => Promise<Taken>): Readonly<Record<string, () => Promise<Taken>>> {
  if (spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0) return { [name]: take };
  say(`Left out: there is no ${name} here.`);
  return {};
}

async function run(command: string, args: readonly string[]): Promise<ChildUsage> {
  const usage = await runMeasured(command, args);
  if (usage.exitCode !== 0) throw new Error(`${command} ended with ${usage.exitCode}: ${usage.stderr.slice(0, 500)}`);
  return usage;
}

/** Measures everything in turn, so that what else the machine does is spread over all of it. */
async function measure({ bytes, runs }: Log, rounds: number): Promise<readonly Measured[]> {
  const taken = new Map<string, Taken[]>();
  const failed = new Set<string>();
  for (let round = 0; round < rounds; round++)
    for (const [what, take] of Object.entries(runs)) {
      if (failed.has(what)) continue;
      const one = await take().catch((error: unknown) => {
        failed.add(what);
        say(`${what}: not available (${String(error)})`);
      });
      if (one) taken.set(what, [...(taken.get(what) ?? []), one]);
    }
  return summarize(taken, bytes);
}

async function measureAll({ sizesMb, kinds, rounds }: Options, folder: string): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {};
  for (const kind of kinds) {
    const bySize: { megabytes: number; bytes: number; measured: readonly Measured[] }[] = [];
    for (const megabytes of sizesMb) {
      const log = makers[kind](folder, megabytes * 1e6);
      say(`\n── ${log.title}, ${(log.bytes / 1e6).toFixed(0)} MB`);
      const measured = await measure(log, rounds);
      sayTaken(measured);
      sayGoals(log.goals(measured));
      bySize.push({ megabytes, bytes: log.bytes, measured });
      for (const name of ['audit.log', 'messages.log', 'trail'])
        rmSync(join(folder, name), { recursive: true, force: true });
    }
    sayGoals(growthGoals(bySize));
    results[kind] = bySize;
  }
  return results;
}

const options = readOptions();
if (options) {
  const machine = { processor: cpus()[0]?.model, processors: cpus().length, node: process.version };
  say(`${machine.processors} × ${machine.processor}, Node ${machine.node}`);
  const results = await withScratchFolder((folder) => measureAll(options, folder));
  say(`\nAlso in ${saveResults('ingest', { machine, ...results })}`);
}
