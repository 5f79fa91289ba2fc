-- One row a log file: those that digests name, and those that no digest names. status: present (a file with the hash is
-- there), differs (one of its name is there, with another content), missing, unlisted.
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
  AND regexp_matches(s.file, '^[0-9]{12}_CloudTrail(-Insight)?_[a-z0-9-]+_[0-9]{8}T[0-9]{4}Z_')
ORDER BY object, hash, status, file_source_id
