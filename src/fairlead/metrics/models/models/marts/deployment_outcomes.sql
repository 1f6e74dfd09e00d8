-- Production deployments that worked as an act: what they led to, and whether they were planned.
{{ config(materialized='incremental', unique_key='deployment', meta={'dirty': 'dirty_outcomes'}) }}

with deployments as (
    select * from {{ ref('counted_deployments') }}
    where production and success
    {% if is_incremental() %} and rowid in {{ places(ref('counted_deployments'), 'deployment', 'deployment from ' ~ ref('dirty_outcomes')) }} {% endif %}
),

failed as (
    select
        deployment,
        {{ joined('why') }} as why,
        count(distinct incident) as incidents,
        min(incident) as incident,
        case when bool_or(lasts) then null else coalesce(max(case when why = 'incident' then restored_at end), min(restored_at)) end as restored_at,
        min(fixed_by) as fixed_by
    from {{ ref('deployment_failures') }}
    group by deployment
),

services as (
    select deployment, {{ joined('service') }} as services
    from {{ ref('deployment_reach') }}
    where deployment in (select deployment from deployments)
    group by deployment
),

kinds as (
    select deployment, {{ joined('kind') }} as lineage
    from {{ source('computed', 'deployment_lineage') }}
    where deployment in (select deployment from deployments)
    group by deployment
)

select
    d.deployment, d.repository, s.services, d.environment, d.finished_at, d.version, d.sha, d.made_from, d.source, d.url,
    coalesce(k.lineage, 'unknown') as lineage,
    f.deployment is not null as failed, f.why, coalesce(f.incidents, 0) as incidents, f.incident, f.fixed_by,
    f.restored_at,
    {{ phase('d.finished_at', 'f.restored_at') }} as recovery_s,
    d.deployment in (select deployment from {{ ref('deployment_repairs') }}) as rework
from deployments d
left join failed f on f.deployment = d.deployment
left join services s on s.deployment = d.deployment
left join kinds k on k.deployment = d.deployment
