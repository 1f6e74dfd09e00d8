-- What says of a deployment that it failed: an incident that it caused, a rollback, a repair; a row for each.
with deployments as not materialized (
    select deployment, finished_at, task from {{ ref('counted_deployments') }} where production and success
),

-- The few that went back, each by what shows it: asked in one condition, all deployments were joined for it.
back as (
    select l.deployment, l.previous
    from {{ source('computed', 'deployment_lineage') }} l
    where l.kind = 'rollback'
    union all
    select l.deployment, l.previous
    from deployments d
    join {{ source('computed', 'deployment_lineage') }} l on l.deployment = d.deployment and l.kind is distinct from 'rollback'
    where {{ matches('d.task', var('rollback_task')) }}
),

failures as (
    select c.deployment, 'incident' as why, c.incident, i.resolved_at as restored_at, i.resolved_at is null as lasts, cast(null as varchar) as fixed_by
    from {{ ref('incident_causes') }} c
    join {{ ref('counted_incidents') }} i on i.incident = c.incident
    union all
    select l.previous, 'rollback', null, d.finished_at, false, d.deployment
    from back l
    join deployments d on d.deployment = l.deployment
    where l.previous is not null
    union all
    select coalesce(f.taken_back, l.previous), f.kind, null, d.finished_at, false, d.deployment
    from {{ ref('deployed_fixes') }} f
    join deployments d on d.deployment = f.fixed_by
    -- All its lines, also those that it began: what is taken back is known without what ran before.
    join {{ source('computed', 'deployment_lineage') }} l on l.deployment = f.fixed_by
)

select deployment, why, incident, restored_at, lasts, fixed_by from failures where deployment is not null
