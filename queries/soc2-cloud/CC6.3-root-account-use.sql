/*---
id: CC6.3-root-account-use
title: The root account of the cloud is not used
criteria: [CC6.3, CC6.1]
why: The root account can do everything, cannot be limited, and belongs to nobody.
per: event
kind: operating
severity: critical
maturity: stable
population: one row for each CloudTrail event whose identity is the root account, each event once
needs:
  events: [time, system, outcome, src_ip]
  cloudtrail_records: [event_id, event_source, event_name, event_type, identity_type, invoked_by, mfa, error_code, region]
streams: [cloudtrail]
parameters: {}
limits:
  - Only what CloudTrail records is seen; where a trail leaves out a region or data events, so does this control.
  - What an AWS service does on behalf of the root account is shown as information, not as use.
  - A sign-in that failed is shown as information; a call that was denied is use.
---*/
with
-- 1. What the root account appears in, each event once: CloudTrail may deliver an event more than once.
root_events as (
  select e.time, e.system, e.outcome, e.src_ip, c.*
  from cloudtrail_records c join events e on e.source_id = c.source_id and e.record = c.record
  where c.identity_type = 'Root' and e.time >= $window_start and e.time < $window_end
  qualify row_number() over (
    partition by coalesce(c.event_id, c.source_id || '/' || c.record) order by c.source_id, c.record) = 1),
-- 2. Use by a person or a script is told from what AWS does by itself, and from a sign-in that failed.
judged as (
  select *,
         invoked_by is not null or coalesce(event_type, '') = 'AwsServiceEvent' as is_service,
         event_name = 'ConsoleLogin' and outcome = 'failure' as is_failed_sign_in
  from root_events)
select time, system, 'root' as resource,
       case when is_service or is_failed_sign_in then 'info' else 'alarm' end as status,
       case
         when is_service then coalesce(invoked_by, 'An AWS service') || ' acted for the root account: ' || event_name || '.'
         when is_failed_sign_in then 'A sign-in to the root account failed' || coalesce(', from ' || src_ip, '') || '.'
         else 'The root account was used: ' || event_name || coalesce(' of ' || event_source, '')
           || coalesce(' from ' || src_ip, '')
           || case when mfa then ', with a second factor' when not mfa then ', without a second factor' else '' end
           || case when error_code is not null then ', refused with ' || error_code else '' end || '.'
       end as reason,
       source_id, record, event_name, event_source, event_id, region, src_ip
from judged
order by time, system, source_id, record
