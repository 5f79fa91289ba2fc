/** What two clocks can both have written of: connections, identities, messages. SQL that gives a row for each record. */
import { pathOf } from '../../evidence/common-times.ts';
import { rotatedSetOf } from '../../intake/rotation-order.ts';
import type { CaseDatabase } from '../../store/case-database.ts';

/** What records have in common that are about the same moment. */
export type AnchorKind = 'connections' | 'identities' | 'messages';

/** Identities that are shorter are counts or names, which come again elsewhere. */
const LEAST_IDENTITY = 16;
/** Lower process ids come again with every boot, and with them what programs say when they start. */
const LEAST_PID = 10_000;
/** Of more syslog records than this a share is looked at, the same of every source. */
const MESSAGES_LOOKED_AT = 400_000;
/** How exact the times of flows are: those of the window in which packets were gathered, seconds. */
const FLOW_WIDTH_S = 60;
/** How near differences must be to agree, seconds. */
const WIDTH_S = 1;

/** Members under which formats keep the identity of an event, a request or a session. */
const IDENTITIES = ['id', 'uuid', 'uid', 'eventId', 'event_id', 'eventID', 'auditID', 'requestId', 'request_id'].concat(
  ['requestID', 'sessionId', 'session_id', 'sid', 'correlationId', 'trace_id'],
);

/**
 * Columns: kind, key (a hash), system, side (what writes by one clock: a system, for messages a log of it), source_id,
 * record, moment (microseconds), dst_ip, dst_port, width_s.
 *
 * A connection is its source address and port. A message is the process, its id and its text, and is compared only between
 * two logs of one system: two hosts say the same when they start, and so does one host when it starts again. The files of a
 * rotated set are one log, in which the ids of processes come again. One in `messageShare` of them is looked at. The views are not asked: repeats differ by nothing, and to leave them out takes longer
 * than all else.
 */
export function anchorKeys({ messageShare, logs }: MessageLogs): string {
  return `
    SELECT 'connections' AS kind, hash('connections', src_ip, src_port) AS key, coalesce(n.system, e.system) AS system,
      coalesce(n.system, e.system) AS side, source_id, record, epoch_us(time) AS moment, dst_ip, dst_port,
      CASE WHEN stream = 'vpcflow' THEN ${FLOW_WIDTH_S} ELSE ${WIDTH_S} END AS width_s
    FROM evidence.events e LEFT JOIN system_names n ON n.name = lower(e.system)
    WHERE src_ip IS NOT NULL AND src_port >= 1024 AND e.system IS NOT NULL AND time IS NOT NULL
    UNION ALL
    SELECT 'identities', hash('identities', i.identity), coalesce(n.system, e.system), coalesce(n.system, e.system),
      e.source_id, e.record, epoch_us(e.time), NULL, NULL, ${WIDTH_S}
    FROM (
      SELECT source_id, record, event_id AS identity FROM evidence.cloudtrail_records
      UNION ALL SELECT source_id, record, session FROM evidence.authentications
      UNION ALL SELECT source_id, record, unnest(json_extract_string(fields, [${IDENTITIES.map((name) => `'$."${name}"'`).join(', ')}]))
        FROM evidence.event_fields) i
    JOIN evidence.events e ON e.source_id = i.source_id AND e.record = i.record
    LEFT JOIN system_names n ON n.name = lower(e.system)
    WHERE length(i.identity) >= ${LEAST_IDENTITY} AND e.system IS NOT NULL AND e.time IS NOT NULL
    UNION ALL
    SELECT 'messages', hash('messages', lower(e.system), s.program, s.pid, trim(e.message)), coalesce(n.system, e.system),
      e.system || ' ' || coalesce(l.first_source_id, e.source_id), e.source_id, e.record, epoch_us(e.time), NULL, NULL, ${WIDTH_S}
    FROM evidence.syslog_records s JOIN evidence.events e ON e.source_id = s.source_id AND e.record = s.record
    LEFT JOIN ${logs} l ON l.source_id = e.source_id
    LEFT JOIN system_names n ON n.name = lower(e.system)
    WHERE s.pid >= ${LEAST_PID} AND hash(s.program, s.pid) % ${messageShare} = 0
      AND e.time IS NOT NULL AND e.system IS NOT NULL`;
}

/** Which messages are compared with which. */
export interface MessageLogs {
  /** One in how many is looked at. */
  readonly messageShare: number;
  /** SQL of a table with `source_id` and `first_source_id`, the first source of the rotated set that it is of. */
  readonly logs: string;
}

/** Finds of which logs the sources with syslog messages are files. */
export async function findMessageLogs(database: CaseDatabase): Promise<MessageLogs> {
  const rows = await database.query(
    `SELECT source_id, any_value(original_path) AS original_path, any_value(member) AS member, count(*) AS records
     FROM evidence.syslog_records LEFT JOIN sources USING (source_id) GROUP BY source_id ORDER BY source_id`,
  );
  const firstOf = new Map<string, number>();
  const logs = rows.map((row) => {
    const sourceId = Number(row['source_id']);
    const path = row['original_path'];
    const set = typeof path === 'string' ? rotatedSetOf(pathOf(path, row['member'] as string | null)) : `S${sourceId}`;
    if (!firstOf.has(set)) firstOf.set(set, sourceId);
    return `(${sourceId}, ${firstOf.get(set)!})`;
  });
  const records = rows.reduce((sum, row) => sum + Number(row['records']), 0);
  return {
    messageShare: Math.max(1, Math.ceil(records / MESSAGES_LOOKED_AT)),
    logs: `(SELECT * FROM (VALUES ${['(NULL::INTEGER, NULL::INTEGER)', ...logs].join(', ')}) AS logs(source_id, first_source_id))`,
  };
}
