import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Effects } from './core/effects.ts';
import { spawnLockedWithNode } from './core/locked-child-node.ts';
import type { SpawnLocked } from './core/locked-child.ts';
import { seriesOfPacks } from './controls/series-of-packs.ts';
import { timelineSeries } from './evidence/metric-streams.ts';
import { rollUpSource } from './evidence/roll-ups.ts';
import { viewStatements } from './evidence/views.ts';
import type { CaseContext } from './intake/evidence-case.ts';
import { clockMacros } from './timeline/clocks/clock-macros.ts';
import { installationPaths, type InstallationPaths } from './paths.ts';
import { schemaStatements } from './store/schema.ts';

/** What all work is done with: the world outside, and where Fieldwork's own parts are. */
export interface Engine {
  readonly effects: Effects;
  readonly paths: InstallationPaths;
  readonly version: string;
  readonly spawnLocked: SpawnLocked;
  readonly caseContext: CaseContext;
}

/** Puts an engine together. `spawnLocked` is for hosts that cannot fork a Node process. */
export function createEngine(effects: Effects, options: { readonly spawnLocked?: SpawnLocked } = {}): Engine {
  const paths = installationPaths();
  const version = installedVersion(paths);
  const recipe = {
    statements: [...schemaStatements(), ...viewStatements(), ...clockMacros()],
    rollUpSource,
    seriesAlwaysKept: timelineSeries,
    seriesToKeep: async () => [...timelineSeries, ...(await seriesOfPacks(paths.packs))],
  };
  return {
    effects,
    paths,
    version,
    spawnLocked: options.spawnLocked ?? spawnLockedWithNode(paths.lockedProcess),
    caseContext: { effects, recipe, version },
  };
}

/** The version of this installation. */
export function installedVersion({ root }: InstallationPaths = installationPaths()): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
