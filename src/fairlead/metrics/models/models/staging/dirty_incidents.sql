-- Incidents of which the cause may differ from yesterday's: those that follow a deployment that changed.
{{ config(enabled=var('deltas', false)) }}
with deployments as (
    select deployment, repository, finished_at from {{ source('delta', 'counted_deployments') }}
    union all
    select deployment, repository, finished_at from {{ ref('counted_deployments') }}
    where deployment in (
        select deployment from {{ ref('dirty_reach') }}
        union
        -- Rolled back, or no longer: that counts for the one that ran before.
        select previous from {{ source('delta', 'deployment_lineage') }}
        union
        select previous from {{ source('computed', 'deployment_lineage') }}
        where deployment in (select deployment from {{ ref('dirty_reach') }})
        union
        select deployment from {{ source('delta', 'incident_namings') }}
    )
),

-- Repositories of which a deployment is or was named: there every later deployment has another history.
blamed as (
    select d.repository
    from {{ ref('counted_deployments') }} d
    where d.deployment in (select deployment from {{ ref('incident_namings') }})
    union
    select repository from deployments
    where deployment in (select deployment from {{ source('delta', 'incident_namings') }})
),

spans as (
    select finished_at as from_at, {{ hours_after('finished_at', var('attribution_hours')) }} as to_at from deployments
    union
    select finished_at, cast(null as timestamp) from deployments where repository in (select repository from blamed)
)

select incident from {{ ref('dirty_namings') }}
union
select incident from {{ source('delta', 'incident_namings') }}
union
select i.incident
from {{ ref('counted_incidents') }} i
join spans s on s.from_at <= i.started_at and coalesce(i.started_at < s.to_at, true)
union
select i.incident
from {{ ref('counted_incidents') }} i
join {{ source('delta', 'alerts') }} a on a.incident = i.incident
    or (a.service = i.service
        and a.started_at between i.started_at - interval '2 hours' and i.started_at + interval '2 hours')
union
select incident from {{ ref('counted_incidents') }} where exists (select 1 from {{ source('delta', 'only_line') }})
