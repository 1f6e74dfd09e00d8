-- Which deployment an incident names as its cause: by id, else by a commit, else by a version.
{{ config(materialized='incremental', unique_key='incident', meta={'dirty': 'dirty_namings'}) }}

with deployments as (
    select deployment, repository, sha, ref, version, finished_at
    from {{ ref('counted_deployments') }}
    where production and success
),

incidents as (
    select * from {{ ref('counted_incidents') }}
    where (caused_by_deployment is not null or caused_by_sha is not null or caused_by_version is not null)
    {% if is_incremental() %} and incident in (select incident from {{ ref('dirty_namings') }}) {% endif %}
),

-- The same commit is deployed for each service of a repository: that of another service is taken only if there is no
-- other, since a person who names a commit is believed before what is known of services.
named as (
    select i.incident, d.deployment, 1 as place, 'deployment' as by_what, d.finished_at, false as elsewhere
    from incidents i join deployments d on d.deployment = i.caused_by_deployment
    union all
    select i.incident, d.deployment, 2, 'sha', d.finished_at, i.service is not null and r.service is null
        and d.deployment in (select deployment from {{ ref('deployment_reach') }})
    from incidents i
    join deployments d on d.finished_at <= i.started_at and (i.repository is null or d.repository is null or d.repository = i.repository)
        and length(i.caused_by_sha) >= 7 and left(d.sha, length(i.caused_by_sha)) = lower(i.caused_by_sha)
    left join {{ ref('deployment_reach') }} r on r.deployment = d.deployment and r.service = i.service
    where i.caused_by_sha is not null
    union all
    select i.incident, f.deployment, 3, 'sha', f.finished_at, coalesce(f.service <> '' and f.service <> i.service, false)
    from incidents i
    join {{ source('computed', 'first_deployments') }} f
        on f.production and length(i.caused_by_sha) >= 7 and left(f.sha, length(i.caused_by_sha)) = lower(i.caused_by_sha)
        and (i.repository is null or f.repository = i.repository) and f.finished_at <= i.started_at
    where i.caused_by_sha is not null
    union all
    select i.incident, d.deployment, 4, 'version', d.finished_at, false
    from incidents i
    join deployments d on d.finished_at <= i.started_at
        and (d.version = i.caused_by_version or d.ref = i.caused_by_version or d.version = 'v' || i.caused_by_version
            or d.ref = 'v' || i.caused_by_version)
    left join {{ ref('deployment_reach') }} r on r.deployment = d.deployment and r.service = i.service
    where i.caused_by_version is not null
        and (i.repository is null or d.repository is null or d.repository = i.repository)
        and (i.service is null or r.service is not null
            or d.deployment not in (select deployment from {{ ref('deployment_reach') }}))
)

select incident, deployment, by_what
from (
    select *, row_number() over (partition by incident order by elsewhere, place, finished_at desc, deployment) as nth from named
) numbered
where nth = 1
