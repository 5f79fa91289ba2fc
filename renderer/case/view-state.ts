import type { Citation } from '../../shared/contract.ts';

/** What the workbench shows: a panel, and below it at most one thing in detail. */
export const panels = ['controls', 'sources', 'ledger', 'binder'] as const;
export type PanelName = (typeof panels)[number];

export const panelTitles: Readonly<Record<PanelName, string>> = {
  controls: 'Controls and coverage',
  sources: 'Sources',
  ledger: 'Ledger',
  binder: 'Binder',
};

/** What stands in the inspector. */
export type Selection =
  | { readonly kind: 'day'; readonly control: string; readonly index: number }
  | { readonly kind: 'control'; readonly control: string }
  | { readonly kind: 'source'; readonly sourceId: number };

export interface ViewState {
  readonly panel: PanelName;
  readonly selection: Selection | undefined;
  /** The record whose raw text is shown beside the selection. */
  readonly record: Citation | undefined;
}

export type ViewAction =
  | { readonly kind: 'show'; readonly panel: PanelName }
  | { readonly kind: 'select'; readonly selection: Selection }
  | { readonly kind: 'open record'; readonly record: Citation }
  | { readonly kind: 'close record' }
  | { readonly kind: 'back' };

export const firstView: ViewState = { panel: 'controls', selection: undefined, record: undefined };

/** The next view. `back` closes one thing at a time: first the record, then the inspector. */
export function nextView(view: ViewState, action: ViewAction): ViewState {
  switch (action.kind) {
    case 'show':
      return action.panel === view.panel ? view : { panel: action.panel, selection: undefined, record: undefined };
    case 'select':
      return { ...view, selection: action.selection, record: undefined };
    case 'open record':
      return { ...view, record: action.record };
    case 'close record':
      return { ...view, record: undefined };
    case 'back':
      return view.record ? { ...view, record: undefined } : { ...view, selection: undefined };
  }
}

/** The control that the selection is about, if it is about one. */
export function selectedControl(selection: Selection | undefined): string | undefined {
  return selection && selection.kind !== 'source' ? selection.control : undefined;
}
