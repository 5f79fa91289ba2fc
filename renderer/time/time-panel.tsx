import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { createDayCursor, DayCursorContext, usePointed } from './cursor.ts';
import { edgeOf, monthTicks, weekday, weekTicks } from './ruler.ts';
import { RulerContext, useRuler } from './ruler-context.ts';

/** Rows over one ruler: labels to the left, days in the middle, what they amount to at the right. */
export function TimePanel(props: { label: string; role?: 'grid' | 'region'; end: string; children: ReactNode }) {
  const { label, role = 'region', end, children } = props;
  const base = useRuler();
  const axis = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [cursor] = useState(createDayCursor);
  useEffect(() => {
    if (!axis.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(axis.current);
    return () => observer.disconnect();
  }, []);
  const ruler = useMemo(() => ({ ...base, width }), [base, width]);
  return (
    <DayCursorContext value={cursor}>
      <RulerContext value={ruler}>
        <div className="time-panel">
          <div className="time-content">
            <div className="time-row ruler-row" aria-hidden="true">
              <div className="time-label">
                <Readout />
              </div>
              <div className="time-axis" ref={axis}>
                {width > 0 && <RulerTicks />}
              </div>
              <div className="time-end">{end}</div>
            </div>
            <div role={role} aria-label={label} data-testid={role === 'grid' ? 'matrix' : undefined}>
              {width > 0 && children}
            </div>
            <Crosshair />
          </div>
        </div>
      </RulerContext>
    </DayCursorContext>
  );
}

function RulerTicks() {
  const ruler = useRuler();
  // Weeks are marked only where they stay apart.
  const weeks = ruler.width / ruler.days.length >= 2 ? weekTicks(ruler.days) : [];
  return (
    <svg className="ruler" width={ruler.width} height="30" viewBox={`0 0 ${ruler.width} 30`} preserveAspectRatio="none">
      <path className="week-ticks" d={weeks.map((index) => `M${edgeOf(ruler, index) + 0.5} 26v4`).join('')} />
      {monthTicks(ruler.days).map(({ index, label }) => (
        <g key={index} transform={`translate(${edgeOf(ruler, index)} 0)`}>
          <path className="month-tick" d="M0.500 10v20" />
          <text x="5" y="20">
            {label}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** The pointed day in words. It takes the place of a tooltip, so that nothing covers the rows. */
function Readout() {
  const pointed = usePointed();
  const { days, zone } = useRuler();
  const day = pointed && days[pointed.index];
  if (!day)
    return <p className="readout faint">Point at a day, or use the arrow keys on a row. Days are those of {zone}.</p>;
  return (
    <p className="readout" data-testid="readout">
      <strong>
        {weekday(day)} {day}
      </strong>{' '}
      <span className="faint">
        day {pointed.index + 1} of {days.length}
      </span>
      <span className="readout-text">{pointed.text}</span>
    </p>
  );
}

/** A line through all rows at the pointed day. */
function Crosshair() {
  const pointed = usePointed();
  const { days } = useRuler();
  if (!pointed) return null;
  return (
    <div className="time-row crosshair" aria-hidden="true">
      <div />
      <div className="time-axis">
        <span className="crosshair-line" style={{ left: `${((pointed.index + 0.5) / days.length) * 100}%` }} />
      </div>
      <div />
    </div>
  );
}
