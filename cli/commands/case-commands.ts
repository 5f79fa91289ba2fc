/** Commands that make a case and show what is in it. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import {
  createCase,
  formats,
  parseEngagement,
  readRecord,
  readRejects,
  readSources,
  sealCase,
  type Engagement,
  type EvidenceCase,
  type JobContext,
} from '../../engine/index.ts';
import type { Source } from '../../shared/contract.ts';
import { fail } from '../../shared/problem.ts';
import { action, stopIfAsked, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, print, printJson, printJsonRows, printRows, printTable, printText, type Cell } from '../terminal.ts';
import { addImportCommand } from './import-command.ts';

interface NewOptions {
  readonly entity?: string;
  readonly from?: string;
  readonly to?: string;
  readonly zone: string;
  readonly criteria?: readonly string[];
  readonly engagement?: string;
}

async function newCase({ engine, json }: CommandContext, path: string, options: NewOptions): Promise<ExitCode> {
  const engagement = options.engagement === undefined ? fromOptions(options) : await fromFile(options.engagement);
  await createCase(path, engagement, engine.caseContext);
  if (json) printJson({ case: path, engagement });
  else print(`Created ${path} for ${engagement.entity}, ${engagement.window.from} to ${engagement.window.to}.`);
  return 0;
}

function fromOptions({ entity, from, to, zone, criteria }: NewOptions): Engagement {
  if (entity === undefined || from === undefined || to === undefined) {
    return fail({
      code: 'bad_request',
      message: 'A new case needs --entity, --from and --to, or --engagement.',
      remedy: 'For example: fieldwork new acme.fieldwork --entity "Acme" --from 2026-01-01 --to 2026-06-30.',
    });
  }
  return { entity, window: { from, to, zone }, criteria: [...(criteria ?? [])], parameters: {} };
}

async function fromFile(path: string): Promise<Engagement> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    fail({
      code: error.code === 'ENOENT' ? 'not_found' : 'unreadable',
      message: `The engagement cannot be read (${error.code}).`,
      where: { file: path },
      remedy: 'Check the path and its permissions.',
    }),
  );
  return parseEngagement(text, path);
}

async function listFormats({ json }: CommandContext): Promise<ExitCode> {
  const list = formats.map(({ id, title, version, streams }) => ({ id, title, version, streams }));
  if (json) printJson(list);
  else
    printTable(
      ['format', 'what it is'],
      list.map(({ id, title }) => [id, title]),
    );
  return 0;
}

async function listSources(context: CommandContext, path: string): Promise<ExitCode> {
  const sources = await withCase(context, path, readSources);
  if (context.json) printJson(sources);
  else {
    printTable(
      ['source', 'format', 'records', 'rejected', 'first', 'last', 'sha256', 'name'],
      sources.map((s) => [
        `S${s.sourceId}`,
        s.format,
        s.records,
        s.rejected,
        s.firstTime,
        s.lastTime,
        s.sha256.slice(0, 16),
        s.member ?? s.name,
      ]),
    );
    print('Hashes are shortened to 16 of 64 digits; --json gives them whole.');
  }
  return 0;
}

async function listRejects(context: CommandContext, path: string, source?: string): Promise<ExitCode> {
  const asked = source === undefined ? undefined : sourceNumber(source);
  await withCase(context, path, async (target) => {
    const sources = (await readSources(target)).filter(({ sourceId }) => asked === undefined || sourceId === asked);
    if (asked !== undefined && sources.length === 0) failNoSource(asked);
    const pages = rejectsOf(target, sources, context.job);
    const total = sources.reduce((sum, { rejected }) => sum + rejected, 0);
    if (context.json) await printJsonRows(pages, total);
    else await printRows(['source', 'record', 'reason', 'raw'], rejectCells(pages));
  });
  return 0;
}

type Reject = Awaited<ReturnType<typeof readRejects>>['rows'][number];
const REJECTS_A_PAGE = 5000;

/** All rejected records of the sources, a page at a time. */
async function* rejectsOf(
  target: EvidenceCase,
  sources: readonly Source[],
  job: JobContext,
): AsyncGenerator<readonly Reject[]> {
  for (const { sourceId, rejected } of sources) {
    for (let after = 0; after < rejected; after += REJECTS_A_PAGE) {
      stopIfAsked(job);
      yield (await readRejects(target, { sourceId, after, limit: REJECTS_A_PAGE })).rows;
    }
  }
}

async function* rejectCells(pages: AsyncIterable<readonly Reject[]>): AsyncGenerator<readonly (readonly Cell[])[]> {
  for await (const page of pages) yield page.map((r) => [`S${r.sourceId}`, r.record, r.reason, r.raw]);
}

function failNoSource(sourceId: number): never {
  return fail({
    code: 'not_found',
    message: `There is no source S${sourceId} in this case.`,
    remedy: '`fieldwork sources` lists what there is.',
  });
}

async function showRecord(context: CommandContext, path: string, source: string, record: string): Promise<ExitCode> {
  const citation = { sourceId: sourceNumber(source), record: wholeNumber(record, 'record number') };
  const found = await withCase(context, path, (target) => readRecord(target, citation));
  if (context.json) printJson(found);
  else {
    note(`S${found.sourceId} #${found.record} of ${found.sourceName}, byte ${found.byte}, ${found.length} bytes`);
    printText(found.text);
  }
  return 0;
}

async function seal(context: CommandContext, path: string): Promise<ExitCode> {
  const report = await withCase(context, path, (target) => sealCase(target, context.job));
  if (context.json) printJson(report);
  else
    print(
      `Sealed: ${report.files} files, ${report.bytes} bytes. SHA-256 of the tag manifest: ${report.tagManifestSha256}`,
    );
  return 0;
}

function sourceNumber(text: string): number {
  return wholeNumber(text.replace(/^S/i, ''), 'source');
}

function wholeNumber(text: string, what: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  return fail({ code: 'bad_request', message: `${text} is not a ${what}.`, remedy: 'Give a whole number from 1.' });
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Adds the commands of this file. */
export function addCaseCommands(program: Command): void {
  program
    .command('new <case>')
    .description('Makes a new case: a folder that will hold evidence, ledger, results and binders.')
    .option('--entity <name>', 'whose controls are tested')
    .option('--from <date>', 'first day of the window, YYYY-MM-DD')
    .option('--to <date>', 'last day of the window, included')
    .option('--zone <zone>', 'IANA time zone of the days', 'UTC')
    .option('--criteria <id...>', 'criteria in scope, such as CC6.1')
    .option('--engagement <file>', 'an engagement.yaml with all of these')
    .option('--json', 'one JSON value on stdout')
    .action(action(newCase));
  addImportCommand(program);
  program
    .command('formats')
    .description('Lists the formats that can be read.')
    .option('--json', 'one JSON value on stdout')
    .action(action(listFormats));
  program
    .command('sources <case>')
    .description('Lists what was imported.')
    .option('--json', 'one JSON value on stdout')
    .action(action(listSources));
  program
    .command('rejects <case> [source]')
    .description('Lists the records that could not be read, with the reason and the raw text.')
    .option('--json', 'one JSON value on stdout')
    .action(action(listRejects));
  program
    .command('record <case> <source> <record>')
    .description('Shows one record as it stands in its file.')
    .option('--json', 'one JSON value on stdout')
    .action(action(showRecord));
}

/** Adds `seal`. */
export function addSealCommand(program: Command): void {
  program
    .command('seal <case>')
    .description('Checks every evidence file and seals the case as a BagIt bag.')
    .option('--json', 'one JSON value on stdout')
    .action(action(seal));
}

export { collect };
