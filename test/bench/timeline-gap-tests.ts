/** One gap test, written in several ways: the silences of a stream that are longer than `$allowed` microseconds. */

/** The way that is often written first: each event beside the last one before it. */
const asof = `
  SELECT e.system, e.stream, epoch_us(p.time) AS "from", epoch_us(e.time) AS "to"
  FROM evidence.events e ASOF JOIN evidence.events p
    ON p.system = e.system AND p.stream = e.stream AND p.time < e.time
  WHERE epoch_us(e.time) - epoch_us(p.time) > $allowed::BIGINT`;

const lag = `
  SELECT system, stream, before AS "from", ended AS "to" FROM (
    SELECT system, stream, epoch_us(time) AS ended,
      lag(epoch_us(time)) OVER (PARTITION BY system, stream ORDER BY time) AS before
    FROM evidence.events)
  WHERE ended - before > $allowed::BIGINT`;

/** Each gives system, stream, "from" and "to" in microseconds. The product's own test is in `engine/timeline`. */
export const gapTests = { asof, lag } as const;
export type GapTest = keyof typeof gapTests;
