/** A log cut into files: when it is rotated, and what the files are called. */
import type { Day, WindowDay } from '../shared/time.ts';

export interface RotatedFile {
  /** `-20260201.gz` after the day of the rotation; empty for what is not rotated yet, which is not compressed. */
  readonly suffix: string;
  readonly days: readonly WindowDay[];
}

/** True on the first of a month. */
export const monthly = (day: Day): boolean => day.endsWith('-01');

/** True on a Monday. */
export const weekly = (day: Day): boolean => new Date(`${day}T12:00:00Z`).getUTCDay() === 1;

/** The files of the days, in order; a new one begins on each day of rotation. */
export function rotatedFiles(days: readonly WindowDay[], isRotation: (day: Day) => boolean): readonly RotatedFile[] {
  const files: WindowDay[][] = [];
  for (const day of days) {
    if (files.length === 0 || isRotation(day.day)) files.push([day]);
    else files.at(-1)!.push(day);
  }
  return files.map((own, place) => {
    const next = files[place + 1]?.[0]!.day;
    return { days: own, suffix: next === undefined ? '' : `-${next.replaceAll('-', '')}.gz` };
  });
}
