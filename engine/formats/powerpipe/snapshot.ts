/**
 * Snapshots (.pps, before Powerpipe .sps): all panels of a dashboard by their names, and the tree that they stand in.
 *
 *   {"schema_version":"20221222","start_time":...,"end_time":...,"layout":{"name","panel_type","children":[...]},
 *    "panels":{"mod.control.x":{"panel_type":"control","title","status","properties":{"severity"},
 *      "data":{"columns":[...],"rows":[{"status","reason","resource", dimensions ...}]}}}}
 */
import type { UtcMicros } from '../../../shared/time.ts';
import type { ScanTimes } from '../check-results/scan-times.ts';
import { at, firstText, shown } from '../event-records/values.ts';
import { dimensionsOf, resultsOf, type ControlResult } from './control.ts';
import type { Run } from './groups.ts';

const ownColumns = ['status', 'reason', 'resource'];

export interface SnapshotRun extends Run {
  readonly started: UtcMicros;
  readonly finished: UtcMicros | undefined;
}

export function isSnapshot(value: unknown): boolean {
  const panels = at(value, 'panels');
  return (
    typeof panels === 'object' &&
    panels !== null &&
    at(value, 'layout') !== undefined &&
    at(value, 'start_time') !== undefined
  );
}

/** The controls of a snapshot, or the sentence that says why there are none. */
export function readSnapshot(value: unknown, times: ScanTimes): SnapshotRun | string {
  const written = firstText(value, 'start_time');
  const started = times.read(written);
  if (started === undefined) return `The start_time ${shown(written ?? '')} of the snapshot cannot be read.`;
  const parents = parentsIn(at(value, 'layout'));
  const results: ControlResult[] = [];
  let unfinished = 0;
  for (const [name, panel] of Object.entries(at(value, 'panels') as object)) {
    if (firstText(panel, 'panel_type') !== 'control') continue;
    const read = controlOf(name, panel, parents.get(name));
    if (typeof read === 'string') return read;
    for (const result of read) results.push(result);
    if (!['complete', 'error', undefined].includes(firstText(panel, 'status'))) unfinished++;
  }
  if (results.length === 0) return 'The snapshot holds no control: it is one of a dashboard, not of a benchmark.';
  const finished = times.read(firstText(value, 'end_time'));
  return { results, unfinished, started, finished, profile: firstText(at(value, 'layout'), 'name') };
}

function controlOf(name: string, panel: unknown, benchmark: string | undefined): readonly ControlResult[] | string {
  const facts = {
    control: firstText(panel, 'properties.unqualified_name', 'name') ?? name.toWellFormed(),
    benchmark,
    title: firstText(panel, 'title'),
    severity: firstText(panel, 'properties.severity', 'severity')?.toLowerCase(),
  };
  return resultsOf(facts, at(panel, 'data.rows'), {
    error: firstText(panel, 'error'),
    dimensions: (row) => dimensionsOf(row, ownColumns),
  });
}

/** The benchmark above each panel. A control in several benchmarks is run once; the first of them counts. */
function parentsIn(layout: unknown): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  const visit = (node: unknown): void => {
    const name = firstText(node, 'name');
    const children = at(node, 'children');
    for (const child of Array.isArray(children) ? (children as readonly unknown[]) : []) {
      const own = firstText(child, 'name');
      if (own !== undefined && name !== undefined && !parents.has(own)) parents.set(own, name);
      visit(child);
    }
  };
  visit(layout);
  return parents;
}
