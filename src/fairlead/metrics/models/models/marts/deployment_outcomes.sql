-- Production deployments that worked as an act: what they led to, and whether they were planned.
with deployments as (
    select * from {{ ref('counted_deployments') }} where production and success
),

lineage as (
    select l.deployment, l.previous, l.kind from {{ source('computed', 'deployment_lineage') }} l
),

fixes as (
    select
        f.change, f.kind, c.deployment as fixed_by,
        -- What a revert takes back is known by number or title; what a hotfix repairs is what ran before it.
        (select min(o.deployment)
            from {{ ref('change_lead_times') }} o
            where o.repository = f.repository and o.merged_at < c.merged_at
                and (o.change = f.repository || '#' || cast(f.reverts_number as varchar)
                    or (f.reverts_number is null and o.title = f.reverts_title))) as taken_back
    from {{ ref('change_fixes') }} f
    join {{ ref('change_lead_times') }} c on c.change = f.change
    where c.deployment is not null and c.deploy_missing is null
),

failures as (
    select c.deployment, 'incident' as why, c.incident, i.resolved_at as restored_at, i.resolved_at is null as lasts, cast(null as varchar) as fixed_by
    from {{ ref('incident_causes') }} c
    join {{ ref('counted_incidents') }} i on i.incident = c.incident
    where c.deployment is not null
    union all
    select l.previous, 'rollback', null, d.finished_at, false, d.deployment
    from lineage l
    join deployments d on d.deployment = l.deployment
    where l.previous is not null and (l.kind = 'rollback' or {{ matches('d.task', var('rollback_task')) }})
    union all
    select coalesce(case when f.taken_back <> f.fixed_by then f.taken_back end, l.previous), f.kind, null, d.finished_at, false, d.deployment
    from fixes f
    join deployments d on d.deployment = f.fixed_by
    join lineage l on l.deployment = f.fixed_by
    where coalesce(case when f.taken_back <> f.fixed_by then f.taken_back end, l.previous) is not null
),

failed as (
    select
        deployment,
        {{ joined('why') }} as why,
        count(distinct incident) as incidents,
        min(incident) as incident,
        case when bool_or(lasts) then null else coalesce(max(case when why = 'incident' then restored_at end), min(restored_at)) end as restored_at,
        min(fixed_by) as fixed_by
    from failures
    where deployment is not null
    group by deployment
),

repairs as (
    select deployment from lineage where kind = 'rollback'
    union
    select deployment from deployments where unplanned or {{ matches('task', var('rollback_task')) }}
    union
    select fixed_by from fixes
    union
    select c.deployment
    from {{ source('records', 'work_item_links') }} k
    join {{ ref('counted_incidents') }} i on i.incident = k.to_item
    join {{ ref('change_lead_times') }} c on c.change = k.from_item
    where k.deleted_at is null and k.kind = 'closes' and c.deployment is not null
),

services as (
    select deployment, {{ joined('service') }} as services from {{ ref('deployment_reach') }} group by deployment
),

kinds as (
    select deployment, {{ joined('kind') }} as lineage from lineage group by deployment
)

select
    d.deployment, d.repository, s.services, d.environment, d.finished_at, d.version, d.sha, d.made_from, d.source, d.url,
    coalesce(k.lineage, 'unknown') as lineage,
    f.deployment is not null as failed, f.why, coalesce(f.incidents, 0) as incidents, f.incident, f.fixed_by,
    f.restored_at,
    {{ phase('d.finished_at', 'f.restored_at') }} as recovery_s,
    d.deployment in (select deployment from repairs) as rework
from deployments d
left join failed f on f.deployment = d.deployment
left join services s on s.deployment = d.deployment
left join kinds k on k.deployment = d.deployment
