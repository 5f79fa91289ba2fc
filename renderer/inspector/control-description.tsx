import { useMemo } from 'react';
import type { Output } from '../../shared/contract.ts';
import { Facts } from '../common/facts.tsx';
import { visibleText } from '../common/hostile-text.ts';
import { ProblemNote, Waiting } from '../common/problem-note.tsx';
import { useCall } from '../engine/use-engine.ts';
import { sqlTokens } from './sql-tokens.ts';

type Control = Output<'control.get'>;

/** What a control tests, what it cannot see, with which parameters, and its SQL. */
export function ControlDescription(props: { control: string }) {
  const control = useCall('control.get', { control: props.control });
  if (control.isError)
    return (
      <ProblemNote what="The control was not read." error={control.error} onRetry={() => void control.refetch()} />
    );
  if (!control.isSuccess) return <Waiting what="Reading the control…" />;
  return (
    <div className="control-description" data-testid="control-description">
      <div className="control-words" tabIndex={0} role="group" aria-label="The control in words">
        <h3>{visibleText(control.data.title)}</h3>
        <p>{visibleText(control.data.why)}</p>
        <ControlFacts control={control.data} />
        <h4>What it cannot see</h4>
        <ul>
          {control.data.limits.map((limit) => (
            <li key={limit}>{visibleText(limit)}</li>
          ))}
        </ul>
        <Parameters parameters={control.data.parameters} />
      </div>
      <div className="control-sql">
        <h4>SQL, as it is run</h4>
        <SqlText sql={control.data.sql} />
      </div>
    </div>
  );
}

function ControlFacts(props: { control: Control }) {
  const { control } = props;
  return (
    <Facts
      pairs={[
        ['Criteria', control.criteria.join(', ')],
        ['Population', visibleText(control.population)],
        ['Operates', `${control.per}, ${control.kind === 'operating' ? 'over the window' : 'as it was at each look'}`],
        ['Severity', control.severity],
        ['Streams', control.streams.join(', ')],
        ['Pack', control.pack],
        ['Maturity', control.maturity],
      ]}
    />
  );
}

function Parameters(props: { parameters: Control['parameters'] }) {
  if (props.parameters.length === 0) return <p className="faint">It has no parameters.</p>;
  return (
    <table className="parameters">
      <caption>Parameters</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Value</th>
          <th scope="col">Default</th>
          <th scope="col">Means</th>
        </tr>
      </thead>
      <tbody>
        {props.parameters.map((parameter) => {
          const isChanged = parameter.value !== parameter.default;
          return (
            <tr key={parameter.name} data-changed={isChanged ? '' : undefined}>
              <th scope="row">
                <code>{parameter.name}</code>
              </th>
              <td>
                {visibleText(parameter.value)} {parameter.unit}
                {isChanged && <span className="tag">changed</span>}
              </td>
              <td>
                {visibleText(parameter.default)} {parameter.unit}
              </td>
              <td>{visibleText(parameter.means)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** SQL with its words told apart. */
export function SqlText(props: { sql: string }) {
  const tokens = useMemo(() => sqlTokens(visibleText(props.sql)), [props.sql]);
  return (
    <pre className="sql" tabIndex={0} aria-label="SQL of the control" data-testid="control-sql">
      {tokens.map((token, index) =>
        token.kind === 'plain' ? (
          token.text
        ) : (
          <span key={index} className={`sql-${token.kind}`}>
            {token.text}
          </span>
        ),
      )}
    </pre>
  );
}
