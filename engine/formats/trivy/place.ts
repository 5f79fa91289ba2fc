/** Where in a report a finding stands. */
export interface Place {
  /** The workload, in a report on a cluster; what the report is of elsewhere. */
  readonly resource: string | undefined;
  /** Name of the result: an image with its system, a lock file, a manifest. */
  readonly target: string | undefined;
  readonly class: string | undefined;
  readonly type: string | undefined;
}

export function targetName({ target }: Place): string | undefined {
  return target === undefined || target === '' ? undefined : target;
}
