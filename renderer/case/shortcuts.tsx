import { useEffect, useRef } from 'react';

const shortcuts: readonly (readonly [keys: string, does: string])[] = [
  ['1 2 3 4', 'Controls and coverage, sources, ledger, binder'],
  ['i', 'Import evidence'],
  ['/', 'Filter the controls'],
  ['← →', 'On a row of days: day before, day after (with Shift a week)'],
  ['Page Up, Page Down', '30 days back, 30 days on'],
  ['Home, End', 'First day, last day of the window'],
  ['n, p', 'Next, previous day to look at: neither effective nor not due; in an open day as well'],
  ['↑ ↓', 'Row above, row below, the same day'],
  ['Enter', 'Open the day'],
  ['Esc', 'Close the record, then the panel below'],
  ['?', 'This list'],
];

/** The keys that the page listens to. */
export function ShortcutsDialog(props: { isOpen: boolean; onClose: () => void }) {
  const { isOpen, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="shortcuts-title" data-testid="shortcuts">
      <h2 id="shortcuts-title">Keyboard shortcuts</h2>
      <dl className="shortcuts">
        {shortcuts.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="actions">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </p>
    </dialog>
  );
}
