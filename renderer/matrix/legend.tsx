import { useMemo } from 'react';
import type { MatrixControl } from '../../shared/contract.ts';
import { controlDayStates, type ControlDayState } from '../../shared/states.ts';
import { countText } from '../common/number-text.ts';
import { countValues } from '../time/runs.ts';
import { StateSwatch } from './state-badge.tsx';
import { stateLooks } from './state-look.ts';

interface LegendProps {
  readonly controls: readonly MatrixControl[];
  readonly selected: ReadonlySet<ControlDayState>;
  readonly onSelect: (states: ReadonlySet<ControlDayState>) => void;
}

/** What the strips mean, how many control-days stand in each state, and a filter by state. */
export function Legend(props: LegendProps) {
  const { controls, selected, onSelect } = props;
  const counts = useMemo(() => countValues(controls.flatMap(({ states }) => states)), [controls]);
  const toggle = (state: ControlDayState) => {
    const next = new Set(selected);
    if (!next.delete(state)) next.add(state);
    onSelect(next);
  };
  return (
    <div className="legend" role="group" aria-label="States, and how many control-days are in each">
      {controlDayStates.map((state) => {
        const count = counts.get(state) ?? 0;
        return (
          <button
            key={state}
            type="button"
            className="legend-item"
            data-testid={`legend-${state.replace(' ', '-')}`}
            data-empty={count === 0 ? '' : undefined}
            aria-pressed={selected.has(state)}
            title={`${stateLooks[state].means}\nClick to show only these days.`}
            onClick={() => toggle(state)}
          >
            <StateSwatch state={state} />
            <span>{state}</span>
            <b>{countText(count)}</b>
          </button>
        );
      })}
      {selected.size > 0 && (
        <button type="button" className="link" onClick={() => onSelect(new Set())}>
          Show all states
        </button>
      )}
    </div>
  );
}
