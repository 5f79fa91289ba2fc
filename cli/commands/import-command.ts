/** The import, and the account it gives of every file. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { importFiles, type FileReport, type ImportReport, type PreviewTable } from '../../engine/index.ts';
import { describeProblem, fail, type Problem } from '../../shared/problem.ts';
import { isTimeZone, parseInstant } from '../../shared/time.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, print, printJson, printTable } from '../terminal.ts';

interface ImportCommandOptions {
  readonly as?: string;
  readonly dryRun?: boolean;
  readonly providedBy?: string;
  readonly obtainedHow?: string;
  readonly zone?: string;
  readonly system?: string;
  readonly series?: readonly string[];
  readonly takenAt?: string;
  readonly mapping?: string;
}

/** A file that the case holds already. Nothing went wrong, and nothing was added. */
interface AlreadyThere {
  readonly outcome: 'already there';
  readonly path: string;
  /** As it stands in the account, `S3`. */
  readonly source: string;
}

type Outcome = FileReport | AlreadyThere;

interface Account extends Omit<ImportReport, 'files'> {
  readonly files: readonly Outcome[];
  readonly alreadyThere: number;
}

async function importCommand(
  context: CommandContext,
  path: string,
  files: readonly string[],
  options: ImportCommandOptions,
): Promise<ExitCode> {
  if (options.zone !== undefined && !isTimeZone(options.zone)) failZone(options.zone);
  const { takenAt: takenAtText, mapping: mappingFile, ...others } = options;
  const mapping = mappingFile === undefined ? {} : { mapping: await readMapping(mappingFile) };
  const takenAt = takenAtText === undefined ? {} : { takenAt: parseInstant(takenAtText) ?? failInstant(takenAtText) };
  const report = await withCase(context, path, (target) =>
    importFiles(target, files, { ...others, ...takenAt, ...mapping }, context.job),
  );
  if (report.files.length === 0) failNoFile(files);
  const account = accountOf(report);
  if (context.json) printJson(account);
  else printAccount(account);
  for (const file of account.files) if (file.outcome === 'refused') noteProblem(file.problem);
  if (account.refused === 0) return 0;
  return account.imported + account.alreadyThere > 0 ? 1 : 3;
}

// A remedy may show a file to begin with, in lines of its own. They are set in, so that none can be taken for ours.
function noteProblem(problem: Problem): void {
  const [remedy = '', ...lines] = problem.remedy.split('\n');
  note(`fieldwork: ${describeProblem({ ...problem, remedy })}`);
  for (const line of lines) note(`    ${line}`);
}

function accountOf(report: ImportReport): Account {
  const files = report.files.map(outcomeOf);
  const alreadyThere = files.filter(({ outcome }) => outcome === 'already there').length;
  return { ...report, files, refused: report.refused - alreadyThere, alreadyThere };
}

function outcomeOf(file: FileReport): Outcome {
  if (file.outcome !== 'refused' || file.alreadyThereAs === undefined) return file;
  return { outcome: 'already there', path: file.path, source: `S${file.alreadyThereAs}` };
}

function printAccount({ files, imported, alreadyThere, records, rejected, refused }: Account): void {
  const rows = files.flatMap((file) => (file.outcome === 'refused' ? [] : [row(file)]));
  if (rows.length > 0) printTable(['source', 'format', 'records', 'rejected', 'outcome', 'file'], rows);
  for (const file of files) {
    if (file.outcome === 'refused' || file.outcome === 'already there') continue;
    for (const assumption of file.assumptions) print(`S${file.sourceId}: ${assumption}`);
    file.preview?.forEach(printPreview);
  }
  const there = alreadyThere === 0 ? '' : `${alreadyThere} files already there, `;
  print(`${imported} sources, ${records} records, ${rejected} rejected, ${there}${refused} files refused.`);
}

function printPreview({ table, rows }: PreviewTable): void {
  print(`First rows of ${table}:`);
  for (const row of rows) {
    const cells = Object.entries(row).filter(([, value]) => value !== null);
    print(`  ${cells.map(([column, value]) => `${column}=${value}`).join('  ')}`);
  }
}

function row(file: Exclude<Outcome, { outcome: 'refused' }>): readonly (string | number | null)[] {
  if (file.outcome === 'already there')
    return [file.source, null, null, null, `already there as ${file.source}`, file.path];
  return [`S${file.sourceId}`, file.format, file.records, file.rejected, file.outcome, file.path];
}

function failZone(zone: string): never {
  return fail({
    code: 'bad_request',
    message: `${zone} is not a time zone that this machine knows.`,
    remedy: 'Give an IANA name such as Europe/Berlin, or UTC.',
  });
}

const LARGEST_MAPPING = 1 << 20;

async function readMapping(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    fail({
      code: error.code === 'ENOENT' ? 'not_found' : 'unreadable',
      message: `The mapping cannot be read (${error.code}).`,
      where: { file },
      remedy: 'Give the path of a YAML file.',
    }),
  );
  if (text.length <= LARGEST_MAPPING) return text;
  return fail({
    code: 'bad_request',
    message: `The mapping has ${text.length} characters; at most ${LARGEST_MAPPING} are read.`,
    where: { file },
    remedy: 'Name the columns that are needed, and no others.',
  });
}

function failInstant(text: string): never {
  return fail({
    code: 'bad_request',
    message: `${text} is no instant.`,
    remedy: 'Write it as in 2026-11-21T06:11:30Z, with Z or an offset.',
  });
}

function failNoFile(paths: readonly string[]): never {
  return fail({
    code: 'not_found',
    message: `There is no file in ${paths.join(', ')}: nothing was imported.`,
    remedy: 'Check the path, and whether the disk or share that it lies on is there.',
  });
}

/** Adds `import`. */
export function addImportCommand(program: Command): void {
  program
    .command('import')
    .summary('Imports files and folders, and accounts for every file and record.')
    .description(
      'Recognises, hashes and imports files and folders, and accounts for every file and record.\n' +
        'Exit code: 0 when every file is in the case, 1 when some were refused, 3 when all were or there was none.',
    )
    .argument('<case>', 'folder of the case')
    .argument('<path...>', 'files, archives and folders; a folder with all that it holds')
    .option('--as <format>', 'read every file as this format; `fieldwork formats` lists them')
    .option('--dry-run', 'read and account for everything, keep nothing')
    .option('--provided-by <who>', 'who handed the evidence over')
    .option('--obtained-how <text>', 'how it was obtained')
    .option('--zone <zone>', "IANA zone of times without an offset; the engagement's if left out")
    .option('--system <name>', 'the system that wrote the files, where they do not say')
    .option(
      '--series <selector...>',
      'keep the samples of these metric series, as in {__name__=~"node_.*"}; those that controls need if left out',
    )
    .option('--mapping <file>', 'YAML that says which columns are what, for generic-csv and generic-json')
    .option(
      '--taken-at <time>',
      'when the files were made, for those whose records carry no time (2026-11-21T06:11:30Z)',
    )
    .option('--json', 'one JSON value on stdout')
    .action(action(importCommand));
}
