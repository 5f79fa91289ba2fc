/** The calls that bring evidence in: what may be chosen, the plan, a dry run of one file, and the import itself. */
import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fail, ProblemError, type Problem } from '../shared/problem.ts';
import { LONGEST_MAPPING, type importCalls } from '../shared/import-contract.ts';
import type { FileOutcome, ImportAccount, Input, Output } from '../shared/contract.ts';
import type { Handlers } from '../shared/rpc.ts';
import type { JobContext } from './core/effects.ts';
import { formats } from './formats/registry.ts';
import type { HostChooser } from './host-chooser.ts';
import { importPlanned } from './intake/import-files.ts';
import type { FileReport } from './intake/import-report.ts';
import { inImportOrder, type PlannedFile, type Refusal } from './intake/plan-import.ts';
import { memberWords } from './workbench-members.ts';
import { decideFile, type Decided } from './workbench-decisions.ts';
import { EvidencePlaces } from './workbench-evidence.ts';
import { leftOut, notReached, outcomeOf, problemOf, totalsOf } from './workbench-outcomes.ts';
import { makePlan } from './workbench-plan.ts';
import type { WorkbenchPlan } from './workbench-planned.ts';
import type { WorkbenchSession } from './workbench-session.ts';

/** Plans in memory; a window that comes with an older one is told to plan again. */
const MOST_PLANS = 8;

/** Answers the calls of `shared/import-contract.ts`. */
export function importHandlers(
  session: WorkbenchSession,
  chooser: HostChooser,
): Pick<Handlers, keyof typeof importCalls> {
  const places = new EvidencePlaces(session.options.evidence);
  const desk = new ImportDesk(session, places);
  return {
    'evidence.places': async () => ({ chooser: chooserOf(session), places: await places.places() }),
    'evidence.list': async (input) => places.list(input),
    'evidence.choose': async ({ what }, { signal }) => {
      if (session.options.host !== 'electron') failNoDialog();
      return { entries: await places.add(await chooser.choose(what, signal)) };
    },
    'evidence.dropped': async (_input, { signal }) => ({ entries: await places.add(await chooser.dropped(signal)) }),
    'mapping.read': async ({ key }) => readMappingFile(await places.pathOf(key)),
    'formats.list': async () =>
      formats.map(({ id, title, usesMapping }) => ({ id, title, usesMapping: usesMapping === true })),
    'import.plan': async (input, job) => desk.plan(input, job),
    'import.preview': async (input, job) => desk.preview(input, job),
    'import.start': async (input, job) => desk.start(input, job),
  };
}

function chooserOf({ options }: WorkbenchSession): Output<'evidence.places'>['chooser'] {
  if (options.host === 'electron') return 'dialog';
  return options.evidence.length > 0 ? 'browse' : 'none';
}

/** The plans that were made, and what is done with them. */
class ImportDesk {
  private readonly plans = new Map<string, WorkbenchPlan>();

  constructor(
    private readonly session: WorkbenchSession,
    private readonly places: EvidencePlaces,
  ) {}

  async plan({ keys }: Input<'import.plan'>, job: JobContext): Promise<Output<'import.plan'>> {
    this.session.checkWritable();
    const paths: string[] = [];
    for (const key of new Set(keys)) paths.push(await this.places.pathOf(key));
    const plan = await makePlan(this.session.target, paths, job);
    const planId = randomUUID();
    this.plans.set(planId, plan);
    const [oldest] = this.plans.keys();
    if (this.plans.size > MOST_PLANS && oldest !== undefined) this.plans.delete(oldest);
    return {
      planId,
      files: plan.files.map(({ shown }) => shown),
      bytes: plan.files.reduce((sum, { shown }) => sum + (shown.bytes ?? 0), 0),
      zone: plan.target.engagement.window.zone,
      systems: plan.systems,
    };
  }

  /** A dry run of one file, as the command line does it. */
  async preview(
    { planId, file, settings, forAll }: Input<'import.preview'>,
    job: JobContext,
  ): Promise<Output<'import.preview'>> {
    const planned = this.find(planId).files[file] ?? failNoFile(file);
    return this.session.change(async () => {
      const decided = await decideFile(planned, { settings, forAll, provenance: {} });
      if (decided.kind === 'refused') return { files: [refusedOutcome(file, planned.shown.name, decided.problem)] };
      const plan = { files: [{ ...decided, options: { ...decided.options, dryRun: true } }], refused: [] };
      const { files } = await importPlanned(this.find(planId).target, plan, job);
      return { files: files.map((report) => outcomeOf(report, planned)) };
    });
  }

  async start(input: Input<'import.start'>, job: JobContext): Promise<ImportAccount> {
    return this.session.change(async () => {
      const plan = this.find(input.planId);
      const said = new Map(input.files.map((each) => [each.file, each]));
      checkDecided(plan, said);
      await checkUnchanged(plan, said);
      const account = await this.importAll(plan, input, job);
      this.plans.delete(input.planId);
      return account;
    });
  }

