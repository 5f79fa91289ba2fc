import { instantOfWallClock, type Day } from '../shared/time.ts';
import { auditedWindow } from './company.ts';

/** The instant of a wall clock of the company: `day` and `HH:MM:SS`, in milliseconds UTC. */
export function instantAt(day: Day, time: string): number {
  const wall = BigInt(Date.parse(`${day}T${time}Z`)) * 1000n;
  return Number(instantOfWallClock(wall, auditedWindow.zone) / 1000n);
}
