/**
 * What CloudTrail's digests say: whether each follows the one before it, and whether the log files that they name are
 * there. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */

/** As the evidence has it; a signature that was checked with several keys of one name holds when one of them fits. */
export const trailDigests = `
  SELECT e.* REPLACE (coalesce(e.signature_valid, s.valid) AS signature_valid)
  FROM evidence.trail_digests e
  LEFT JOIN (
    SELECT source_id, record, bool_or(valid) AS valid FROM evidence.digest_signatures GROUP BY source_id, record
  ) s ON s.source_id = e.source_id AND s.record = e.record AND e.kind = 'digest'`;

/**
 * One row a digest: whether the one before it is there and is what this one says, and which time before it no digest
 * covers. status: linked, starting (the first of its chain there ever was), restarted (a chain that begins anew after
 * digests of the same trail), first (the evidence begins here), previous_missing, previous_differs, two_versions,
 * signature_invalid. Backfilled digests are a chain of their own, without a claim to cover time.
 * signature: valid, invalid, or why it was not checked: no next digest (which alone repeats it), no key of the name.
 */
export const digestLinks = `
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
    SELECT d.bucket, d.object, d.hash, count(p.object) AS found, count_if(p.hash = d.previous_hash) AS equal
    FROM digests d LEFT JOIN digests p ON p.object = d.previous_object
      AND p.bucket = coalesce(d.previous_bucket, p.bucket)
    GROUP BY d.bucket, d.object, d.hash
  ),
  placed AS (
    SELECT d.*, v.versions, p.found, p.equal,
      row_number() OVER chain AS place,
      EXISTS (SELECT 1 FROM digests n WHERE n.previous_object = d.object AND n.signature IS NOT NULL) AS is_repeated,
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
    signature_valid,
    CASE WHEN signature_valid THEN 'valid' WHEN NOT signature_valid THEN 'invalid'
      WHEN is_repeated THEN 'no key' ELSE 'no next digest' END AS signature,
    fingerprint, source_id, record
  FROM placed`;

/**
 * One row a chain, in the order in which an auditor asks: whose it is, from when to when, what is missing or does not fit,
 * who signed it. `from_time` and `until` are those of the digests there are: nothing is said of the time outside.
 * `summary` says the same in a sentence.
 */
export const digestChains = `
  WITH links AS (SELECT * FROM digest_links),
  chains AS (
    SELECT chain, backfilled, min(account) AS account, min(region) AS region, min(from_time) AS from_time,
      max(time) AS until, count(*) AS digests, count_if(status = 'linked') AS linked,
      -- One that is missing without a time that is missing: the digests around it overlap, or none is backfilled.
      coalesce(sum(digests_missing), 0)::BIGINT + count_if(status = 'previous_missing' AND digests_missing IS NULL) AS missing,
      count_if(status = 'restarted') AS restarts, count_if(status = 'previous_differs') AS differing,
      count_if(status = 'two_versions') AS in_two_versions,
      count_if(signature = 'valid') AS signatures_valid, count_if(signature = 'invalid') AS signatures_invalid,
      count_if(signature IN ('no key', 'no next digest')) AS signatures_unchecked,
      list_sort(list_distinct(list(fingerprint) FILTER (signature = 'valid'))) AS checked_with,
      list_sort(list_distinct(list(fingerprint) FILTER (signature = 'no key'))) AS keys_missing,
      min(source_id) AS source_id, arg_min(record, source_id) AS record
    FROM links GROUP BY chain, backfilled)
  SELECT * EXCLUDE (source_id, record),
    format('Digest chain of {}/{}: from {} to {}, {} digests, {} links, {} missing, {} that do not fit; ',
      coalesce(account, 'an account not named'), coalesce(region, 'a region not named'),
      strftime(from_time, '%Y-%m-%dT%H:%M:%SZ'), strftime(until, '%Y-%m-%dT%H:%M:%SZ'), digests, linked, missing,
      differing + in_two_versions)
    || format('signatures: {} valid, {} invalid, {} not checked', signatures_valid, signatures_invalid, signatures_unchecked)
    || CASE WHEN len(checked_with) > 0 THEN ', checked with key ' || array_to_string(checked_with, ', ') ELSE '' END
    || CASE WHEN len(keys_missing) > 0 THEN ', no key ' || array_to_string(keys_missing, ', ') ELSE '' END
    || '.' AS summary,
    source_id, record
  FROM chains`;

/**
 * One row a log file: those that digests name, and those that no digest names. status: present (a file with the hash is
 * there), differs (one of its name is there, with another content), missing, unlisted.
 */
export const trailLogFiles = `
  WITH files AS (
    SELECT source_id, content_sha256, format,
      regexp_replace(parse_filename(coalesce(member, original_path, name)), '[.]gz$', '') AS file
    FROM sources
  ),
  named AS (
    SELECT bucket, object, hash, region, min(time) AS time, arg_min(source_id, source_id) AS source_id,
      min(record) AS record, regexp_replace(parse_filename(object), '[.]gz$', '') AS file
    FROM trail_digests WHERE kind = 'log'
    GROUP BY bucket, object, hash, region
  ),
  by_content AS (SELECT content_sha256, min(source_id) AS source_id FROM files GROUP BY content_sha256),
  by_name AS (SELECT file, min(source_id) AS source_id FROM files GROUP BY file)
  SELECT n.object, n.region, n.time AS digest_time, n.hash,
    CASE WHEN c.source_id IS NOT NULL THEN 'present' WHEN f.source_id IS NOT NULL THEN 'differs' ELSE 'missing' END AS status,
    coalesce(c.source_id, f.source_id) AS file_source_id, n.source_id, n.record
  FROM named n
  LEFT JOIN by_content c ON c.content_sha256 = n.hash
  LEFT JOIN by_name f ON f.file = n.file
  UNION ALL
  SELECT s.file, regexp_extract(s.file, '_CloudTrail(-Insight)?_([a-z0-9-]+)_', 2), NULL, s.content_sha256, 'unlisted',
    s.source_id, s.source_id, NULL
  FROM files s
  LEFT JOIN (SELECT DISTINCT hash FROM named) h ON h.hash = s.content_sha256
  LEFT JOIN (SELECT DISTINCT file FROM named) n ON n.file = s.file
  -- Only what a trail delivers has such a name; a file with a name that a digest has is in the rows above.
  WHERE s.format = 'cloudtrail' AND h.hash IS NULL AND n.file IS NULL
    AND regexp_matches(s.file, '^[0-9]{12}_CloudTrail(-Insight)?_[a-z0-9-]+_[0-9]{8}T[0-9]{4}Z_')`;
