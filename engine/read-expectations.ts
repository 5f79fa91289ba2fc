/** How long each stream of each system may be silent, and on what that rests, for people. */
import type { UtcMicros } from '../shared/time.ts';
import type { EvidenceCase } from './intake/evidence-case.ts';
import { readCaseTimeline } from './read-timeline.ts';
import { readSystemsByStream, type SystemsByStream } from './timeline/declared-expectations.ts';
import type { Expectation } from './timeline/expectations.ts';

export interface ExpectationLine {
  readonly stream: string;
  readonly system: string;
  readonly owed_by: string;
  readonly basis: string;
  /** Least and greatest over the hours of the week, seconds; `null` where days are counted. */
  readonly usual_s: readonly [number, number] | null;
  readonly allowed_s: readonly [number, number] | null;
  /** Hours that were looked at to learn it. */
  readonly looks: number;
  readonly says: string;
}

export interface ExpectationsRead {
  readonly expectations: readonly ExpectationLine[];
  /** What engagement.yaml names and the case does not have, in sentences. */
  readonly notices: readonly string[];
}

/** Reads the expectations of a case, by stream and system. */
export async function readExpectations(target: EvidenceCase, asOf: UtcMicros): Promise<ExpectationsRead> {
  const { expectations } = await readCaseTimeline(target, asOf);
  const notices = unknownNames(target, await readSystemsByStream(target.database));
  return { expectations: expectations.map(line), notices };
}

function line({ stream, system, owedBy, basis, usualS, allowedS, looks, says }: Expectation): ExpectationLine {
  return { stream, system, owed_by: owedBy, basis, usual_s: range(usualS), allowed_s: range(allowedS), looks, says };
}

function range(seconds: readonly number[]): readonly [number, number] | null {
  return seconds.length === 0 ? null : [toMillis(Math.min(...seconds)), toMillis(Math.max(...seconds))];
}

/** What was learned is an estimate: nobody needs more than its milliseconds. */
function toMillis(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function unknownNames({ engagement }: EvidenceCase, systems: SystemsByStream): readonly string[] {
  return (engagement.expectations ?? []).flatMap(({ stream, systems: named }) => {
    const known = systems.get(stream) ?? [];
    const nobody =
      named.includes('*') && known.length === 0
        ? [`engagement.yaml expects ${stream} of every system, and no system of the case needs it or was heard in it.`]
        : [];
    const unknown = named.filter((system) => system !== '*' && !known.includes(system));
    return [
      ...nobody,
      ...unknown.map(
        (system) => `engagement.yaml expects ${stream} of ${system}, which neither needs it nor was heard in it.`,
      ),
    ];
  });
}
