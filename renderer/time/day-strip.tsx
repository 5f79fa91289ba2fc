import { memo, useContext, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { DayCursorContext } from './cursor.ts';
import { dayMoveFor } from './day-keys.ts';
import { dayIndexAt } from './ruler.ts';
import { useRuler } from './ruler-context.ts';
import { runsByValue } from './runs.ts';
import { layerPath, type Layer } from './strip-paths.ts';

/** How each value of a strip is drawn. */
export interface StripLook<T> {
  /** Pixels. */
  readonly height: number;
  /** Values from the first drawn to the last, which lies on top. */
  readonly order: readonly T[];
  readonly layers: (value: T) => readonly Layer[];
}

/** Values a day on the shared ruler; the picture alone. `shown` fades what is not in it. */
export const StripPicture = memo(function StripPicture<T extends string>(props: {
  values: Iterable<T>;
  look: StripLook<T>;
  shown?: ReadonlySet<T> | undefined;
}) {
  const { values, look, shown } = props;
  const ruler = useRuler();
  const runs = runsByValue(values);
  return (
    <svg
      className="strip-picture"
      width={ruler.width}
      height={look.height}
      viewBox={`0 0 ${ruler.width} ${look.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {look.order.map((value) => {
        const stretches = runs.get(value);
        if (!stretches) return null;
        return (
          <g key={value} className={shown && !shown.has(value) ? 'faded' : undefined}>
            {look.layers(value).map((layer) => (
              <path
                key={layer.className + layer.shape}
                className={layer.className}
                d={layerPath(layer, stretches, ruler)}
              />
            ))}
          </g>
        );
      })}
    </svg>
  );
}) as <T extends string>(props: {
  values: Iterable<T>;
  look: StripLook<T>;
  shown?: ReadonlySet<T> | undefined;
}) => React.ReactNode;

interface DayStripProps<T extends string> {
  /** Whose days these are: `CC6.6-port-unauthorised`. */
  readonly name: string;
  readonly values: readonly T[];
  readonly look: StripLook<T>;
  readonly shown?: ReadonlySet<T> | undefined;
  /** What a day of this row says: `deviation, 1 item`. */
  readonly describe: (index: number) => string;
  readonly isNotable: (index: number) => boolean;
  readonly onOpen?: ((index: number) => void) | undefined;
  /** The day whose panel is open, marked on the row. */
  readonly openIndex?: number | undefined;
  /** Only one row of a grid takes part in the tab order. */
  readonly inTabOrder: boolean;
  readonly onFocusRow: () => void;
}

/** A row of days that the pointer and the keyboard can read day by day and open. */
export function DayStrip<T extends string>(props: DayStripProps<T>) {
  const { name, values, look, shown, describe, isNotable, onOpen, openIndex, inTabOrder, onFocusRow } = props;
  const ruler = useRuler();
  const cursor = useContext(DayCursorContext);
  const [index, setIndex] = useState(0);
  const pointAt = (day: number) => cursor.set({ index: day, text: `${describe(day)} · ${name}` });
  const goTo = (day: number) => {
    setIndex(day);
    pointAt(day);
  };
  const dayUnder = (event: PointerEvent<HTMLElement>) =>
    dayIndexAt(ruler, event.clientX - event.currentTarget.getBoundingClientRect().left);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const isChord = event.ctrlKey || event.metaKey || event.altKey;
    const move = dayMoveFor(
      { key: event.key, shiftKey: event.shiftKey, isChord },
      { index, count: values.length, isNotable },
    );
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    if (move.kind === 'day') goTo(move.index);
    else if (move.kind === 'open') onOpen?.(index);
    else focusNeighbour(event.currentTarget, move.by);
  };
  return (
    <div
      className="day-strip"
      role="slider"
      aria-label={`${name} by day`}
      aria-valuemin={1}
      aria-valuemax={values.length}
      aria-valuenow={index + 1}
      aria-valuetext={`${ruler.days[index] ?? ''}, ${describe(index)}`}
      tabIndex={inTabOrder ? 0 : -1}
      data-strip=""
      data-opens={onOpen ? '' : undefined}
      onPointerMove={(event) => pointAt(dayUnder(event))}
      onPointerLeave={() => cursor.set(undefined)}
      onPointerUp={(event) => {
        if (event.button !== 0) return;
        const day = dayUnder(event);
        setIndex(day);
        onOpen?.(day);
      }}
      onFocus={(event) => {
        onFocusRow();
        // With the keyboard the day stays the same from row to row.
        if (event.currentTarget.matches(':focus-visible'))
          goTo(Math.min(cursor.get()?.index ?? index, values.length - 1));
      }}
      onBlur={() => cursor.set(undefined)}
      onKeyDown={onKeyDown}
    >
      <StripPicture values={values} look={look} shown={shown} />
      {openIndex !== undefined && <DayFrame index={openIndex} />}
    </div>
  );
}

/** A frame around one day of a row. */
function DayFrame(props: { index: number }) {
  const { days } = useRuler();
  return (
    <span
      className="day-frame"
      aria-hidden="true"
      style={{ left: `${(props.index / days.length) * 100}%`, width: `${100 / days.length}%` }}
    />
  );
}

/** Moves the focus to the strip above or below, in the order of the page. */
function focusNeighbour(from: HTMLElement, by: -1 | 1): void {
  const strips = [...document.querySelectorAll<HTMLElement>('[data-strip]')];
  strips[strips.indexOf(from) + by]?.focus({ focusVisible: true } as FocusOptions);
}
