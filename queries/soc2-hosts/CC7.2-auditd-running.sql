/*---
id: CC7.2-auditd-running
title: The audit daemon of each host in scope runs without a break
criteria: [CC7.2]
why: While the audit daemon is down nobody can say what was done on the host.
per: cont
kind: operating
severity: high
maturity: stable
population: >-
  one row for each day and each host that was in scope then and needs an audit log, one for each day on which there was
  no such host, and one for each end of the audit daemon
needs:
  window_days: [day, day_from, day_to]
  systems: [system, needs, scope_from, scope_to]
  stream_hours: [stream, system, first_time, last_time, records, first_record]
  events: [time, system, stream, code]
optional: [events, stream_hours]
streams: []
parameters:
  restart_minutes: { type: number, unit: min, default: 5, means: how long a restart of the daemon may take }
limits:
  - This control tests that evidence was made. A day without an audit record deviates for a host with audit records
    before and after it. Before a host's first record and after its last one there is no evidence, for a daemon that was
    down and a log that was not handed over look the same; so has a host in scope that never gave one.
  - A daemon that was killed writes no record of its end; only the silence of a whole day shows it here.
  - Records that the kernel dropped while the daemon ran are not looked at.
  - Times are those of the host's own clock.
---*/
with
-- 1. Which host owed audit records on which day, and the days on which none of them was in scope.
owing as (
  select system, scope_from, scope_to from systems
  where list_contains(list_transform(needs, lambda need: lower(trim(need))), 'auditd')),
owed as (
  select distinct d.day, d.day_from, d.day_to, s.system
  from owing s
  join window_days d
    on (s.scope_from is null or s.scope_from < d.day_to) and (s.scope_to is null or s.scope_to > d.day_from)),
idle_days as (
  select day_from as time, null::varchar as system, 'auditd' as resource, 'skip' as status,
         'No host that needs an audit log was in scope on ' || day || '.' as reason,
         null::integer as source_id, null::integer as record, 'day' as item
  from window_days
  where day not in (select day from owed) and exists (select 1 from owing)),
-- 2. When each host was heard of, by the hour.
heard as (
  select system, first_time, last_time, records, source_id, first_record from stream_hours where stream = 'auditd'),
-- 3. The same by day. An hour may touch two days; its first and its last record then decide.
heard_days as (
  select o.day, o.system, min(greatest(h.first_time, o.day_from)) as first_time,
         arg_min({'source_id': h.source_id, 'record': h.first_record}, h.first_time) as first_record,
         sum(h.records)::bigint as records
  from owed o join heard h on h.system = o.system and h.first_time < o.day_to and h.last_time >= o.day_from
  group by o.day, o.system),
known as (select system, min(first_time) as first_time, max(last_time) as last_time from heard group by system),
-- 4. A day of a host.
host_days as (
  select coalesce(h.first_time, o.day_from) as time, o.system, 'auditd' as resource,
         case
           when h.day is not null then 'ok'
           when k.system is null or k.first_time >= o.day_to or k.last_time < o.day_from then 'no_evidence'
           else 'alarm'
         end as status,
         case
           when h.day is not null then o.system || ' wrote audit records on ' || o.day || '.'
           when k.system is null then 'The case holds no audit record of ' || o.system || ', of any day.'
           when k.first_time >= o.day_to
             then 'The first audit record of ' || o.system || ' in the case is of '
               || strftime(k.first_time, '%Y-%m-%dT%H:%M:%SZ') || '; nothing shows what was before.'
           when k.last_time < o.day_from
             then 'The last audit record of ' || o.system || ' in the case is of '
               || strftime(k.last_time, '%Y-%m-%dT%H:%M:%SZ') || '; nothing shows what came after.'
           else 'No audit record of ' || o.system || ' on ' || o.day || '.'
         end as reason,
         h.first_record.source_id as source_id, h.first_record.record as record, 'day' as item
  from owed o
  left join heard_days h on h.day = o.day and h.system = o.system
  left join known k on k.system = o.system),
-- 5. Each end of the daemon, and the first start after it. A resume follows a suspension, or a reload.
stops as (
  select time, system, code, source_id, record from events
  where stream = 'auditd' and code in ('DAEMON_END', 'DAEMON_ABORT')),
starts as (
  select time, system from events
  where stream = 'auditd' and code in ('DAEMON_START', 'DAEMON_RESUME')),
restarts as (
  select s.*, t.time as started, date_diff('second', s.time, t.time) as down_seconds
  from stops s asof left join starts t on t.system = s.system and s.time <= t.time),
-- 6. The scope of each host, joined to one stretch; a host that the inventory does not name has none and is judged.
scopes as (
  select system, min(coalesce(scope_from, timestamp '1970-01-01')) as scope_from,
         max(coalesce(scope_to, timestamp '9999-12-31')) as scope_to
  from systems group by system),
host_stops as (
  select r.time, r.system, 'auditd' as resource,
         case
           when r.time < p.scope_from or r.time >= p.scope_to then 'skip'
           when r.down_seconds <= $restart_minutes * 60 then 'ok'
           when r.started is null and p.scope_to <= r.time + to_seconds($restart_minutes * 60) then 'ok'
           when r.started is null and $window_end <= r.time + to_seconds($restart_minutes * 60) then 'no_evidence'
           else 'alarm'
         end as status,
         case
           when r.time < p.scope_from or r.time >= p.scope_to then r.system || ' was not in scope.'
           when r.started is not null then
             'The audit daemon of ' || r.system || ' ended and started again after '
             || case when r.down_seconds < 120 then r.down_seconds || ' seconds.'
                     when r.down_seconds < 7200 then r.down_seconds // 60 || ' minutes.'
                     else r.down_seconds // 3600 || ' hours.' end
           when p.scope_to <= r.time + to_seconds($restart_minutes * 60)
             then 'The audit daemon of ' || r.system || ' ended when the host left scope.'
           when $window_end <= r.time + to_seconds($restart_minutes * 60)
             then 'The window ends before the audit daemon of ' || r.system || ' was due to start again.'
           else 'The audit daemon of ' || r.system || ' ended and no record says that it started again.'
         end as reason,
         r.source_id, r.record, 'end of daemon' as item
  from restarts r left join scopes p on p.system = r.system
  where r.time >= $window_start and r.time < $window_end)
select time, system, resource, status, reason, source_id, record, item from host_days
union all
select time, system, resource, status, reason, source_id, record, item from idle_days
union all
select time, system, resource, status, reason, source_id, record, item from host_stops
order by time, system, item, source_id, record
