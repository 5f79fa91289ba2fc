import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useEffectEvent, useMemo, useReducer, useRef, useState } from 'react';
import type { CaseSummary } from '../../shared/contract.ts';
import { BinderPanel } from '../binder/binder-panel.tsx';
import { visibleText } from '../common/hostile-text.ts';
import { useBinderWork, type BinderWork } from '../binder/use-binder-work.ts';
import { JobProgress } from '../common/job-progress.tsx';
import { ProblemNote } from '../common/problem-note.tsx';
import { asError, useCall, useClient, useJob } from '../engine/use-engine.ts';
import { ImportDialog } from '../import/import-dialog.tsx';
import { useImport } from '../import/use-import.ts';
import { Inspector } from '../inspector/inspector.tsx';
import { LedgerPanel } from '../ledger/ledger-panel.tsx';
import { everyControl, type ControlChoice } from '../matrix/choose-controls.ts';
import { ControlTools } from '../matrix/control-tools.tsx';
import { ControlsPanel } from '../matrix/controls-panel.tsx';
import { isNotableState } from '../matrix/state-look.ts';
import { SourcesPanel } from '../sources/sources-panel.tsx';
import { nextNotable } from '../time/day-keys.ts';
import { rulerOf } from '../time/ruler.ts';
import { RulerContext } from '../time/ruler-context.ts';
import { CaseHeader } from './case-header.tsx';
import { Notices } from './notices.tsx';
import { isField, pageKeyFor, type PageKey } from './page-keys.ts';
import { PanelTabs } from './panel-tabs.tsx';
import { ShortcutsDialog } from './shortcuts.tsx';
import { firstView, nextView, type Selection, type ViewState } from './view-state.ts';

/** An open case: its header, one panel, and below it what was selected. */
export function Workbench(props: { summary: CaseSummary }) {
  const { summary } = props;
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [choice, setChoice] = useState<ControlChoice>(everyControl);
  const run = useJob(
    'run.start',
    useCallback(() => {}, []),
  );
  const binderWork = useBinderWork();
  const evidence = useImport();
  const closing = useCloseCase();
  const ruler = useMemo(
    () => rulerOf(summary.firstDay, summary.lastDay, { zone: summary.zone, width: 0 }),
    [summary.firstDay, summary.lastDay, summary.zone],
  );
  const { view, act, select, back } = useView();
  const stepDay = useStepDay(view.selection, select);
  const isBusy = [run, binderWork.making, evidence.importing].some(({ state }) => state.kind === 'running');
  const openImport = () => {
    if (!summary.readOnly && !isBusy) evidence.open();
  };
  const showSource = (sourceId: number | undefined) => {
    evidence.close();
    act({ kind: 'show', panel: 'sources' });
    if (sourceId !== undefined) select({ kind: 'source', sourceId });
  };
  usePageKeys((pressed) => {
    if (pressed.kind === 'show') act(pressed);
    else if (pressed.kind === 'help') setHelpOpen(true);
    else if (pressed.kind === 'filter') document.querySelector<HTMLElement>('[data-filter]')?.focus();
    else if (pressed.kind === 'import') openImport();
    else if (pressed.kind === 'next day') stepDay(pressed.step);
    else back();
  });
  return (
    <RulerContext value={ruler}>
      <title>{`${visibleText(summary.entity)} · Fieldwork`}</title>
      <div className="workbench">
        <CaseHeader
          summary={summary}
          isBusy={isBusy}
          onImport={openImport}
          onRun={() => run.start({})}
          onBinder={() => act({ kind: 'show', panel: 'binder' })}
          onClose={closing.close}
          onHelp={() => setHelpOpen(true)}
        />
        <div className="notices">
          <JobProgress title="Running the controls" job={run} />
          {closing.error && <ProblemNote what="The case was not closed." error={closing.error} />}
          <Notices summary={summary} />
        </div>
        <main className="workbench-main">
          <div className="panel-head">
            <PanelTabs panel={view.panel} onShow={(panel) => act({ kind: 'show', panel })} />
            {view.panel === 'controls' && <ControlTools choice={choice} onChoose={setChoice} />}
          </div>
          <div className="panel" id="panel" role="tabpanel" aria-labelledby={`tab-${view.panel}`}>
            <Panel
              {...{ view, choice, binderWork }}
              onChoose={setChoice}
              onSelect={select}
              onImport={openImport}
              readOnly={summary.readOnly}
            />
          </div>
          {view.selection && (
            <Inspector
              selection={view.selection}
              record={view.record}
              onSelect={select}
              onOpenRecord={(record) => act({ kind: 'open record', record })}
              onCloseRecord={() => act({ kind: 'close record' })}
              onStepDay={stepDay}
              onClose={back}
            />
          )}
        </main>
        <ImportDialog
          work={evidence}
          onShowSource={showSource}
          onRun={() => {
            evidence.close();
            run.start({});
          }}
        />
        <ShortcutsDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      </div>
    </RulerContext>
  );
}

