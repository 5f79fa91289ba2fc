import { controlOrders, type ControlChoice, type ControlOrder } from './choose-controls.ts';

interface ControlToolsProps {
  readonly choice: ControlChoice;
  readonly onChoose: (choice: ControlChoice) => void;
}

/** Filters the controls by words, and orders them. */
export function ControlTools(props: ControlToolsProps) {
  const { choice, onChoose } = props;
  return (
    <div className="control-tools">
      <input
        type="search"
        data-filter=""
        data-testid="control-filter"
        aria-label="Filter controls by id, title or criterion"
        placeholder="Filter: id, title, criterion"
        value={choice.filter}
        onChange={(event) => onChoose({ ...choice, filter: event.target.value })}
      />
      <select
        aria-label="Order of the controls"
        data-testid="control-order"
        value={choice.order}
        onChange={(event) => onChoose({ ...choice, order: event.target.value as ControlOrder })}
      >
        {Object.entries(controlOrders).map(([key, title]) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </div>
  );
}
