/*---
id: CC7.1-scan-daily
title: Each system in scope is looked at by a completed port scan every day
criteria: [CC7.1]
why: What is not scanned is not known; a port can open and close again on a day nobody looked.
per: daily
kind: operating
severity: medium
maturity: stable
population: >-
  one row for each day and each system that was in scope then and needs port scans, and one for each day on which there
  was no such system
needs:
  window_days: [day, day_from, day_to]
  systems: [system, needs, scope_from, scope_to]
  scans: [scan_id, tool, started, finished, completed, scope]
  scan_targets: [scan_id, time, system, state]
streams: []
parameters:
  scanner: { type: text, default: nmap, means: the tool whose scans count and the need that names it in the inventory }
limits:
  - This control tests that evidence was made. A day without a scan deviates as soon as scans looked at the system on
    other days; a system that no completed scan ever looked at has no evidence.
  - Only the ports in each scan's own scope were looked at; which ports that are is not compared.
  - Once a day is asked of every system, whatever its criticality.
---*/
with
-- 1. Who owed a scan on which day: in scope for any part of the day, and the inventory says it needs scans.
owing as (
  select system, scope_from, scope_to from systems
  where list_contains(list_transform(needs, lambda need: lower(trim(need))), lower($scanner))),
owed as (
  select distinct d.day, d.day_from, d.day_to, s.system
  from owing s
  join window_days d
    on (s.scope_from is null or s.scope_from < d.day_to) and (s.scope_to is null or s.scope_to > d.day_from)),
-- 2. When each system was looked at, whether that scan came to its end, and whether it can have seen a port: the
--    system was up, and the scope of the scan names a protocol that has ports.
targets as (
  select t.system, coalesce(t.time, s.finished, s.started) as time, coalesce(s.completed, false) as is_completed,
         coalesce(lower(t.state) = 'up', false) as is_up,
         coalesce(regexp_matches(lower(s.scope), '(^|; )(tcp|udp|sctp)\b'), false) as has_ports, t.source_id, t.record
  from scan_targets t join scans s on s.source_id = t.source_id and s.scan_id = t.scan_id
  where lower(s.tool) = lower($scanner)),
looks as (
  select *, is_completed and is_up and has_ports as is_covering from targets),
-- 3. Who was ever looked at by a completed scan, whatever it found.
known as (select distinct system from looks where is_completed),
-- 4. Per system and day: the first look at its ports, else the first completed one, and how many there were of each.
days as (
  select o.day, o.system,
         coalesce(min(l.time) filter (where l.is_covering), min(l.time) filter (where l.is_completed)) as looked_at,
         coalesce(
           arg_min({'source_id': l.source_id, 'record': l.record}, l.time) filter (where l.is_covering),
           arg_min({'source_id': l.source_id, 'record': l.record}, l.time) filter (where l.is_completed)) as look,
         count(*) filter (where l.is_covering) as covering_looks,
         count(*) filter (where l.is_completed) as completed_looks,
         count(*) filter (where l.is_completed and l.has_ports) as port_looks,
         count(*) filter (where not l.is_completed) as cut_looks
  from owed o join looks l on l.system = o.system and l.time >= o.day_from and l.time < o.day_to
  group by o.day, o.system),
-- 5. Days on which nobody owed a scan.
idle_days as (
  select day_from as time, null::varchar as system, null::varchar as resource, 'skip' as status,
         'No system that needs port scans was in scope on ' || day || '.' as reason,
         null::integer as source_id, null::integer as record, day as day_owed
  from window_days
  where day not in (select day from owed) and exists (select 1 from owing)),
-- 6. Scans of the day that did not come to their end, whomever they had reached.
cut_scans as (
  select d.day, count(*) as scans
  from window_days d join scans s on s.started >= d.day_from and s.started < d.day_to
  where lower(s.tool) = lower($scanner) and not coalesce(s.completed, false)
  group by d.day),
-- 7. Each system on each day.
system_days as (
  select coalesce(d.looked_at, o.day_from) as time, o.system, o.system as resource,
         case when d.covering_looks > 0 then 'ok' when k.system is null then 'no_evidence' else 'alarm' end as status,
         case
           when d.covering_looks > 0 then
             o.system || ' was looked at '
             || case when d.covering_looks = 1 then 'once.' else d.covering_looks || ' times.' end
           when k.system is null then 'No completed scan in the case looked at ' || o.system || ', on any day.'
           when d.port_looks > 0 then
             'No scan of ' || o.day || ' that looked at ports found ' || o.system
             || ' up: none of its ports was looked at.'
           when d.completed_looks > 0 then
             'The scan of ' || o.day || ' that reached ' || o.system
             || ' has no port in its scope: it looked at no port.'
           when d.cut_looks > 0 then 'The scan of ' || o.day || ' reached ' || o.system || ' but did not complete.'
           when c.scans > 0 then 'The scan of ' || o.day || ' did not complete and did not reach ' || o.system || '.'
           else 'No scan looked at ' || o.system || ' on ' || o.day || '.'
         end as reason,
         d.look.source_id as source_id, d.look.record as record, o.day as day_owed
  from owed o
  left join days d on d.day = o.day and d.system = o.system
  left join known k on k.system = o.system
  left join cut_scans c on c.day = o.day)
select time, system, resource, status, reason, source_id, record, day_owed from system_days
union all
select time, system, resource, status, reason, source_id, record, day_owed from idle_days
order by day_owed, system
