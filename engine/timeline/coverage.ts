/** Who should have spoken on each day, and who did. */
import { windowDays, type AuditWindow, type WindowDay } from '../../shared/time.ts';
import type { CaseDatabase } from '../store/case-database.ts';
import { findSightings, readInventory, type InventorySystem, type SeenDay, type Sighting } from './sightings.ts';

/**
 * Why a system is expected in a stream: the inventory says so; or, where no system of the inventory needs the stream,
 * it was seen there before. `none`: the inventory names others, and this one was seen all the same.
 */
export type Basis = 'declared' | 'learned' | 'none';

export interface StreamCoverage {
  readonly stream: string;
  readonly system: string;
  readonly basis: Basis;
  readonly isScan: boolean;
  /** Nothing of it is in the case, within the window or without. */
  readonly neverSeen: boolean;
  /** By place of the day in the window. */
  readonly expected: readonly boolean[];
  readonly seen: readonly (SeenDay | undefined)[];
  readonly records: number;
}

/**
 * Gives the coverage of every stream that is needed or was seen.
 * Shape: ordered by stream, then system; `expected` and `seen` have one entry for each day of the window.
 */
export async function findCoverage(database: CaseDatabase, window: AuditWindow): Promise<readonly StreamCoverage[]> {
  const days = windowDays(window);
  return coverageOf(days, await readInventory(database), await findSightings(database, days));
}

/** The same from values. A system is expected on a day when its scope overlaps the day. */
export function coverageOf(
  days: readonly WindowDay[],
  inventory: readonly InventorySystem[],
  sightings: readonly Sighting[],
): readonly StreamCoverage[] {
  const scanStreams = new Set(sightings.filter(({ isScan }) => isScan).map(({ stream }) => stream));
  const needed = new Set(inventory.flatMap(({ needs }) => needs));
  const streams = new Set([...needed, ...sightings.map(({ stream }) => stream)]);
  return [...streams].sort(byCodeUnits).flatMap((stream) => {
    const seenHere = new Map(sightings.filter((one) => one.stream === stream).map((one) => [one.system, one]));
    const owed = inventory.filter(({ needs }) => needs.includes(stream));
    const systems = new Set([...owed.map(({ system }) => system), ...seenHere.keys()]);
    return [...systems].sort(byCodeUnits).map((system) => {
      const sighting = seenHere.get(system);
      const scopes = owed.filter((one) => one.system === system);
      const basis: Basis = scopes.length > 0 ? 'declared' : needed.has(stream) ? 'none' : 'learned';
      return {
        stream,
        system,
        basis,
        isScan: scanStreams.has(stream),
        neverSeen: sighting === undefined,
        expected: days.map((day) => basis === 'learned' || scopes.some((scope) => isInScope(scope, day))),
        seen: sighting?.days ?? days.map(() => undefined),
        records: sighting?.records ?? 0,
      };
    });
  });
}

/** True when the scope of the system overlaps the day. */
export function isInScope({ scopeFrom, scopeTo }: InventorySystem, { from, to }: WindowDay): boolean {
  return (scopeFrom === null || scopeFrom < to) && (scopeTo === null || scopeTo > from);
}

/** One letter a day: `+` seen, `-` expected and silent, `.` not expected. */
export function coverageLetters({ expected, seen }: StreamCoverage): string {
  return expected.map((isExpected, place) => (seen[place] ? '+' : isExpected ? '-' : '.')).join('');
}

/** The order of plain strings, the same on every machine. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
