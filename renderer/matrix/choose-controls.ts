import type { MatrixControl } from '../../shared/contract.ts';
import { severities, type ControlDayState } from '../../shared/states.ts';

export const controlOrders = {
  pack: 'Order of the pack',
  deviations: 'Most deviation days first',
  silence: 'Most days without evidence first',
  severity: 'Highest severity first',
} as const;
export type ControlOrder = keyof typeof controlOrders;

export interface ControlChoice {
  /** Words that must all occur in the id, the title or the criteria. */
  readonly filter: string;
  readonly order: ControlOrder;
  /** Only controls with a day in one of these states; empty means all. */
  readonly states: ReadonlySet<ControlDayState>;
}

/** No filter, the order of the pack. */
export const everyControl: ControlChoice = { filter: '', order: 'pack', states: new Set() };

/** The controls to show, in their order; equals keep the order of the pack. */
export function chooseControls(controls: readonly MatrixControl[], choice: ControlChoice): readonly MatrixControl[] {
  const words = choice.filter.toLowerCase().split(/\s+/).filter(Boolean);
  return controls
    .filter((control) => words.every((word) => searchText(control).includes(word)))
    .filter((control) => choice.states.size === 0 || control.states.some((state) => choice.states.has(state)))
    .toSorted((a, b) => weight(b, choice.order) - weight(a, choice.order));
}

function searchText({ control, title, criteria }: MatrixControl): string {
  return [control, title, ...criteria].join(' ').toLowerCase();
}

function weight(control: MatrixControl, order: ControlOrder): number {
  switch (order) {
    case 'pack':
      return 0;
    case 'deviations':
      return daysIn(control, ['deviation']);
    case 'silence':
      return daysIn(control, ['no evidence', 'partial']);
    case 'severity':
      return severities.indexOf(control.severity);
  }
}

function daysIn(control: MatrixControl, states: readonly ControlDayState[]): number {
  return control.states.filter((state) => states.includes(state)).length;
}