interface PanelProps {
  readonly view: ViewState;
  readonly choice: ControlChoice;
  readonly binderWork: BinderWork;
  readonly readOnly: boolean;
  onChoose(choice: ControlChoice): void;
  onImport(): void;
  onSelect(selection: Selection): void;
}

function Panel(props: PanelProps) {
  const { view, choice, binderWork, readOnly, onChoose, onSelect } = props;
  switch (view.panel) {
    case 'controls':
      return <ControlsPanel selection={view.selection} onSelect={onSelect} choice={choice} onChoose={onChoose} />;
    case 'sources':
      return (
        <SourcesPanel selection={view.selection} onSelect={onSelect} readOnly={readOnly} onImport={props.onImport} />
      );
    case 'ledger':
      return <LedgerPanel />;
    case 'binder':
      return <BinderPanel readOnly={readOnly} work={binderWork} />;
  }
}

/** What is shown, and the ways to change it that also move the focus. */
function useView() {
  const [view, act] = useReducer(nextView, firstView);
  const { remember, restore } = useFocusMemory();
  const select = useCallback(
    (selection: Selection) => {
      remember();
      act({ kind: 'select', selection });
    },
    [remember],
  );
  const back = () => {
    act({ kind: 'back' });
    if (!view.record) restore();
  };
  return { view, act, select, back };
}

/** Moves an open day to the next or previous one that is not simply effective. */
function useStepDay(selection: Selection | undefined, select: (selection: Selection) => void) {
  const matrix = useCall('matrix.get', {});
  return (step: 1 | -1) => {
    if (selection?.kind !== 'day') return;
    const states = matrix.data?.controls.find(({ control }) => control === selection.control)?.states ?? [];
    const index = nextNotable(
      { index: selection.index, count: states.length, isNotable: (day) => isNotableState(states[day]) },
      step,
    );
    if (index !== undefined) select({ ...selection, index });
  };
}

function usePageKeys(onKey: (pressed: PageKey) => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // A dialog has the keys to itself. It is asked directly: its closing is told to React a moment later.
    if (document.querySelector('dialog:modal')) return;
    const pressed = pageKeyFor(event.key, isField(event.target));
    if (!pressed) return;
    if (pressed.kind !== 'back') event.preventDefault();
    onKey(pressed);
  });
  useEffect(() => {
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function useCloseCase() {
  const client = useClient();
  const queries = useQueryClient();
  const [error, setError] = useState<Error>();
  const close = () => {
    client.call('case.close', {}).then(
      // What was remembered belongs to the case that is closed now.
      () => queries.resetQueries(),
      (thrown: unknown) => setError(asError(thrown)),
    );
  };
  return { close, error };
}

/** Remembers where the focus was before the inspector opened, so that closing it puts people back there. */
function useFocusMemory() {
  const before = useRef<HTMLElement>(undefined);
  const remember = useCallback(() => {
    const now = document.activeElement;
    if (now instanceof HTMLElement && !now.closest('[data-inspector]')) before.current = now;
  }, []);
  const restore = () => {
    before.current?.focus();
    before.current = undefined;
  };
  return { remember, restore };
}
