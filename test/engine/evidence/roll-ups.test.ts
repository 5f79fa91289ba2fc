/** Hours of a source with more events than are rolled up at once, beside the same hours by one query over all of them. */
import { expect, it } from 'vitest';
import { rollUpSource } from '../../../engine/evidence/roll-ups.ts';
import { newTestCase } from '../test-case.ts';

it('hours of a large source are those of all its events, silences over several days included', async () => {
  const { database } = await newTestCase();
  // 2.4 million events of three systems, not in the order of time; one of them is silent for most of the time.
  await database.query(
    `INSERT INTO evidence.events (source_id, record, time, system, stream)
     SELECT 1, i + 1,
       CASE WHEN i % 400000 = 7 THEN TIMESTAMP '2026-01-01' + to_microseconds(i * 4000000)
         ELSE TIMESTAMP '2026-03-01' + to_microseconds((hash(i) % 600000000000)::BIGINT) END,
       CASE WHEN i % 400000 = 7 THEN 'quiet-1' WHEN i % 2 = 0 THEN 'web-1' ELSE 'web-2' END, 'syslog'
     FROM range(2400000) t(i)`,
  );
  await database.transaction((transaction) => rollUpSource(transaction, { sourceId: 1, series: null, dayZone: 'UTC' }));
  const [difference] = await database.query(
    `WITH spoken AS (
       SELECT *, date_trunc('hour', time) AS hour, lag(time) OVER w AS prior, lag(record) OVER w AS prior_record
       FROM evidence.events WINDOW w AS (PARTITION BY system ORDER BY time, record)),
     placed AS (
       SELECT *, (epoch_us(time) - epoch_us(prior)) / 1e6 AS silence, prior >= hour AS is_inner FROM spoken),
     inners AS (
       SELECT system, hour, first({f: prior, t: time, fr: prior_record, tr: record} ORDER BY silence DESC, time) AS i
       FROM placed WHERE is_inner GROUP BY ALL),
     expected AS (
       SELECT source_id, stream, system, hour, count(*)::BIGINT, min(time), max(time), first(record ORDER BY time, record),
         max(silence), last(record ORDER BY time, record), first(prior ORDER BY time, record),
         first(prior_record ORDER BY time, record), any_value(i.f), any_value(i.t), any_value(i.fr), any_value(i.tr)
       FROM placed LEFT JOIN inners USING (system, hour) GROUP BY source_id, stream, system, hour)
     SELECT (SELECT count(*) FROM expected) AS hours, (SELECT max(longest_silence_s) FROM evidence.stream_hours) AS longest,
       (SELECT count(*) FROM (FROM expected EXCEPT FROM evidence.stream_hours)) AS missing,
       (SELECT count(*) FROM (FROM evidence.stream_hours EXCEPT FROM expected)) AS wrong`,
  );
  expect(difference).toMatchObject({ missing: 0, wrong: 0, longest: 1_600_000 });
  expect(difference!['hours']).toBeGreaterThan(300);
});
