import { useEffect } from 'react';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { useCall } from '../engine/use-engine.ts';
import { Hatchings } from '../matrix/state-badge.tsx';
import { Welcome } from './welcome.tsx';
import { Workbench } from './workbench.tsx';

/** The open case, or the list of cases to open. */
export function CasePage() {
  const summary = useCall('case.summary', {});
  const isReady = summary.isSuccess;
  useEffect(() => {
    const root = document.getElementById('root');
    if (root && isReady) root.dataset['ready'] = 'true';
  }, [isReady]);
  if (summary.isError && !summary.data) {
    return (
      <main className="full-page">
        <ProblemNote what="The open case was not read." error={summary.error} onRetry={() => void summary.refetch()} />
      </main>
    );
  }
  if (!summary.isSuccess) return <Waiting what="Asking which case is open…" />;
  return (
    <div className="app" data-testid="app-ready" data-ready="true">
      <Hatchings />
      {summary.data ? <Workbench key={summary.data.key} summary={summary.data} /> : <Welcome />}
    </div>
  );
}
