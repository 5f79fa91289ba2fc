import { useMemo, useState } from 'react';
import type { Output } from '../../shared/contract.ts';
import { RpcError } from '../../shared/rpc.ts';
import { selectedControl, type Selection } from '../case/view-state.ts';
import { counted, countText } from '../common/number-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { useCall } from '../engine/use-engine.ts';
import { useRuler } from '../time/ruler-context.ts';
import { TimePanel } from '../time/time-panel.tsx';
import { ControlRow } from './control-row.tsx';
import { chooseControls, type ControlChoice } from './choose-controls.ts';
import { CoverageRows } from './coverage-rows.tsx';
import { Legend } from './legend.tsx';

interface ControlsPanelProps {
  readonly selection: Selection | undefined;
  readonly onSelect: (selection: Selection) => void;
  readonly choice: ControlChoice;
  readonly onChoose: (choice: ControlChoice) => void;
}

/** The control matrix over the window, and below it, on the same ruler, what evidence there was. */
export function ControlsPanel(props: ControlsPanelProps) {
  const matrix = useCall('matrix.get', {});
  if (matrix.isError && !matrix.data)
    return <ProblemNote what="The matrix was not read." error={matrix.error} onRetry={() => void matrix.refetch()} />;
  if (!matrix.data) return <Waiting what="Reading the control matrix…" />;
  return <Matrix {...props} matrix={matrix.data} />;
}

/** Results of other days than the window's would be drawn in the wrong place: they are not drawn at all. */
function rulerMismatch(days: readonly string[], ruler: readonly string[]): RpcError | undefined {
  if (days.length === ruler.length && days[0] === ruler[0]) return undefined;
  const message = `It has ${days.length} days from ${days[0] ?? 'none'}; the window has ${ruler.length} from ${ruler[0] ?? 'none'}.`;
  return new RpcError('differs', message, 'Run the controls again.');
}

function Matrix(props: ControlsPanelProps & { matrix: Output<'matrix.get'> }) {
  const { matrix, selection, onSelect, choice, onChoose } = props;
  const { states } = choice;
  const [tabStop, setTabStop] = useState<string>();
  const controls = useMemo(() => chooseControls(matrix.controls, choice), [matrix.controls, choice]);
  const shown = states.size > 0 ? states : undefined;
  const ruler = useRuler();
  const mismatch = matrix.controls.length > 0 ? rulerMismatch(matrix.days, ruler.days) : undefined;
  if (mismatch) return <ProblemNote what="The matrix is not shown." error={mismatch} />;
  const current = controls.some(({ control }) => control === tabStop) ? tabStop : controls[0]?.control;
  return (
    <>
      <div className="toolbar">
        <Legend
          controls={matrix.controls}
          selected={states}
          onSelect={(chosen) => onChoose({ ...choice, states: chosen })}
        />
        <span className="faint" role="status" data-testid="control-count">
          {controls.length === matrix.controls.length
            ? counted(controls.length, 'control')
            : `${countText(controls.length)} of ${counted(matrix.controls.length, 'control')}`}
        </span>
      </div>
      <TimePanel label="Controls by day" role="grid" end="Over the window">
        {controls.map((control) => (
          <ControlRow
            key={control.control}
            control={control}
            shown={shown}
            isSelected={selectedControl(selection) === control.control}
            openIndex={selection?.kind === 'day' && selection.control === control.control ? selection.index : undefined}
            inTabOrder={control.control === current}
            onFocusRow={setTabStop}
            onSelect={onSelect}
          />
        ))}
        {controls.length === 0 && (
          <div role="row" className="empty">
            <div role="gridcell">
              {matrix.controls.length === 0
                ? 'No results: the controls have not been run on this case.'
                : 'No control matches the filter and the states chosen in the legend.'}
            </div>
          </div>
        )}
        <CoverageRows control={selectedControl(selection)} />
      </TimePanel>
    </>
  );
}
