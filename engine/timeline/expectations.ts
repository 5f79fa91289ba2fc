/** How often each stream of each system should speak, and on what that rests. */

/** Hours of a week: Monday 00:00 of the engagement's zone is 0, Sunday 23:00 is 167. */
export const HOURS_OF_WEEK = 168;

/** Seconds, the same at all times or by hour of the week. */
export type SecondsByHour = number | readonly number[];

/** What a person or engagement.yaml says about a stream. */
export interface DeclaredExpectation {
  readonly system: string;
  readonly stream: string;
  /** A silence longer than this is a gap; seconds, or 168 of them. */
  readonly allowedS: SecondsByHour;
  /** How long the stream is usually silent, where it is known. */
  readonly usualS?: SecondsByHour;
  /** `confirmed`: learned numbers that a person confirmed, as they stood then. */
  readonly basis: 'declared' | 'confirmed';
  /** Where that is said: a sentence for people. */
  readonly says?: string;
}

/**
 * What an expectation rests on. `learned`: on the stream's own history. `daily`: of too little to learn from, a record
 * is owed on each day. `cadence`: a scan is owed at its usual distance. `none`: nothing is owed.
 */
export type ExpectationBasis = DeclaredExpectation['basis'] | 'learned' | 'daily' | 'cadence' | 'none';

/** Why a system owes a stream: the inventory or engagement.yaml says so, or it was heard where nobody is named. */
export type OwedBy = 'declared' | 'learned' | 'none';

/** What was learned for one hour of the week, seconds. */
export interface LearnedHour {
  readonly usualS: number;
  /** All looks but `tailShare` of them were shorter; with `scaleS` this gives the likelihood of a longer silence. */
  readonly tailS: number;
  readonly tailShare: number;
  readonly scaleS: number;
  /** The share of looks at this hour in which nothing was heard at all. */
  readonly unheardShare: number;
  readonly allowedS: number;
}

export interface Expectation {
  readonly system: string;
  readonly stream: string;
  readonly owedBy: OwedBy;
  readonly basis: ExpectationBasis;
  /** By hour of the week, 168 each; empty where days are counted. */
  readonly usualS: readonly number[];
  readonly allowedS: readonly number[];
  /** What was learned, where it was, so that a silence can be judged against it. */
  readonly learned: readonly LearnedHour[] | null;
  /** How many hours were looked at to learn it. */
  readonly looks: number;
  readonly says: string;
}
