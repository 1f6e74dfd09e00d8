-- Production deployments that did not go through, so that what ran before stayed; whether a later one worked.
{{ config(materialized='view') }}

with ended as (
    select *, coalesce(repository, '') as of_repository, coalesce(service, '') as of_service, coalesce(environment, '') as place
    from {{ ref('counted_deployments') }}
    where production and finished_at is not null
),

worked as (
    select of_repository, of_service, place, max(finished_at) as last_at
    from ended where success
    group by of_repository, of_service, place
)

select
    e.deployment, e.repository, e.service, e.environment, e.finished_at, e.sha, e.result, e.source, e.url,
    coalesce(w.last_at > e.finished_at, false) as recovered
from ended e
left join worked w on w.of_repository = e.of_repository and w.of_service = e.of_service and w.place = e.place
where e.result in ('failure', 'error')
