/** Several hosts that fall silent in one stream together: what they have in common is what collects it, or looks at them. */
import { formatInstant, MICROS_PER_SECOND } from '../../shared/time.ts';
import { byCodeUnits } from './coverage.ts';
import type { Corroboration, FoundGap } from './gap.ts';

/** Two hosts may well be rebooted together; of three in one stream it is said. */
const FEWEST_SYSTEMS = 3;
/** Starts and ends are close when they are no further apart than this, or than twice the usual silence. */
const CLOSE_S = 600;

/** Says which systems were silent, or not looked at, together with this one; `undefined` where they are fewer than three. */
export function findTogether(gap: FoundGap, gaps: readonly FoundGap[]): Corroboration | undefined {
  // A system that never spoke, or numbers that are skipped, have no start that others could share.
  if (gap.kind === 'missing' || gap.kind === 'sequence-loss') return undefined;
  const others = gaps.filter((one) => one.stream === gap.stream && one.kind === gap.kind && isClose(gap, one));
  const systems = [...new Set(others.map(({ system }) => system))].sort(byCodeUnits);
  if (systems.length < FEWEST_SYSTEMS) return undefined;
  const cites = others.flatMap(({ before }) => before ?? []);
  const times = `from about ${formatInstant(gap.from)} to ${formatInstant(gap.to)}: ${systems.join(', ')}`;
  const says =
    gap.kind === 'scan-missed'
      ? `${systems.length} systems were not looked at by ${gap.stream} ${times}. A whole scan is missing, or one was cut off.`
      : `${systems.length} systems were silent in ${gap.stream} together, ${times}.`;
  return { says, cites };
}

function isClose(a: FoundGap, b: FoundGap): boolean {
  const usualS = Math.max(a.usual?.usualS ?? 0, b.usual?.usualS ?? 0);
  const shortest = Math.min(Number(a.to - a.from), Number(b.to - b.from));
  // Nearer than a quarter of the gap too: hosts that speak once a day are silent "together" whenever they are.
  const micros = Math.min(Math.max(CLOSE_S, 2 * usualS) * Number(MICROS_PER_SECOND), shortest / 4);
  return Math.abs(Number(a.from - b.from)) <= micros && Math.abs(Number(a.to - b.to)) <= micros;
}
