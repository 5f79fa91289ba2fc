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
  cloudtrail_records: [event_id, event_source, event_name, event_type, identity_type, identity_arn, invoked_by, mfa,
    error_code, region]
streams: [cloudtrail]
parameters: {}
limits:
  - Only what CloudTrail records is seen; where a trail leaves out a region or data events, so does this control.
  - What an AWS service that is named does on behalf of the root account is shown as information, not as use. A call
    invoked by "AWS Internal" or by the sign-in service counts as use.
  - Where copies of one event differ, the gravest one counts.
  - A sign-in that failed is shown as information; a call that was denied is use.
---*/
with
-- 1. What the root account appears in. Where the type of the identity is left out, its ARN tells.
root_events as (
  select e.time, e.system, e.outcome, e.src_ip, c.*, nullif(trim(c.event_id), '') as known_id,
         lower(trim(c.invoked_by)) as invoker, lower(coalesce(c.event_source, '')) as source
  from cloudtrail_records c join events e on e.source_id = c.source_id and e.record = c.record
  where e.time >= $window_start and e.time < $window_end
    and (lower(trim(c.identity_type)) = 'root'
         or (coalesce(trim(c.identity_type), '') = '' and lower(trim(c.identity_arn)) like '%:root'))),
-- 2. Use by a person or a script is told from what AWS does by itself, and from a sign-in that failed. Only a service
--    that is named acts by itself: "AWS Internal" and the sign-in service stand for a person at the console too.
judged as (
  select *,
         coalesce(
           (lower(event_type) = 'awsserviceevent' and source <> 'signin.amazonaws.com')
             or (regexp_full_match(invoker, '([a-z0-9-]+\.)+amazonaws\.com(\.cn)?')
                 and not regexp_matches(invoker, '(^|\.)signin\.')),
           false) as is_service,
         coalesce(event_name = 'ConsoleLogin' and outcome = 'failure', false) as is_failed_sign_in
  from root_events),
-- 3. Each event once: CloudTrail may deliver it more than once. Where its copies differ, the gravest one counts.
once as (
  select * from judged
  qualify row_number() over (
    partition by coalesce(known_id, source_id || '/' || record)
    order by is_service or is_failed_sign_in, source_id, record) = 1)
select time, system, 'root' as resource,
       case when is_service or is_failed_sign_in then 'info' else 'alarm' end as status,
       case
         when is_service
           then coalesce(nullif(trim(invoked_by), ''), 'An AWS service') || ' acted for the root account: '
             || event_name || '.'
         when is_failed_sign_in then 'A sign-in to the root account failed' || coalesce(', from ' || src_ip, '') || '.'
         else 'The root account was used: ' || event_name || coalesce(' of ' || event_source, '')
           || coalesce(' from ' || src_ip, '')
           || case when mfa then ', with a second factor' when not mfa then ', without a second factor' else '' end
           || case when error_code is not null then ', refused with ' || error_code else '' end || '.'
       end as reason,
       source_id, record, event_name, event_source, event_id, region, src_ip
from once
order by time, system, source_id, record
