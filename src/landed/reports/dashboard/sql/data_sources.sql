-- What each kind of source has told so far, and when it last did. Laptops push names of working
-- trees and files that begin in these two ways.
with
logs as (
    select count(*) as pieces, max(read_at) as last_at from agent_log
),
pushed as (
    select count(*) as pieces, max(ended_at) as last_at from session
    where starts_with(cwd, 'tree:') or starts_with(cwd, 'file:')
),
telemetry as (
    select count(*) as pieces, max(happened_at) as last_at from telemetry_call
),
counted as (
    select coalesce(sum(count), 0) as pieces, cast(max(day) as timestamp with time zone) as last_at
    from telemetry_count
),
hooks as (
    select count(*) as pieces, max(received_at) as last_at from webhook_delivery
),
history as (
    select count(*) as pieces, max(finished_at) as last_at
    from repository
    left join run on run.repository = repository.repository
),
deployed as (
    select count(*) as pieces, max(coalesce(finished_at, created_at)) as last_at from deployment
),
failing as (
    select count(*) as pieces, max(started_at) as last_at from incident where kind <> 'none'
),
invoiced as (
    select count(*) as pieces, cast(null as timestamp with time zone) as last_at from invoice_line
),
seats as (
    select count(*) as pieces, cast(null as timestamp with time zone) as last_at from seat
)
select 'history' as source, (select count(*) from repository) as pieces, last_at from history
union all
select 'logs', pieces, last_at from logs
union all
select 'pushes', pieces, last_at from pushed
union all
select 'telemetry', pieces, last_at from telemetry
union all
select 'other telemetry', cast(pieces as bigint), last_at from counted
union all
select 'webhooks', pieces, last_at from hooks
union all
select 'deployments', pieces, last_at from deployed
union all
select 'incidents', pieces, last_at from failing
union all
select 'invoices', pieces, last_at from invoiced
union all
select 'seats', pieces, last_at from seats
