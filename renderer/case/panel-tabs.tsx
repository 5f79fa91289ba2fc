import type { KeyboardEvent } from 'react';
import { panels, panelTitles, type PanelName } from './view-state.ts';

/** The panels of the workbench; arrows move between them. */
export function PanelTabs(props: { panel: PanelName; onShow: (panel: PanelName) => void }) {
  const { panel, onShow } = props;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = panels[(panels.indexOf(panel) + step + panels.length) % panels.length]!;
    onShow(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div className="panel-tabs" role="tablist" aria-label="Panels" onKeyDown={onKeyDown}>
      {panels.map((name, index) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          data-testid={`tab-${name}`}
          aria-selected={name === panel}
          aria-controls="panel"
          tabIndex={name === panel ? 0 : -1}
          onClick={() => onShow(name)}
        >
          {panelTitles[name]} <kbd>{index + 1}</kbd>
        </button>
      ))}
    </div>
  );
}
