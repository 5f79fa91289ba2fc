/*---
id: CC6.3-least-privilege-root
title: Nobody logs in as root, and only privileged accounts become root
criteria: [CC6.3, CC6.1]
why: What root does cannot be told from what anybody else with the password did.
per: event
kind: operating
severity: high
maturity: stable
population: >-
  one row for each successful log-in to a host, and one for each time that an account became root with sudo, su or the
  like
needs:
  events: [time, system, stream, class, activity, code, actor, target, src_ip, outcome, message]
  systems: [system, scope_from, scope_to]
optional: [systems]
streams: [auditd or syslog]
parameters:
  privileged_accounts: { type: texts, default: [], means: accounts that may become root }
  same_event_seconds:
    type: number
    unit: s
    default: 5
    means: how far apart the records of one log-in, or of one change of account, may be
limits:
  - A log-in that several records tell of is one item when their times are at most same_event_seconds apart, nothing in
    them differs, and each is nearest to the other; where a clock or a time zone is wrong by more, or many act within the
    same seconds, it is two.
  - A record with a bare number for an account, or with none, counts as a double of the nearest record that names one
    within the same seconds. Where another account acted then, and the log of names lacks it, its act is not seen.
  - Another account with the user id 0 is not recognised as root. An account of the audit log that is written as a bare
    number is compared with the list as it stands.
  - A host is covered by any record of the stream. One that sends its system log without what sshd, sudo and su say
    looks covered.
  - A command run by sudo without a session of PAM leaves a trace in the system log only.
  - Failed log-ins are no items. What was done as root is not looked at.
---*/
with
-- 1. Log-ins, and accounts that became root. One act leaves several records: a line of the program and one of its PAM
--    session in the system log, and in the audit log USER_START, for a log-in through sshd also USER_LOGIN. The record
--    of the lowest rank is kept.
records as (
  select row_number() over (order by time, source_id, record) as id,
         case when activity = 'logon' then 'log-in' else 'switch' end as kind,
         time, system, actor, src_ip, code, stream, source_id, record,
         -- The program where the record says it, without what tells its variants apart: su-l is su.
         nullif(regexp_replace(regexp_extract(
           case when stream = 'auditd' then regexp_extract(message, '.* with (\S+)', 1)
                when code not like '%(%' then code end,
           '([^/]+?)\.?$', 1), '-(l|i|rs|session|auth)$', ''), '') as program,
         case when stream <> 'auditd' and (message like 'pam\_%' escape '\' or code like '%(pam\_%' escape '\') then 2
              when stream <> 'auditd' then 1
              when code = 'USER_LOGIN' then 3
              else 4 end as rank
  from events
  where stream in ('auditd', 'syslog') and class = 'authentication' and outcome is distinct from 'failure'
    and (activity = 'logon' and actor is not null or activity = 'account_switch' and lower(target) = 'root')),
-- 2. Slices of time as long as the seconds allowed, so that a record meets those of its own slice and of the next ones.
sliced as (
  select *, floor(epoch(time) / greatest($same_event_seconds, 1))::bigint as slice,
         actor is not null and not regexp_full_match(actor, '[0-9]+') as is_named
  from records),
-- 3. Two records that may tell of one act. One that names nobody never gives way to root: root may have been anybody.
--    The system log often has whole seconds, so these are compared first.
pairs as (
  select w.id as worse, w.rank, b.id as better,
         abs(epoch_us(date_trunc('second', w.time)) - epoch_us(date_trunc('second', b.time))) as seconds_apart,
         abs(epoch_us(w.time) - epoch_us(b.time)) as apart
  from (select *, unnest([slice - 1, slice, slice + 1]) as near_slice from sliced where rank > 1) w
  join sliced b
    on b.system is not distinct from w.system and b.kind = w.kind and b.slice = w.near_slice and b.rank < w.rank
  where abs(epoch_us(w.time) - epoch_us(b.time)) <= $same_event_seconds * 1000000
    and (lower(w.actor) = lower(b.actor) or not w.is_named and b.is_named and lower(b.actor) <> 'root')
    and (w.src_ip = b.src_ip or w.src_ip is null or b.src_ip is null)
    and (w.program = b.program or w.program is null or b.program is null)),
-- 4. Of each rank in turn, what is a double of a record that was kept: each is the nearest of the other, so that one
--    record takes in at most one of each rank.
doubles_2 as (
  select worse from (select * from pairs where rank = 2)
  qualify row_number() over (partition by worse order by seconds_apart, apart, better) = 1
    and row_number() over (partition by better order by seconds_apart, apart, worse) = 1),
doubles_3 as (
  select worse from (select * from pairs where rank = 3 and better not in (from doubles_2))
  qualify row_number() over (partition by worse order by seconds_apart, apart, better) = 1
    and row_number() over (partition by better order by seconds_apart, apart, worse) = 1),
doubles_4 as (
  select worse
  from (select * from pairs where rank = 4 and better not in (from doubles_2 union all from doubles_3))
  qualify row_number() over (partition by worse order by seconds_apart, apart, better) = 1
    and row_number() over (partition by better order by seconds_apart, apart, worse) = 1),
-- 5. What is left, with what decides.
items as (
  select *, lower(actor) = 'root' as is_root, list_contains($privileged_accounts, actor) as is_privileged,
         exists (select 1 from systems i where i.system = s.system)
           and not exists (
             select 1 from systems i
             where i.system = s.system
               and (i.scope_from is null or i.scope_from <= s.time)
               and (i.scope_to is null or i.scope_to > s.time)) as is_out_of_scope
  from sliced s
  where id not in (from doubles_2 union all from doubles_3 union all from doubles_4))
select time, system, coalesce(actor, 'an unknown account') as resource,
       case
         when is_out_of_scope then 'skip'
         when actor is null then 'alarm'
         when kind = 'log-in' and is_root then 'alarm'
         when kind = 'log-in' or is_root or is_privileged then 'ok'
         else 'alarm'
       end as status,
       case
         when is_out_of_scope then system || ' was not in scope.'
         when actor is null then 'An account became root (' || code || '), and the record does not say which.'
         when kind = 'log-in' and is_root
           then 'root logged in directly' || coalesce(' from ' || src_ip, '') || ' (' || code || ').'
         when kind = 'log-in' then actor || ' logged in' || coalesce(' from ' || src_ip, '') || '.'
         when is_root then 'root remained root.'
         when is_privileged then actor || ' became root and is privileged.'
         else actor || ' became root (' || code || ') and is not among the privileged accounts.'
       end as reason,
       source_id, record, kind, src_ip, stream
from items
where time >= $window_start and time < $window_end
order by time, system, kind, resource, source_id, record
