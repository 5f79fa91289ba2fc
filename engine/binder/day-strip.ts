/**
 * The day strip: one mark a day over the audit window, as SVG.
 *
 * Print is often grey, so no state rests on its colour: deviation and explained stand taller and carry a marker,
 * missing evidence is hatched, partial is half high, untrusted and undecidable are banded, not due is a thin line.
 * Adjacent days of one state are one shape: ten times smaller and faster than a shape a day.
 */
import type { ControlDayState } from '../../shared/states.ts';
import type { Day } from '../../shared/time.ts';
import { colours } from './design.ts';

/** Points: markers above, then the bar; taller states reach over it on both sides. */
const BAR_TOP = 9;
const BAR_HEIGHT = 13;
const OVERSHOOT = 3;
const AXIS_HEIGHT = 12;
export const STRIP_HEIGHT = BAR_TOP + BAR_HEIGHT + OVERSHOOT;

/** A day narrower than this could vanish in print; states that matter are drawn at least so wide. */
const LEAST_WIDTH = 1.5;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

interface Box {
  readonly x: number;
  readonly width: number;
}

export interface StripOptions {
  readonly width: number;
  /** Month ticks with names below the bar. */
  readonly axis: boolean;
}

/** SVG of one control's days, `states` in the order of `days`. */
export function dayStrip(days: readonly Day[], states: readonly ControlDayState[], options: StripOptions): string {
  const dayWidth = options.width / Math.max(1, days.length);
  // Quiet states first, so that a widened mark is never painted over by its neighbour.
  const runs = stateRuns(states).sort((a, b) => paintOrder(a.state) - paintOrder(b.state) || a.from - b.from);
  const marks = runs.map(({ state, from, to }) => drawRun(state, placeOf(from, to, dayWidth, options.width, state)));
  const axis = options.axis ? monthAxis(days, dayWidth, BAR_TOP + BAR_HEIGHT + OVERSHOOT) : monthTicks(days, dayWidth);
  return svg(options.width, STRIP_HEIGHT + (options.axis ? AXIS_HEIGHT : 0), marks.join('') + axis);
}

/** SVG of month names alone, to head a column of strips. */
export function monthHeader(days: readonly Day[], width: number): string {
  return svg(width, AXIS_HEIGHT, monthAxis(days, width / Math.max(1, days.length), 0));
}

/** Size of a legend mark in points: the strip's own shapes, made smaller. */
export const LEGEND = { width: 11, height: 14.5 } as const;

/** A state's mark as it stands in a legend. */
export function legendMark(state: ControlDayState): string {
  const size = `width="${LEGEND.width}" height="${LEGEND.height}" viewBox="0 1.5 17 22.4"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${drawRun(state, { x: 0.5, width: 16 })}</svg>`;
}

/** SVG of a stream's coverage: `+` seen, `-` expected and silent, `.` not expected. */
export function coverageStrip(letters: string, width: number): string {
  const dayWidth = width / Math.max(1, letters.length);
  const shapes = runsOf([...letters]).map(({ value, from, to }) => {
    const box = { x: from * dayWidth, width: (to - from) * dayWidth };
    if (value === '+') return rect(box, 2, 7, '#7d8a96');
    return value === '-' ? hatched(widen(box, width), 0.5, 10) : rect(box, 5, 1, colours.line);
  });
  return svg(width, 11, shapes.join(''));
}

function paintOrder(state: ControlDayState): number {
  const loud: readonly ControlDayState[] = ['not due', 'effective', 'partial', 'explained', 'no evidence', 'deviation'];
  const place = loud.indexOf(state);
  return place < 0 ? 2.5 : place;
}

function placeOf(from: number, to: number, dayWidth: number, width: number, state: ControlDayState): Box {
  const box = { x: from * dayWidth, width: (to - from) * dayWidth };
  return state === 'effective' || state === 'not due' ? box : widen(box, width);
}

function widen(box: Box, width: number): Box {
  if (box.width >= LEAST_WIDTH) return box;
  const centre = box.x + box.width / 2;
  return { x: Math.min(Math.max(0, centre - LEAST_WIDTH / 2), width - LEAST_WIDTH), width: LEAST_WIDTH };
}

/** Every state's shape. */
function drawRun(state: ControlDayState, box: Box): string {
  const bottom = BAR_TOP + BAR_HEIGHT;
  switch (state) {
    case 'effective':
      return rect(box, BAR_TOP, BAR_HEIGHT, '#9cc4ae');
    case 'not due':
      return rect(box, BAR_TOP + BAR_HEIGHT / 2 - 0.6, 1.2, '#9aa5b0');
    case 'partial':
      return hatched(box, BAR_TOP, BAR_HEIGHT / 2) + rect(box, BAR_TOP + BAR_HEIGHT / 2, BAR_HEIGHT / 2, '#c98a1b');
    case 'no evidence':
      return hatched(box, BAR_TOP, BAR_HEIGHT);
    case 'untrusted time':
      return rect(box, BAR_TOP, 4.5, '#5f6fae') + rect(box, bottom - 4.5, 4.5, '#5f6fae');
    case 'undecidable':
      return [0, 5, 10].map((down) => rect(box, BAR_TOP + down, 3, '#7a4f9a')).join('');
    case 'error':
      return rect(box, BAR_TOP, BAR_HEIGHT, colours.ink) + cross(box, BAR_TOP + BAR_HEIGHT / 2);
    case 'explained':
      return rect(box, BAR_TOP - 1.5, BAR_HEIGHT + OVERSHOOT, '#3f7fb5') + marker(box, '#ffffff', '#2c618e');
    case 'deviation':
      return rect(box, BAR_TOP - 1.5, BAR_HEIGHT + OVERSHOOT, colours.deviation) + marker(box, colours.deviation);
  }
}

