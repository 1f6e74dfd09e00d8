-- One row for each merged change and each service that it touches, to the first deployment of that service with it.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes', 'parts_of': 'changes'}) }}

with wanted as (
    select c.id as change from {{ touched('changes') }} c where c.deleted_at is null and c.state = 'merged'
),

-- The working hours are those of the change, as in its whole lead time: a service gives it no other team.
teams as (
    select t.change, min(t.team) as team from {{ made('change_teams') }} t join wanted w on w.change = t.change group by t.change
),

times as (
    select
        c.change, s.service, c.repository, c.source, c.url, c.first_commit_at, c.opened_at, c.merged_at,
        d.finished_at as deployed_at, d.deployment, coalesce(c.deploy_missing <> 'no_deployments', true) as deploys,
        {{ coding_from('c.first_commit_at', 'c.opened_at', 'c.merged_at') }} as coding_from,
        case when d.proven and d.finished_at >= c.merged_at then d.finished_at end as delivered_at,
        k.calendar as own_calendar
    from {{ made('change_lead_times') }} c
    join wanted w on w.change = c.change
    join {{ made('change_services') }} s on s.change = c.change
    left join {{ made('change_deployments') }} d on d.change = c.change and d.service = s.service
    left join teams t on t.change = c.change
    left join {{ source('setup', 'setup_team_calendars') }} k on k.team = coalesce(t.team, '')
)

select
    t.change, t.service, t.repository, t.source, t.url, t.merged_at, t.deployed_at, t.deployment,
    {{ phase('t.merged_at', 't.delivered_at') }} as deploy_s,
    {{ phase('t.coding_from', 't.delivered_at') }} as total_s,
    {{ worked('t.delivered_at', 'w3') }} - {{ worked('t.merged_at', 'w2') }} as deploy_work_s,
    {{ worked('t.delivered_at', 'w3') }} - {{ worked('t.coding_from', 'w1') }} as total_work_s,
    {{ deploy_missing('t') }} as deploy_missing,
    {{ total_missing('t') }} as total_missing
from times t
{{ slot_of('t.coding_from', 'w1', 't.own_calendar') }}
{{ slot_of('t.merged_at', 'w2', 't.own_calendar') }}
{{ slot_of('t.delivered_at', 'w3', 't.own_calendar') }}
