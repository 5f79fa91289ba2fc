import type { ReactNode } from 'react';
import { RpcError } from '../../shared/rpc.ts';
import { visibleText } from './hostile-text.ts';

/** What went wrong, where it was noticed, and what to do next. Shown in the place of what could not be shown. */
export function ProblemNote(props: { what: string; error: Error; onRetry?: () => void; children?: ReactNode }) {
  const { what, error, onRetry, children } = props;
  const code = error instanceof RpcError ? error.code : 'internal';
  const remedy = error instanceof RpcError ? error.remedy : undefined;
  return (
    <div className="problem" role="alert" data-testid="problem" data-code={code}>
      <p className="problem-what">
        <strong>{what}</strong> <code>{code}</code>
      </p>
      <p>{visibleText(error.message)}</p>
      {remedy && <p className="problem-remedy">{visibleText(remedy)}</p>}
      {(onRetry || children) && (
        <p className="actions">
          {onRetry && (
            <button type="button" onClick={onRetry}>
              Try again
            </button>
          )}
          {children}
        </p>
      )}
    </div>
  );
}

/** Stands where an answer of the engine is awaited. */
export function Waiting(props: { what: string }) {
  return (
    <p className="waiting" role="status">
      {props.what}
    </p>
  );
}
