import { memo } from 'react';
import type { MatrixControl } from '../../shared/contract.ts';
import type { ControlDayState } from '../../shared/states.ts';
import type { Selection } from '../case/view-state.ts';
import { visibleText } from '../common/hostile-text.ts';
import { counted, countText } from '../common/number-text.ts';
import { DayStrip } from '../time/day-strip.tsx';
import { StateBadge } from './state-badge.tsx';
import { isNotableState, stateStrip } from './state-look.ts';

interface ControlRowProps {
  readonly control: MatrixControl;
  readonly shown: ReadonlySet<ControlDayState> | undefined;
  readonly isSelected: boolean;
  readonly openIndex: number | undefined;
  readonly inTabOrder: boolean;
  readonly onFocusRow: (control: string) => void;
  readonly onSelect: (selection: Selection) => void;
}

/** One control: what it is, its days, and what they amount to. */
export const ControlRow = memo(function ControlRow(props: ControlRowProps) {
  const { control, shown, isSelected, openIndex, inTabOrder, onFocusRow, onSelect } = props;
  const id = control.control;
  return (
    <div
      role="row"
      className="time-row control-row"
      data-testid="control-row"
      data-control={id}
      data-overall={control.overall}
      aria-selected={isSelected}
    >
      <div role="rowheader" className="time-label">
        <button
          type="button"
          className="control-name"
          data-testid="control-name"
          tabIndex={inTabOrder ? 0 : -1}
          title={`${control.title}\n${id} · ${control.criteria.join(', ')} · ${control.pack}`}
          onFocus={() => onFocusRow(id)}
          onClick={() => onSelect({ kind: 'control', control: id })}
        >
          <span className="control-title">{visibleText(control.title)}</span>
          <span className="control-meta">
            <code>{id}</code>
            <span>{control.per}</span>
            <span data-severity={control.severity}>{control.severity}</span>
            <span>{control.criteria.join(' ')}</span>
          </span>
        </button>
      </div>
      <div role="gridcell" className="time-axis">
        <DayStrip
          name={id}
          values={control.states}
          look={stateStrip}
          shown={shown}
          describe={(index) => describeDay(control, index)}
          isNotable={(index) => (shown ? shown.has(control.states[index]!) : isNotableState(control.states[index]))}
          onOpen={(index) => onSelect({ kind: 'day', control: id, index })}
          openIndex={openIndex}
          inTabOrder={inTabOrder}
          onFocusRow={() => onFocusRow(id)}
        />
      </div>
      <div role="gridcell" className="time-end">
        <StateBadge state={control.overall} />
        <span className="conclusion" title={control.conclusion}>
          {visibleText(control.conclusion)}
        </span>
      </div>
    </div>
  );
});

/** `deviation, 2 of 43 items deviate`: what a day of a control says in short. */
export function describeDay(
  control: Pick<MatrixControl, 'states' | 'deviations' | 'populations'>,
  index: number,
): string {
  const state = control.states[index] ?? 'not due';
  const deviations = control.deviations[index] ?? 0;
  if (deviations === 0) return state;
  const population = control.populations[index] ?? 0;
  const verb = population === 1 ? 'deviates' : 'deviate';
  return `${state}, ${countText(deviations)} of ${counted(population, 'item')} ${verb}`;
}
