import type { FileProblem } from '../../shared/contract.ts';
import { visibleText } from '../common/hostile-text.ts';

interface FileProblemNoteProps {
  readonly problem: FileProblem;
  /** Nobody recognises the file: here a person can do something about it. */
  readonly isUnknown?: boolean;
}

/** Why a file is not read, and what to do next. */
export function FileProblemNote(props: FileProblemNoteProps) {
  const { problem, isUnknown = false } = props;
  return (
    <span className="planned-is file-problem" data-testid="file-problem" data-code={problem.code}>
      {visibleText(problem.message)}{' '}
      <span className="faint">
        {visibleText(problem.remedy)}
        {isUnknown && ' Here the format is chosen at the right; or leave the file out.'}
      </span>
    </span>
  );
}
