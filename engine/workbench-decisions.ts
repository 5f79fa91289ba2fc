/** What a person said of a file, as the options that the command line would have given. */
import type { FileSettings, SettingsForAll } from '../shared/contract.ts';
import { fail, ProblemError, type Problem } from '../shared/problem.ts';
import { isTimeZone, parseInstant, type UtcMicros } from '../shared/time.ts';
import { readMapping } from './formats/generic/mapping.ts';
import { findFormat } from './formats/registry.ts';
import type { ImportOptions } from './intake/import-report.ts';
import { isArchive, planFile, type PlannedFile } from './intake/plan-import.ts';
import type { WorkbenchPlannedFile } from './workbench-planned.ts';

interface Words {
  readonly settings: FileSettings;
  readonly forAll: SettingsForAll;
  readonly provenance: Pick<ImportOptions, 'providedBy' | 'obtainedHow'>;
}

/** A file as it is to be imported, or why it cannot be. */
export type Decided =
  | { readonly kind: 'file'; readonly file: PlannedFile; readonly options: ImportOptions }
  | { readonly kind: 'refused'; readonly problem: Problem };

/**
 * Decides a file with what was said of it and of all files; its own settings come first.
 * Fails with `bad_request` for settings that cannot be.
 */
export async function decideFile(planned: WorkbenchPlannedFile, words: Words): Promise<Decided> {
  const options = optionsOf(words);
  if (planned.planned?.container === 'folder') return { kind: 'file', file: planned.planned, options };
  if (planned.planned && isArchive(planned.planned.container)) return { kind: 'file', file: planned.planned, options };
  const how = { as: options.as, hasMapping: options.mapping !== undefined };
  if (how.as === undefined && !how.hasMapping) return asPlanned(planned, options);
  if (!planned.shown.mayChoose) return asPlanned(planned, options);
  try {
    return { kind: 'file', file: await planFile(planned.path, how), options };
  } catch (error) {
    if (error instanceof ProblemError) return { kind: 'refused', problem: error.problem };
    throw error;
  }
}

function asPlanned({ planned, problem }: WorkbenchPlannedFile, options: ImportOptions): Decided {
  if (planned) return { kind: 'file', file: planned, options };
  return { kind: 'refused', problem: problem! };
}

function optionsOf({ settings, forAll, provenance }: Words): ImportOptions {
  const { as } = settings;
  const zone = zoneOf(settings.zone ?? forAll.zone);
  const system = settings.system ?? forAll.system;
  const takenAt = instantOf(settings.takenAt ?? forAll.takenAt);
  const mapping = mappingOf(settings, forAll);
  return {
    ...provenance,
    ...(as === undefined ? {} : { as: knownFormat(as) }),
    ...(zone === undefined ? {} : { zone }),
    ...(system === undefined ? {} : { system }),
    ...(takenAt === undefined ? {} : { takenAt }),
    ...(mapping === undefined ? {} : { mapping }),
  };
}

function knownFormat(as: string): string {
  if (findFormat(as)) return as;
  return fail({ code: 'bad_request', message: `There is no format ${as}.`, remedy: 'Choose one of the list.' });
}

function zoneOf(zone: string | undefined): string | undefined {
  if (zone === undefined || isTimeZone(zone)) return zone;
  return fail({
    code: 'bad_request',
    message: `${zone} is not a time zone that this machine knows.`,
    remedy: 'Give an IANA name such as Europe/Berlin, or UTC.',
  });
}

function instantOf(text: string | undefined): UtcMicros | undefined {
  if (text === undefined) return undefined;
  return (
    parseInstant(text) ??
    fail({
      code: 'bad_request',
      message: `${text} is no instant.`,
      remedy: 'Write it as in 2026-11-21T06:11:30Z, with Z or an offset.',
    })
  );
}

/** A mapping for all files is for those that take one: a file that was given another format has fields of its own. */
function mappingOf({ as, mapping }: FileSettings, forAll: SettingsForAll): string | undefined {
  const takesMapping = as === undefined || findFormat(as)?.usesMapping === true;
  const chosen = mapping ?? (takesMapping ? forAll.mapping : undefined);
  if (chosen === undefined) return undefined;
  if (as !== undefined && !takesMapping)
    return fail({
      code: 'bad_request',
      message: `${as} has its own fields and takes no mapping.`,
      remedy: 'Leave the mapping empty, or choose another format.',
    });
  // A format that was named may have a way of its own to write what its fields are.
  const isGeneric = as === undefined || as.startsWith('generic-');
  const read = isGeneric ? readMapping(chosen) : undefined;
  if (read?.kind === 'refused') fail(read.because);
  return chosen;
}
