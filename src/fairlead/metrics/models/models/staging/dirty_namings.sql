-- Incidents of which the named cause may differ from yesterday's: their own record, or what deployments they name.
{{ config(enabled=var('deltas', false)) }}
with deployments as (
    select deployment, sha, ref, version from {{ source('delta', 'counted_deployments') }}
    union all
    select deployment, sha, ref, version from {{ ref('counted_deployments') }}
    where rowid in {{ places(ref('counted_deployments'), 'deployment', 'deployment from ' ~ ref('dirty_reach')) }}
),

naming as (
    select incident, caused_by_deployment, lower(caused_by_sha) as sha, caused_by_version as version
    from {{ ref('counted_incidents') }}
    where caused_by_deployment is not null or caused_by_sha is not null or caused_by_version is not null
)

select incident from {{ source('delta', 'counted_incidents') }}
union
select n.incident
from naming n
join deployments d on d.deployment = n.caused_by_deployment or starts_with(d.sha, n.sha)
    or n.version in (d.version, d.ref) or 'v' || n.version in (d.version, d.ref)
union
select n.incident from naming n join {{ source('delta', 'first_deployments') }} f on starts_with(f.sha, n.sha)
