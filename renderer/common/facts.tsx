import type { ReactNode } from 'react';

/** Names and values, one pair a line. Pairs whose value is `undefined` are left out. */
export function Facts(props: { pairs: readonly (readonly [name: string, value: ReactNode | undefined])[] }) {
  return (
    <dl className="facts">
      {props.pairs.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