/** A triangle above the middle of a run, filled or open. */
function marker(box: Box, fill: string, stroke = fill): string {
  const [x, y] = [box.x + box.width / 2, BAR_TOP - 2.4];
  const path = `M ${n(x)} ${n(y)} l -2.3 -4.4 l 4.6 0 z`;
  return `<path d="${path}" fill="${fill}" stroke="${stroke}" stroke-width="0.6"/>`;
}

function cross(box: Box, middle: number): string {
  const half = Math.min(2, box.width / 2);
  const x = box.x + box.width / 2;
  const stroke = 'stroke="#ffffff" stroke-width="0.8"';
  return (
    `<line x1="${n(x - half)}" y1="${n(middle - 2)}" x2="${n(x + half)}" y2="${n(middle + 2)}" ${stroke}/>` +
    `<line x1="${n(x - half)}" y1="${n(middle + 2)}" x2="${n(x + half)}" y2="${n(middle - 2)}" ${stroke}/>`
  );
}

/** An outlined white box with diagonal lines; lines are clipped by arithmetic, as clip paths cost more. */
function hatched(box: Box, top: number, height: number): string {
  const left = box.x + 0.25;
  const width = Math.max(0.5, box.width - 0.5);
  const lines: string[] = [];
  // In a box too narrow for lines that can be told apart, white and outline say it.
  for (let start = -height + 1.5; width >= 2.5 && start < width; start += 2.6) {
    const [from, to] = [Math.max(0, start), Math.min(width, start + height)];
    if (to - from < 0.2) continue;
    const [y1, y2] = [top + height - (from - start), top + height - (to - start)];
    lines.push(`M ${n(left + from)} ${n(y1)} L ${n(left + to)} ${n(y2)}`);
  }
  const outline = `<rect x="${n(left)}" y="${n(top + 0.25)}" width="${n(width)}" height="${n(height - 0.5)}"`;
  return (
    `${outline} fill="#ffffff" stroke="${colours.mute}" stroke-width="0.5"/>` +
    (lines.length > 0 ? `<path d="${lines.join(' ')}" fill="none" stroke="${colours.mute}" stroke-width="0.45"/>` : '')
  );
}

/** Ticks and names of months; a name too near to the next one, or to the end, is left out. */
function monthAxis(days: readonly Day[], dayWidth: number, top: number): string {
  const starts = monthStarts(days);
  return starts
    .map((start, place) => {
      const x = start * dayWidth;
      const room = ((starts[place + 1] ?? days.length) - start) * dayWidth;
      const tick = `<line x1="${n(x)}" y1="${n(top)}" x2="${n(x)}" y2="${n(top + 4)}" stroke="${colours.mute}" stroke-width="0.5"/>`;
      const name = MONTHS[Number(days[start]!.slice(5, 7)) - 1]!;
      const year = place === 0 || name === 'Jan' ? ` ${days[start]!.slice(0, 4)}` : '';
      const label = room > 40 ? name + year : name;
      const text = `<text x="${n(x + 2)}" y="${n(top + 9.5)}" font-size="7.5" font-family="Sans" fill="${colours.mute}">${label}</text>`;
      return tick + (room > 17 ? text : '');
    })
    .join('');
}

function monthTicks(days: readonly Day[], dayWidth: number): string {
  const y = BAR_TOP + BAR_HEIGHT;
  return monthStarts(days)
    .map((start) => start * dayWidth)
    .map(
      (x) =>
        `<line x1="${n(x)}" y1="${n(y)}" x2="${n(x)}" y2="${n(y + 2.5)}" stroke="${colours.mute}" stroke-width="0.4"/>`,
    )
    .join('');
}

/** Places of the first day of the window and of every first of a month. */
function monthStarts(days: readonly Day[]): readonly number[] {
  return days.flatMap((day, place) => (place === 0 || day.endsWith('-01') ? [place] : []));
}

interface Run<T> {
  readonly value: T;
  /** Half-open range of places. */
  readonly from: number;
  readonly to: number;
}

function runsOf<T>(values: readonly T[]): Run<T>[] {
  const runs: Run<T>[] = [];
  values.forEach((value, place) => {
    const last = runs.at(-1);
    if (last && last.value === value) runs[runs.length - 1] = { ...last, to: place + 1 };
    else runs.push({ value, from: place, to: place + 1 });
  });
  return runs;
}

function stateRuns(states: readonly ControlDayState[]): { state: ControlDayState; from: number; to: number }[] {
  return runsOf(states).map(({ value, from, to }) => ({ state: value, from, to }));
}

function rect({ x, width }: Box, y: number, height: number, fill: string): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${fill}"/>`;
}

/** Two decimals: a hundredth of a point is finer than any printer. */
function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function svg(width: number, height: number, body: string): string {
  const size = `width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${body}</svg>`;
}
