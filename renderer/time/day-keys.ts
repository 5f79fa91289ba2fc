/** What a key does on a row of days. Pure, so that the rules can be read and tested in one place. */

/** A key as the browser names it. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  /** Ctrl, Meta or Alt is down: such keys belong to the browser. */
  readonly isChord: boolean;
}

/** Where the row stands. */
export interface DayPosition {
  readonly index: number;
  readonly count: number;
  /** True for days worth jumping to: those that are not simply effective. */
  readonly isNotable: (index: number) => boolean;
}

export type DayMove =
  | { readonly kind: 'day'; readonly index: number }
  | { readonly kind: 'row'; readonly by: -1 | 1 }
  | { readonly kind: 'open' };

/**
 * The move that a key asks for; `undefined` leaves the key to others.
 * Arrows go a day, with Shift a week; Page Up and Down 30 days; `n` and `p` to the next and previous notable day.
 */
export function dayMoveFor(press: KeyPress, at: DayPosition): DayMove | undefined {
  if (press.isChord || at.count === 0) return undefined;
  const week = press.shiftKey ? 7 : 1;
  switch (press.key) {
    case 'ArrowLeft':
      return toDay(at, at.index - week);
    case 'ArrowRight':
      return toDay(at, at.index + week);
    case 'PageUp':
      return toDay(at, at.index - 30);
    case 'PageDown':
      return toDay(at, at.index + 30);
    case 'Home':
      return toDay(at, 0);
    case 'End':
      return toDay(at, at.count - 1);
    case 'n':
      return toDay(at, nextNotable(at, 1) ?? at.index);
    case 'p':
      return toDay(at, nextNotable(at, -1) ?? at.index);
    case 'ArrowUp':
      return { kind: 'row', by: -1 };
    case 'ArrowDown':
      return { kind: 'row', by: 1 };
    case 'Enter':
    case ' ':
      return { kind: 'open' };
    default:
      return undefined;
  }
}

/** The nearest notable day after (`step` 1) or before (-1) the position; `undefined` when there is none. */
export function nextNotable(at: DayPosition, step: 1 | -1): number | undefined {
  for (let index = at.index + step; index >= 0 && index < at.count; index += step) {
    if (at.isNotable(index)) return index;
  }
  return undefined;
}

function toDay(at: DayPosition, index: number): DayMove {
  return { kind: 'day', index: Math.min(at.count - 1, Math.max(0, index)) };
}
