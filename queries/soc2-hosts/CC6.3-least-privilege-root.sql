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
  events: [time, system, stream, class, activity, code, actor, target, src_ip, outcome]
streams: [auditd or syslog]
parameters:
  privileged_accounts: { type: texts, default: [], means: accounts that may become root }
  same_event_seconds:
    type: number
    unit: s
    default: 5
    means: how far apart the audit log and the system log may record the same log-in
limits:
  - A log-in that both the audit log and the system log record is one item when their times are at most
    same_event_seconds apart; where a clock or a time zone is wrong by more, it is two.
  - Another account with the user id 0 is not recognised as root. An account of the audit log that is written as a bare
    number is compared with the list as it stands.
  - A command run by sudo without a session of PAM leaves a trace in the system log only.
  - Failed log-ins are no items. What was done as root is not looked at.
---*/
with
-- 1. Log-ins. A log-in through sshd leaves three records: a line in the system log, which names the account, USER_LOGIN
--    in the audit log, and USER_START in the same. The lowest rank is kept.
log_ins as (
  select 'log-in' as kind, time, system, actor as account, src_ip, code, stream, source_id, record,
         case when stream <> 'auditd' then 1 when code = 'USER_LOGIN' then 2 else 3 end as rank
  from events
  where stream in ('auditd', 'syslog') and class = 'authentication' and activity = 'logon'
    and outcome is distinct from 'failure' and actor is not null),
-- 2. Accounts that became root. The system log names the account; a raw audit log may give its number.
switches as (
  select 'switch' as kind, time, system, coalesce(actor, 'an unknown account') as account, src_ip, code, stream,
         source_id, record, case when stream <> 'auditd' then 1 else 2 end as rank
  from events
  where stream in ('auditd', 'syslog') and class = 'authentication' and activity = 'account_switch'
    and lower(target) = 'root' and outcome is distinct from 'failure'),
-- 3. What else was recorded of the same system within the seconds allowed.
near as (
  select *,
         min(rank) over (
           partition by kind, system, account order by time
           range between to_seconds($same_event_seconds) preceding and to_seconds($same_event_seconds) following
         ) as best_rank_of_account,
         min(rank) over (
           partition by kind, system order by time
           range between to_seconds($same_event_seconds) preceding and to_seconds($same_event_seconds) following
         ) as best_rank
  from (select * from log_ins union all select * from switches)),
-- 4. One record an item: the best of its account; a bare number gives way to any record with a name.
items as (
  select * from near
  where rank = best_rank_of_account
    and not (rank > 1 and best_rank = 1 and regexp_full_match(account, '[0-9]+')))
select time, system, account as resource,
       case
         when kind = 'log-in' and lower(account) = 'root' then 'alarm'
         when kind = 'log-in' or lower(account) = 'root' or list_contains($privileged_accounts, account) then 'ok'
         else 'alarm'
       end as status,
       case
         when kind = 'log-in' and lower(account) = 'root'
           then 'root logged in directly' || coalesce(' from ' || src_ip, '') || ' (' || code || ').'
         when kind = 'log-in' then account || ' logged in' || coalesce(' from ' || src_ip, '') || '.'
         when lower(account) = 'root' then 'root remained root.'
         when list_contains($privileged_accounts, account) then account || ' became root and is privileged.'
         else account || ' became root (' || code || ') and is not among the privileged accounts.'
       end as reason,
       source_id, record, kind, src_ip, stream
from items
where time >= $window_start and time < $window_end
order by time, system, kind, account, source_id, record
