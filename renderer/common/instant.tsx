import { utcText, wallClockText } from '../time/ruler.ts';
import { useRuler } from '../time/ruler-context.ts';

/** An instant: in UTC as recorded, and what a wall clock in the engagement's zone showed. */
export function Instant(props: { at: string | null; withWall?: boolean }) {
  const { at, withWall = true } = props;
  const { zone } = useRuler();
  if (at === null) return <span className="faint">no time</span>;
  return (
    <time dateTime={at} className="instant">
      <span className="utc">{utcText(at)}</span>
      {withWall && zone !== 'UTC' && <span className="wall">{wallClockText(at, zone)}</span>}
    </time>
  );
}
