-- One row a digest: whether the one before it is there and is what this one says, and which time before it no digest
-- covers. status: linked, starting (the first of its chain there ever was), restarted (a chain that begins anew after
-- digests of the same trail), first (the evidence begins here), previous_missing, previous_differs, two_versions,
-- signature_invalid. Backfilled digests are a chain of their own, without a claim to cover time.
WITH digests AS (
  SELECT *, contains(object, '_backfill.json') AS backfilled,
    coalesce(nullif(regexp_extract(object, '([^/]+)_[0-9]{8}T[0-9]{6}Z(_backfill)?[.]json([.]gz)?$', 1), ''),
      concat_ws(' ', account, region)) AS chain
  FROM trail_digests
  WHERE kind = 'digest'
  -- A digest that was imported twice counts once.
  QUALIFY row_number() OVER (PARTITION BY bucket, object, hash ORDER BY source_id, record) = 1
),
versions AS (SELECT bucket, object, count(DISTINCT hash) AS versions FROM digests GROUP BY bucket, object),
previous AS (
  -- The bucket of the digest before is not kept; the name of an object holds account, region, trail and time.
  SELECT d.bucket, d.object, d.hash, count(p.object) AS found, count_if(p.hash = d.previous_hash) AS equal
  FROM digests d LEFT JOIN digests p ON p.object = d.previous_object
  GROUP BY d.bucket, d.object, d.hash
),
placed AS (
  SELECT d.*, v.versions, p.found, p.equal,
    row_number() OVER chain AS place,
    max(d.time) OVER (chain ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_until
  FROM digests d
  JOIN versions v ON v.bucket = d.bucket AND v.object = d.object
  JOIN previous p ON p.bucket = d.bucket AND p.object = d.object AND p.hash = d.hash
  WINDOW chain AS (PARTITION BY d.chain, d.backfilled ORDER BY d.from_time, d.time, d.object, d.hash)
)
SELECT chain, backfilled, account, region, object, from_time, time,
  CASE
    WHEN signature_valid = false THEN 'signature_invalid'
    WHEN versions > 1 THEN 'two_versions'
    WHEN previous_object IS NULL AND place = 1 THEN 'starting'
    WHEN previous_object IS NULL THEN 'restarted'
    WHEN found = 0 AND place = 1 THEN 'first'
    WHEN found = 0 THEN 'previous_missing'
    WHEN equal = 0 THEN 'previous_differs'
    ELSE 'linked'
  END AS status,
  previous_object,
  CASE WHEN NOT backfilled AND covered_until < from_time THEN covered_until END AS gap_from,
  CASE WHEN NOT backfilled AND covered_until < from_time THEN from_time END AS gap_to,
  -- CloudTrail makes a digest an hour: two that are missing in a row leave two hours, though only one is named.
  CASE WHEN NOT backfilled AND covered_until < from_time
    THEN greatest(1, round(date_diff('second', covered_until, from_time) / 3600.0))::BIGINT END AS digests_missing,
  signature_valid, source_id, record
FROM placed
ORDER BY chain, backfilled, from_time, time, object, hash
