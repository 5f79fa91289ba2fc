import type { CallerInput, FileSettings, Output, PlannedEvidence, SettingsForAll } from '../../shared/contract.ts';

export type ImportPlan = Output<'import.plan'>;

/** What a person says of one file. */
export interface FileChoice {
  readonly leaveOut: boolean;
  readonly settings: FileSettings;
}

/** Everything a person says before an import. Empty texts say nothing. */
export interface ImportChoices {
  readonly forAll: SettingsForAll;
  readonly providedBy: string;
  readonly obtainedHow: string;
  readonly files: ReadonlyMap<number, FileChoice>;
}

export const noChoices: ImportChoices = { forAll: {}, providedBy: '', obtainedHow: '', files: new Map() };

const nothingSaid: FileChoice = { leaveOut: false, settings: {} };

/** What was said of a file. */
export function choiceOf(choices: ImportChoices, file: number): FileChoice {
  return choices.files.get(file) ?? nothingSaid;
}

/** The choices with another word on one file. */
export function withFile(choices: ImportChoices, file: number, choice: Partial<FileChoice>): ImportChoices {
  const files = new Map(choices.files);
  files.set(file, { ...choiceOf(choices, file), ...choice });
  return { ...choices, files };
}

/** Settings with one of them changed; an empty text takes it away. */
export function withSetting<S extends FileSettings>(settings: S, name: keyof FileSettings, value: string): S {
  const next = { ...settings, [name]: value };
  if (value === '') delete next[name];
  return next;
}

/** True while the import waits for a word on this file, or on the archive that it lies in. */
export function isUndecided(planned: PlannedEvidence, choices: ImportChoices): boolean {
  const said = [planned.file, ...(planned.archive === null ? [] : [planned.archive])].map((file) =>
    choiceOf(choices, file),
  );
  return planned.state === 'ambiguous' && said.every((one) => !one.leaveOut && one.settings.as === undefined);
}

/** True for a file that an import would read: not left out, not there already, not refused. */
export function isTaken(planned: PlannedEvidence, choices: ImportChoices): boolean {
  const { leaveOut, settings } = choiceOf(choices, planned.file);
  if (leaveOut || (planned.archive !== null && choiceOf(choices, planned.archive).leaveOut)) return false;
  if (planned.state === 'recognised' || planned.state === 'archive') return true;
  const isNamed = settings.as !== undefined;
  if (planned.state === 'ambiguous') return isNamed;
  return planned.state === 'unknown' && (isNamed || (settings.mapping ?? choices.forAll.mapping) !== undefined);
}

/** The files that wait for a word. */
export function undecided(plan: ImportPlan, choices: ImportChoices): readonly PlannedEvidence[] {
  return plan.files.filter((planned) => isUndecided(planned, choices));
}

/** The choices as the engine takes them. */
export function startInput(planId: string, choices: ImportChoices): CallerInput<'import.start'> {
  const { forAll, files } = choices;
  const [providedBy, obtainedHow] = [choices.providedBy.trim(), choices.obtainedHow.trim()];
  return {
    planId,
    forAll,
    files: [...files].map(([file, choice]) => ({ file, ...choice })),
    ...(providedBy === '' ? {} : { providedBy }),
    ...(obtainedHow === '' ? {} : { obtainedHow }),
  };
}
