import { controlDayStates, type ControlDayState } from '../../shared/states.ts';
import type { StripLook } from '../time/day-strip.tsx';
import type { Layer } from '../time/strip-paths.ts';

/**
 * How the states look. Colour only helps: height, hatching and marks tell them apart without it.
 * A mark above the band speaks of items, a mark below it of the evidence itself.
 */
interface StateLook {
  /** One letter, for places too small for the word. */
  readonly letter: string;
  /** What the state says, for the legend. */
  readonly means: string;
  readonly layers: readonly Layer[];
}

const BAND = { top: 9, height: 12 };
const TALL = { top: 7, height: 17 };
const MARK_ABOVE = { top: 0, height: 6 };
const MARK_BELOW = { top: 24, height: 5 };

export const stateLooks: Readonly<Record<ControlDayState, StateLook>> = {
  deviation: {
    letter: 'D',
    means: 'At least one item deviates and is not explained.',
    layers: [
      { className: 'ink-deviation', shape: 'fill', ...TALL },
      { className: 'ink-deviation mark', shape: 'triangle', ...MARK_ABOVE },
    ],
  },
  explained: {
    letter: 'E',
    means: 'Every deviation or gap of the day is explained and accepted.',
    layers: [
      { className: 'hatch-explained', shape: 'fill', ...TALL },
      { className: 'line-explained', shape: 'outline', ...TALL },
      { className: 'line-explained mark', shape: 'triangle', ...MARK_ABOVE },
    ],
  },
  undecidable: {
    letter: 'U',
    means: 'An order of events that the clocks cannot decide.',
    layers: [
      { className: 'hatch-undecidable', shape: 'fill', ...BAND },
      { className: 'ink-undecidable', shape: 'diamond', ...MARK_ABOVE },
    ],
  },
  'untrusted time': {
    letter: 'T',
    means: 'Records written while the clock was out or unknown.',
    layers: [
      { className: 'hatch-untrusted', shape: 'fill', ...BAND },
      { className: 'line-untrusted mark', shape: 'ring', ...MARK_BELOW },
    ],
  },
  'no evidence': {
    letter: 'N',
    means: 'No coverage of a needed stream on any system in scope.',
    layers: [
      { className: 'line-missing', shape: 'outline', ...BAND },
      { className: 'line-missing mark', shape: 'outline-square', ...MARK_BELOW },
    ],
  },
  partial: {
    letter: 'P',
    means: 'Coverage on some systems in scope, not on all.',
    layers: [
      { className: 'line-missing', shape: 'outline', ...BAND },
      { className: 'ink-partial', shape: 'fill', top: BAND.top + 6, height: 6 },
    ],
  },
  error: {
    letter: 'X',
    means: 'The test could not be run.',
    layers: [
      { className: 'hatch-error', shape: 'fill', ...BAND },
      { className: 'line-error mark', shape: 'cross', ...MARK_BELOW },
    ],
  },
  'not due': {
    letter: '–',
    means: 'The frequency of the control does not fall on this day, and no item did.',
    layers: [{ className: 'ink-idle', shape: 'fill', top: 14, height: 2 }],
  },
  effective: {
    letter: '+',
    means: 'Evidence was there, complete, and nothing deviated.',
    layers: [{ className: 'ink-effective', shape: 'fill', ...BAND }],
  },
};

/** Control-days on a strip; the state of highest precedence is drawn last. */
export const stateStrip: StripLook<ControlDayState> = {
  height: 30,
  order: controlDayStates.toReversed(),
  layers: (state) => stateLooks[state].layers,
};

/** True for a day that the keyboard stops at. */
export function isNotableState(state: ControlDayState | undefined): boolean {
  return state !== undefined && state !== 'effective' && state !== 'not due';
}
