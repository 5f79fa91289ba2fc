import type { ControlDayState } from '../../shared/states.ts';
import { layerPath } from '../time/strip-paths.ts';
import { stateLooks } from './state-look.ts';

const SWATCH = { days: ['one'], width: 14 };
const SWATCH_RUN = [{ value: 'one', from: 0, to: 1 }];

/** A state as it is drawn on the strips, one day large. */
export function StateSwatch(props: { state: ControlDayState }) {
  return (
    <svg className="swatch" width="14" height="30" viewBox="0 0 14 30" aria-hidden="true" focusable="false">
      {stateLooks[props.state].layers.map((layer) => (
        <path
          key={layer.className + layer.shape}
          className={layer.className}
          d={layerPath(layer, SWATCH_RUN, SWATCH)}
        />
      ))}
    </svg>
  );
}

/** A state as picture and word. */
export function StateBadge(props: { state: ControlDayState }) {
  const { state } = props;
  return (
    <span className="state-badge" data-state={state}>
      <StateSwatch state={state} />
      <span className="state-word">{state}</span>
    </span>
  );
}

/** The hatchings that the strips of this page are filled with. Drawn once, referred to by styles. */
export function Hatchings() {
  return (
    <svg className="hatchings" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        <pattern id="hatch-explained" width="4" height="4" patternUnits="userSpaceOnUse">
          <path className="hatch-ground" d="M0 0h4v4h-4z" />
          <path className="hatch-line-explained" d="M-1 1l2 -2M0 4l4 -4M3 5l2 -2" />
        </pattern>
        <pattern id="hatch-undecidable" width="3" height="4" patternUnits="userSpaceOnUse">
          <path className="hatch-ground-undecidable" d="M0 0h3v4h-3z" />
          <path className="hatch-dot-undecidable" d="M0 0h2v2h-2zM2 2h1v2h-1z" />
        </pattern>
        <pattern id="hatch-untrusted" width="4" height="3" patternUnits="userSpaceOnUse">
          <path className="hatch-ground" d="M0 0h4v3h-4z" />
          <path className="hatch-dot-untrusted" d="M0 0h4v1.500h-4z" />
        </pattern>
        <pattern id="hatch-error" width="4" height="4" patternUnits="userSpaceOnUse">
          <path className="hatch-ground" d="M0 0h4v4h-4z" />
          <path className="hatch-line-error" d="M0 0l4 4M0 4l4 -4" />
        </pattern>
      </defs>
    </svg>
  );
}
