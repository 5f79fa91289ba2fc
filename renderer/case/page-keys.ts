import { panels, type PanelName } from './view-state.ts';

/** What a key does anywhere on the page, outside fields and rows. */
export type PageKey =
  | { readonly kind: 'show'; readonly panel: PanelName }
  | { readonly kind: 'help' }
  | { readonly kind: 'filter' }
  | { readonly kind: 'import' }
  | { readonly kind: 'back' }
  | { readonly kind: 'next day'; readonly step: 1 | -1 };

/** The meaning of a key for the page; `isTyping` is true while a field has the focus, which then keeps all but Esc. */
export function pageKeyFor(key: string, isTyping: boolean): PageKey | undefined {
  if (key === 'Escape') return { kind: 'back' };
  if (isTyping) return undefined;
  switch (key) {
    case '?':
      return { kind: 'help' };
    case '/':
      return { kind: 'filter' };
    case 'i':
      return { kind: 'import' };
    case 'n':
      return { kind: 'next day', step: 1 };
    case 'p':
      return { kind: 'next day', step: -1 };
    default: {
      const panel = /^[1-9]$/.test(key) ? panels[Number(key) - 1] : undefined;
      return panel && { kind: 'show', panel };
    }
  }
}

/** True when a key press goes into a field. */
export function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  );
}
