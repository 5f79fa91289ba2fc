import { describe, expect, it } from 'vitest';
import { pageKeyFor } from '../../renderer/case/page-keys.ts';
import { firstView, nextView } from '../../renderer/case/view-state.ts';
import { dayMoveFor } from '../../renderer/time/day-keys.ts';

const notable = new Set([3, 90, 180]);
const at = (index: number) => ({ index, count: 181, isNotable: (day: number) => notable.has(day) });
const press = (key: string, shiftKey = false) => ({ key, shiftKey, isChord: false });
const dayAfter = (key: string, index: number, shiftKey = false) => {
  const move = dayMoveFor(press(key, shiftKey), at(index));
  return move?.kind === 'day' ? move.index : undefined;
};

describe('keys on a row of days', () => {
  it('moves by a day, a week, thirty days, and to the ends', () => {
    expect(dayAfter('ArrowRight', 10)).toBe(11);
    expect(dayAfter('ArrowLeft', 10)).toBe(9);
    expect(dayAfter('ArrowRight', 10, true)).toBe(17);
    expect(dayAfter('PageDown', 10)).toBe(40);
    expect(dayAfter('Home', 10)).toBe(0);
    expect(dayAfter('End', 10)).toBe(180);
  });

  it('stays in the window', () => {
    expect(dayAfter('ArrowLeft', 0)).toBe(0);
    expect(dayAfter('PageUp', 5)).toBe(0);
    expect(dayAfter('ArrowRight', 180)).toBe(180);
  });

  it('jumps to the next and previous notable day, and stays where there is none', () => {
    expect(dayAfter('n', 0)).toBe(3);
    expect(dayAfter('n', 3)).toBe(90);
    expect(dayAfter('p', 90)).toBe(3);
    expect(dayAfter('n', 180)).toBe(180);
    expect(dayAfter('p', 3)).toBe(3);
  });

  it('opens, changes rows, and leaves all other keys to the page and the browser', () => {
    expect(dayMoveFor(press('Enter'), at(5))).toEqual({ kind: 'open' });
    expect(dayMoveFor(press('ArrowDown'), at(5))).toEqual({ kind: 'row', by: 1 });
    expect(dayMoveFor(press('x'), at(5))).toBeUndefined();
    expect(dayMoveFor({ key: 'n', shiftKey: false, isChord: true }, at(5))).toBeUndefined();
    expect(dayMoveFor(press('End'), { ...at(0), count: 0 })).toBeUndefined();
  });
});

describe('keys of the page', () => {
  it('does nothing but Esc while a field has the focus', () => {
    expect(pageKeyFor('2', true)).toBeUndefined();
    expect(pageKeyFor('/', true)).toBeUndefined();
    expect(pageKeyFor('Escape', true)).toEqual({ kind: 'back' });
  });

  it('shows panels by number and nothing for a number without a panel', () => {
    expect(pageKeyFor('2', false)).toEqual({ kind: 'show', panel: 'sources' });
    expect(pageKeyFor('i', false)).toEqual({ kind: 'import' });
    expect(pageKeyFor('i', true)).toBeUndefined();
    expect(pageKeyFor('9', false)).toBeUndefined();
  });
});

describe('what the page shows', () => {
  it('closes the record first, then the panel below', () => {
    const opened = nextView(
      nextView(firstView, { kind: 'select', selection: { kind: 'day', control: 'c', index: 4 } }),
      { kind: 'open record', record: { sourceId: 3, record: 345 } },
    );
    const back = nextView(opened, { kind: 'back' });
    expect(back.record).toBeUndefined();
    expect(back.selection).toEqual({ kind: 'day', control: 'c', index: 4 });
    expect(nextView(back, { kind: 'back' }).selection).toBeUndefined();
  });

  it('forgets the record when another thing is selected', () => {
    const view = nextView(
      { ...firstView, record: { sourceId: 1, record: 1 } },
      { kind: 'select', selection: { kind: 'source', sourceId: 2 } },
    );
    expect(view.record).toBeUndefined();
  });
});
