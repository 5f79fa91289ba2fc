import { useState } from 'react';
import type { Citation, ControlDay } from '../../shared/contract.ts';
import type { RowStatus } from '../../shared/states.ts';
import { visibleText } from '../common/hostile-text.ts';
import { countText } from '../common/number-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { useCall } from '../engine/use-engine.ts';
import { StateBadge } from '../matrix/state-badge.tsx';
import { ItemTable } from './item-table.tsx';

interface DayDetailsProps {
  readonly control: string;
  readonly day: string;
  readonly cited: Citation | undefined;
  onOpenRecord(record: Citation): void;
}

/** One day of one control: its states and why, whom it heard, and the items it rests on. */
export function DayDetails(props: DayDetailsProps) {
  const { control, day } = props;
  const found = useCall('controlDay.get', { control, day });
  if (found.isError)
    return <ProblemNote what="The day was not read." error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.isSuccess) return <Waiting what="Reading the day…" />;
  return (
    <div className="day-details">
      <DayFacts found={found.data} />
      <DayItems {...props} found={found.data} />
    </div>
  );
}

function DayFacts(props: { found: ControlDay }) {
  const { found } = props;
  const others = found.allStates.filter((state) => state !== found.state);
  return (
    <div className="day-facts" data-testid="day-facts" tabIndex={0} role="group" aria-label="The day in short">
      <p className="day-state" data-testid="day-state" data-state={found.state}>
        <StateBadge state={found.state} />
        {others.length > 0 && <span className="also faint">also applies: {others.join(', ')}</span>}
      </p>
      <ul className="reasons">
        {found.reasons.map((reason) => (
          <li key={reason}>{visibleText(reason)}</li>
        ))}
      </ul>
      <dl className="day-counts">
        <div>
          <dt>Population</dt>
          <dd>{countText(found.population)}</dd>
        </div>
        <div>
          <dt>Tested</dt>
          <dd>{countText(found.tested)}</dd>
        </div>
        <div data-found={found.deviations > 0 ? '' : undefined}>
          <dt>Deviations</dt>
          <dd>{countText(found.deviations)}</dd>
        </div>
      </dl>
      <Systems expected={found.systemsExpected} seen={found.systemsSeen} />
    </div>
  );
}

function Systems(props: { expected: readonly string[]; seen: readonly string[] }) {
  const { expected, seen } = props;
  const missing = expected.filter((system) => !seen.includes(system));
  const unexpected = seen.filter((system) => !expected.includes(system));
  const heard = expected.length - missing.length;
  return (
    <div className="systems">
      <h3>
        Systems: {countText(heard)} of {countText(expected.length)} expected were seen
      </h3>
      <ul>
        {missing.map((system) => (
          <li key={system} className="missing">
            <span aria-hidden="true">□ </span>
            {visibleText(system)} <span className="faint">not seen</span>
          </li>
        ))}
        {seen.map((system) => (
          <li key={system}>
            <span aria-hidden="true">■ </span>
            {visibleText(system)} {unexpected.includes(system) && <span className="faint">not expected</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

type Filter = RowStatus | 'all';

/** What needs attention comes first. */
const chipOrder: readonly RowStatus[] = ['alarm', 'error', 'no_evidence', 'undecidable', 'info', 'skip', 'ok'];

function DayItems(props: DayDetailsProps & { found: ControlDay }) {
  const { control, day, found } = props;
  const [filter, setFilter] = useState<Filter>(found.deviations > 0 ? 'alarm' : 'all');
  return (
    <div className="day-items">
      <div className="chips" role="group" aria-label="Items by status">
        <Chip title="all" count={found.population} filter="all" chosen={filter} onChoose={setFilter} />
        {chipOrder.map((status) => (
          <StatusChip key={status} control={control} day={day} status={status} chosen={filter} onChoose={setFilter} />
        ))}
      </div>
      <ItemTable
        key={filter}
        query={{ control, day, ...(filter === 'all' ? {} : { status: filter }) }}
        cited={props.cited}
        onOpenRecord={props.onOpenRecord}
      />
    </div>
  );
}

interface ChipProps {
  readonly chosen: Filter;
  onChoose(filter: Filter): void;
}

/** A status with its count, which the engine gives with the first row; left out when there is none. */
function StatusChip(props: ChipProps & { control: string; day: string; status: RowStatus }) {
  const { control, day, status } = props;
  const first = useCall('results.page', { control, day, status, limit: 1 });
  if (!first.data || first.data.total === 0) return null;
  return <Chip {...props} title={status} filter={status} count={first.data.total} />;
}

function Chip(props: ChipProps & { title: string; filter: Filter; count: number }) {
  const { title, filter, count, chosen, onChoose } = props;
  return (
    <button
      type="button"
      className="chip"
      data-testid={`status-${filter}`}
      data-status={filter}
      aria-pressed={chosen === filter}
      onClick={() => onChoose(filter)}
    >
      {title} <b>{countText(count)}</b>
    </button>
  );
}
