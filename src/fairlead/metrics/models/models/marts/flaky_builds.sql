-- The same build of the same commit failed and passed: the code cannot have been the reason.
{{ config(materialized='incremental', unique_key='flake', meta={'dirty': 'dirty_flakes'}) }}
with finished as (
    select
        b.repository || '@' || b.sha || ':' || coalesce(b.name, '') as flake, b.id, b.repository, b.sha, b.name, b.kind,
        case when b.result in ('failure', 'error') then 'failure' else b.result end as result, b.finished_at
    from {{ source('records', 'builds') }} b
    where b.deleted_at is null and b.repository is not null and b.sha is not null and b.finished_at is not null
        and b.result in ('success', 'failure', 'error')
        -- A pipeline fails with its job; the job tells more.
        and not (b.kind = 'pipeline' and exists (
            select 1 from {{ source('records', 'builds') }} j where j.parent = b.id and j.kind = 'job' and j.deleted_at is null
        ))
    {% if is_incremental() %}
        and b.repository || '@' || b.sha || ':' || coalesce(b.name, '') in (select flake from {{ ref('dirty_flakes') }})
    {% endif %}
),

failures as (
    select flake, min(finished_at) as failed_at, count(*) as failures from finished where result = 'failure' group by flake
),

passes as (
    select f.flake, min(f.finished_at) as passed_at
    from finished f join failures x on x.flake = f.flake and f.finished_at > x.failed_at
    where f.result = 'success'
    group by f.flake
)

select
    f.flake, min(f.repository) as repository, min(f.sha) as sha, min(f.name) as name, x.failures, count(*) as attempts,
    x.failed_at, p.passed_at,
    min(case when f.result = 'failure' and f.finished_at = x.failed_at then f.id end) as build
from finished f
join failures x on x.flake = f.flake
join passes p on p.flake = f.flake
group by f.flake, x.failures, x.failed_at, p.passed_at