  private async importAll(
    plan: WorkbenchPlan,
    { files: said, forAll, providedBy, obtainedHow }: Input<'import.start'>,
    job: JobContext,
  ): Promise<ImportAccount> {
    const outcomes: FileOutcome[] = [];
    const words = memberWords(plan, said);
    const decided: (Extract<Decided, { kind: 'file' }> & { readonly at: number })[] = [];
    const refused: Refusal[] = [];
    const provenance = { ...(providedBy ? { providedBy } : {}), ...(obtainedHow ? { obtainedHow } : {}) };
    for (const [at, planned] of plan.files.entries()) {
      const { leaveOut = false, settings = {} } = said.find(({ file }) => file === at) ?? {};
      // A member is imported with its archive.
      if (planned.member !== undefined) {
        if (leaveOut) outcomes.push(leftOut(at, planned.shown.name));
        continue;
      }
      if (leaveOut) outcomes.push(leftOut(at, planned.shown.name));
      else if (planned.shown.state === 'already there')
        outcomes.push({
          outcome: 'already there',
          file: at,
          name: planned.shown.name,
          sourceId: planned.shown.sourceId,
        });
      else {
        const decision = await decideFile(planned, { settings, forAll, provenance });
        const members = words.get(at);
        const options = { ...(decision.kind === 'file' ? decision.options : {}), ...(members ? { members } : {}) };
        if (decision.kind === 'file') decided.push({ ...decision, options, at });
        else {
          refused.push({ path: planned.path, problem: decision.problem });
          outcomes.push(refusedOutcome(at, planned.shown.name, decision.problem));
        }
      }
    }
    const ordered = inImportOrder(decided, plan);
    const places = new Map(ordered.map(({ file, at }) => [file, at]));
    const done = new Set<number>();
    const onFile = (file: PlannedFile, reports: readonly FileReport[]): void => {
      const at = places.get(file)!;
      done.add(at);
      outcomes.push(...reports.map((report) => outcomeOf(report, plan.files[at]!)));
    };
    const stopped = await stoppedBy(() => importPlanned(plan.target, { files: ordered, refused }, job, onFile));
    for (const { at } of ordered) if (!done.has(at)) outcomes.push(notReached(at, plan.files[at]!.shown.name));
    return { ...totalsOf(outcomes), stopped: stopped === undefined ? null : problemOf(stopped) };
  }

  private find(planId: string): WorkbenchPlan {
    const plan = this.plans.get(planId);
    // A plan belongs to the case that was open when it was made.
    return plan?.target === this.session.target ? plan : failNoPlan();
  }
}

/** What ended an import early; the sources that were finished stay, so that it is part of the account. */
async function stoppedBy(work: () => Promise<unknown>): Promise<Problem | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError && ['cancelled', 'disk_full'].includes(error.problem.code)) return error.problem;
    throw error;
  }
}

type Said = ReadonlyMap<number, Input<'import.start'>['files'][number]>;

/** Nothing is imported before every ambiguous file is decided or left out. */
function checkDecided({ files }: WorkbenchPlan, said: Said): void {
  const open = files.filter(({ shown }) => {
    const words = said.get(shown.file);
    // What is left out with its archive needs no word of its own.
    if (shown.archive !== null && said.get(shown.archive)?.leaveOut === true) return false;
    const ofArchive = shown.archive === null ? undefined : said.get(shown.archive)?.settings.as;
    if (ofArchive !== undefined) return false;
    return shown.state === 'ambiguous' && words?.leaveOut !== true && words?.settings.as === undefined;
  });
  if (open.length === 0) return;
  fail({
    code: 'ambiguous_format',
    message: `${open.length} ${open.length === 1 ? 'file is' : 'files are'} not decided, the first: ${open[0]!.shown.name}.`,
    remedy: 'Choose the format of each, or leave it out.',
  });
}

/** What was planned is what is imported: a file that was written to meanwhile has to be looked at again. */
async function checkUnchanged({ files }: WorkbenchPlan, said: Said): Promise<void> {
  for (const { shown, path, seen } of files) {
    if (!seen || said.get(shown.file)?.leaveOut === true) continue;
    const now = await stat(path).catch(() => undefined);
    if (now?.size === seen.bytes && now.mtimeMs === seen.modifiedMillis) continue;
    fail({
      code: 'differs',
      message: now
        ? `The file changed since the plan was made: it had ${seen.bytes} bytes, and has ${now.size}.`
        : 'The file is gone since the plan was made.',
      where: { file: path },
      remedy: 'Make the plan again.',
    });
  }
}

async function readMappingFile(path: string): Promise<Output<'mapping.read'>> {
  const { size } = await stat(path);
  if (size > LONGEST_MAPPING)
    fail({
      code: 'bad_request',
      message: `The mapping has ${size} bytes; at most ${LONGEST_MAPPING} are read.`,
      where: { file: path },
      remedy: 'Name the columns that are needed, and no others.',
    });
  return { name: basename(path), text: await readFile(path, 'utf8') };
}

function refusedOutcome(file: number, name: string, problem: Problem): FileOutcome {
  return { outcome: 'refused', file, name, problem: problemOf(problem) };
}

function failNoPlan(): never {
  return fail({
    code: 'not_found',
    message: 'This plan is not known any more.',
    remedy: 'Choose the files again, or make the plan again.',
  });
}

function failNoFile(file: number): never {
  return fail({ code: 'not_found', message: `The plan has no file ${file}.`, remedy: 'Make the plan again.' });
}

function failNoDialog(): never {
  return fail({
    code: 'bad_request',
    message: 'A browser has no dialog that says where files lie.',
    remedy: 'Choose among the folders that the workbench was started with (--evidence FOLDER).',
  });
}
