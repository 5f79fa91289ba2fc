/** The profiles of a document as scans, one each. */
import type { Problem } from '../../../shared/problem.ts';
import type { UtcMicros } from '../../../shared/time.ts';
import { assumeTakenAt, type AddRows, type JsonResults } from '../check-results/json-results.ts';
import { scanId } from '../check-results/scan-id.ts';
import { ScanTimes } from '../check-results/scan-times.ts';
import { undated } from '../check-results/undated.ts';
import { firstText } from '../event-records/values.ts';
import type { ReadContext, RowSink } from '../format.ts';
import type { JsonRecord, JsonRecordOptions } from '../framing/json-records.ts';
import { readProfile, targetOf, type Check, type Profile } from './profile.ts';

/** Profiles are long: their controls have code and descriptions. */
const MOST_RECORD_BYTES = 64 * 1024 * 1024;
/** Checks that wait for the end of their document, where its target becomes known. */
const MOST_WAITING = 100_000;

export const hdfFiles: JsonRecordOptions = {
  lists: ['profiles', ['data', 'profiles']],
  firstKeys: ['name', 'attributes', 'controls'],
  maxRecordBytes: MOST_RECORD_BYTES,
};

interface Waiting {
  readonly record: number;
  readonly profile: Profile;
}

/** What a document says of all its profiles. */
interface Around {
  readonly system: string | undefined;
  readonly version: string | undefined;
  readonly complete: boolean;
  /** The first time in it, else the one given for the file. */
  readonly time: UtcMicros;
  /** Controls that have results in some profile. */
  readonly looked: ReadonlySet<string>;
}

export class HdfResults implements JsonResults {
  readonly files = hdfFiles;
  readonly noun = 'a profile of results';
  readonly nouns = 'Results in HDF';
  readonly #times: ScanTimes;
  #waiting: Waiting[] = [];
  #waitingChecks = 0;
  #isDatedByGiven = false;
  #hasUndated = false;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#times = new ScanTimes(context.zone, (statement) => sink.assume(statement));
  }

  read({ value }: JsonRecord): AddRows | string {
    const profile = readProfile(value, this.#times);
    if (typeof profile === 'string') return profile;
    return (record) => {
      this.#waiting.push({ record, profile });
      this.#waitingChecks += profile.checks.length + 1;
      if (this.#waitingChecks > MOST_WAITING) this.#give(undefined, false);
    };
  }

  document(value: unknown): void {
    this.#give(value, true);
  }

  finish(): Problem | undefined {
    this.#give(undefined, false);
    if (this.#hasUndated) return undated(this.nouns, this.context.name);
    if (this.#isDatedByGiven && this.context.takenAt !== undefined) assumeTakenAt(this.sink, this.context.takenAt);
    return undefined;
  }

  /** Adds what waits, which is all of one document unless that is very long or was cut off. */
  #give(document: unknown, complete: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingChecks = 0;
    const time = waiting.reduce<UtcMicros | undefined>(
      (least, { profile: { from } }) => earlier(least, from),
      undefined,
    );
    const known = time ?? this.context.takenAt;
    if (waiting.length === 0) return;
    if (time === undefined) this.#isDatedByGiven = true;
    // Nothing of a file is kept in which a document has no time.
    if (known === undefined) this.#hasUndated = true;
    else {
      const around = this.#around(document, { complete, time: known, waiting });
      for (const each of waiting) this.#giveProfile(each, around);
    }
  }

  #around(
    document: unknown,
    { complete, time, waiting }: { complete: boolean; time: UtcMicros; waiting: readonly Waiting[] },
  ): Around {
    const tool = firstText(document, 'platform.name');
    const looked = waiting.flatMap(({ profile }) => profile.checks.filter(({ isEmpty }) => !isEmpty));
    return {
      system: targetOf(document) ?? this.context.system,
      version: [tool, firstText(document, 'version')].filter((part) => part !== undefined).join(' ') || undefined,
      complete,
      time,
      looked: new Set(looked.map(({ rule_id }) => rule_id!)),
    };
  }

  #giveProfile({ record, profile }: Waiting, around: Around): void {
    const { system, version, complete, looked } = around;
    const time = profile.from ?? around.time;
    const completed = complete && profile.trouble === undefined;
    const scan_id = scanId('hdf', time, [profile.name, profile.version, system]);
    this.sink.row(
      'scans',
      {
        ...{
          scan_id,
          tool: 'hdf',
          version,
          started: time,
          completed,
          finished: completed ? (profile.to ?? time) : undefined,
        },
        scope: [profile.name, profile.version].filter((part) => part !== undefined).join(' '),
        targets: system === undefined ? [] : [system],
        excluded: profile.waived.length === 0 ? undefined : profile.waived.slice(0, 10_000),
        profile: profile.name,
      },
      record,
    );
    const resource = system === undefined ? profile.name : undefined;
    const state = profile.trouble === undefined ? 'up' : 'unknown';
    this.sink.row('scan_targets', { scan_id, time, system, resource, state, reason: profile.trouble }, record);
    const elsewhere = ({ isEmpty, rule_id }: Check): boolean =>
      isEmpty === true && profile.isOverlay && looked.has(rule_id!);
    for (const check of profile.checks.filter((each) => !elsewhere(each)))
      this.#giveCheck(check, { scan_id, system, time }, record);
    this.#say(profile, profile.checks.filter(elsewhere).length);
  }

  #giveCheck(check: Check, of: { scan_id: string; system: string | undefined; time: UtcMicros }, record: number): void {
    const { time, benchmark, rule_id, title, status, status_text, severity, detail, resource } = check;
    const row = { benchmark, rule_id, title, status, status_text, severity, detail, resource };
    this.sink.row('config_checks', { ...of, ...row, time: time ?? of.time }, record);
  }

  #say({ name, undated: count, from, trouble }: Profile, elsewhere: number): void {
    if (from !== undefined && count > 0)
      this.sink.assume(
        `Results of ${name} without a time of their own are dated as its first result that has one: ${count}.`,
      );
    if (elsewhere > 0)
      this.sink.assume(
        `Controls of ${name} whose results stand in the profiles that it takes them from: ${elsewhere}.`,
      );
    if (trouble !== undefined)
      this.sink.assume(`The profile ${name} was not run as a whole: ${trouble.slice(0, 500)}.`);
  }
}

function earlier(a: UtcMicros | undefined, b: UtcMicros | undefined): UtcMicros | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
