-- Pipelines of main branches that fail now, since the first failure after the last success; too long from due_at on.

with runs as (
    select
        b.id as build, b.repository, coalesce(b.workflow_path, b.name, '') as pipeline, b.name, b.branch, b.sha, b.url,
        b.finished_at, case when b.result = 'success' then 1 else 0 end as passed
    from {{ source('records', 'builds') }} b
    join {{ ref('dim_repositories') }} r on r.repository = b.repository
    where b.kind = 'pipeline' and b.finished_at is not null and b.deleted_at is null
        and b.result in ('success', 'failure', 'error') and {{ on_main('b.branch', 'r') }}
        and coalesce(b.trigger, '') not in ('pull_request', 'pull_request_target', 'merge_request_event')
),

last_success as (
    select repository, pipeline, max(finished_at) as at from runs where passed = 1 group by repository, pipeline
),

failing as (
    select
        r.*, count(*) over (partition by r.repository, r.pipeline) as failures,
        min(r.finished_at) over (partition by r.repository, r.pipeline) as since,
        row_number() over (partition by r.repository, r.pipeline order by r.finished_at desc, r.build desc) as nth
    from runs r
    left join last_success s on s.repository = r.repository and s.pipeline = r.pipeline
    where r.passed = 0 and (s.at is null or r.finished_at > s.at)
)

select
    f.build, f.repository, f.name, f.branch, f.sha, f.url, f.failures, f.since, f.finished_at as last_failure_at,
    t.team, f.since + {{ var('red_main_minutes', 30) }} * interval '1 minute' as due_at
from failing f
left join (select repository, min(team) as team from {{ ref('repository_teams') }} group by repository) t
    on t.repository = f.repository
where f.nth = 1
