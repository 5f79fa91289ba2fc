/*---
id: CC6.6-port-unauthorised
title: Every open port is in the authorised inventory
criteria: [CC6.6, CC7.1]
why: An unknown listener is an entry point nobody decided to have.
per: event
kind: operating
severity: high
maturity: stable
population: one row for each open port seen by each scan, completed or not
needs:
  open_ports: [scan_id, time, system, address, port, protocol, state, service]
  scans: [scan_id, started, finished]
  systems: [system, role, scope_from, scope_to]
  authorized_ports: [system_or_role, port, protocol, approved_at]
streams: [nmap]
parameters:
  grace_hours: { type: number, unit: h, default: 0, means: how long a port may be open before its authorisation }
limits:
  - Only the ports in each scan's own scope were looked at; which ports that are is not compared.
  - A host that a scan found down, or a scan that looked at no port, is no evidence of that day.
  - A port that was closed, filtered or not looked at whenever a scan ran is not seen.
  - Only the state "open" counts; "open|filtered", as UDP scans report it, is neither open nor closed.
  - An entry of the inventory without a date counts as authorised from the start.
  - Which service answers on an authorised port is not looked at.
---*/
with
-- 1. What each scan saw open. A scan that was cut off still saw what it saw.
seen as (
  select coalesce(p.time, s.finished, s.started) as time, p.system, p.address, p.port,
         lower(p.protocol) as protocol, p.service, p.source_id, p.record
  from open_ports p left join scans s on s.source_id = p.source_id and s.scan_id = p.scan_id
  where p.state = 'open'),
-- 2. The roles of each system; a system may stand in the inventory more than once.
roles as (
  select distinct system, lower(role) as role from systems),
-- 3. Since when each port may be open: by its system, its role, or for every system.
authorised as (
  select p.system, p.address, p.port, p.protocol,
         min(coalesce(a.approved_at, timestamp '1970-01-01')) as since
  from (select distinct system, address, port, protocol from seen) p
  left join roles r on r.system = p.system
  join authorized_ports a
    on a.port = p.port and coalesce(lower(a.protocol), p.protocol) = p.protocol
   and (a.system_or_role = '*'
        or lower(a.system_or_role) in (lower(p.system), lower(p.address))
        or lower(a.system_or_role) = r.role)
  group by p.system, p.address, p.port, p.protocol),
-- 4. Each sighting, judged.
judged as (
  select s.*, a.since,
         a.since is not null and a.since <= s.time + to_seconds($grace_hours * 3600) as is_authorised,
         exists (select 1 from systems i where i.system = s.system)
           and not exists (
             select 1 from systems i
             where i.system = s.system
               and (i.scope_from is null or i.scope_from <= s.time)
               and (i.scope_to is null or i.scope_to > s.time)) as is_out_of_scope
  from seen s left join authorised a
    on a.system = s.system and a.address = s.address and a.port = s.port and a.protocol = s.protocol),
-- 5. How long each unauthorised port stood open, as far as scans tell.
exposed as (
  select *,
         min(time) filter (where not is_authorised) over port as first_seen,
         max(time) filter (where not is_authorised) over port as last_seen,
         count(*) filter (where not is_authorised) over port as sightings
  from judged
  window port as (partition by system, address, port, protocol))
select time, system, address || ':' || port || case when protocol = 'tcp' then '' else '/' || protocol end as resource,
       case when is_out_of_scope then 'skip' when is_authorised then 'ok' else 'alarm' end as status,
       case
         when is_out_of_scope then system || ' was not in scope.'
         when is_authorised and since > timestamp '1970-01-01'
           then port || '/' || protocol || ' is authorised since ' || strftime(since, '%Y-%m-%dT%H:%M:%SZ') || '.'
         when is_authorised then port || '/' || protocol || ' is authorised.'
         else port || '/' || protocol || ' is open on ' || system
           || case when since is null then ' and not in the inventory'
                   else ' before its authorisation of ' || strftime(since, '%Y-%m-%dT%H:%M:%SZ') end
           || case when sightings = 1 then '; one scan saw it.'
                   else '; ' || sightings || ' scans saw it, from ' || strftime(first_seen, '%Y-%m-%dT%H:%M:%SZ')
                     || ' to ' || strftime(last_seen, '%Y-%m-%dT%H:%M:%SZ') || ', over '
                     || case when date_diff('hour', first_seen, last_seen) < 48
                             then date_diff('hour', first_seen, last_seen) || ' hours.'
                             else date_diff('hour', first_seen, last_seen) // 24 || ' days.' end end
       end as reason,
       source_id, record, protocol, service,
       case when is_authorised then null else first_seen end as first_seen,
       case when is_authorised then null else last_seen end as last_seen
from exposed
where time >= $window_start and time < $window_end
order by time, system, address, port, protocol, source_id, record
