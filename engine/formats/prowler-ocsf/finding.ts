/** What Prowler finds, whatever it was exported as. */
import type { UtcMicros } from '../../../shared/time.ts';

/** One check on one resource. */
export interface Finding {
  readonly time: UtcMicros;
  readonly provider: string | undefined;
  readonly account: string | undefined;
  readonly version: string | undefined;
  readonly check: string;
  readonly title: string | undefined;
  /** PASS, FAIL, MANUAL, INFO, ... as the file says. */
  readonly status: string;
  /** Somebody decided that it does not count. */
  readonly muted: boolean;
  readonly severity: string | undefined;
  readonly detail: string | undefined;
  readonly region: string | undefined;
  /** Identities of the resources, where it has any. */
  readonly resources: readonly string[];
  /** Requirements of frameworks that the check belongs to, as text. */
  readonly requirements: string | undefined;
}

const statuses: ReadonlyMap<string, string> = new Map([
  ['pass', 'pass'],
  ['fail', 'fail'],
  ['manual', 'not checked'],
  ['info', 'informational'],
  ['error', 'error'],
  // OCSF's own words, which Prowler 3 wrote.
  ['success', 'pass'],
  ['failure', 'fail'],
]);

/**
 * The status of the table. A finding that was muted keeps it: that somebody accepted a failure does not make it a pass.
 * What Prowler 3 calls MUTED, WARNING or Other says no more than that there is no result.
 */
export function statusOf({ status }: Pick<Finding, 'status'>): string {
  return statuses.get(status.toLowerCase()) ?? 'unknown';
}
