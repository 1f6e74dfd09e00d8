-- One row for each finished build: waited and ran how long, ended how, on the main branch or not.
{{ config(materialized='incremental', unique_key='build', meta={'dirty': 'dirty_builds'}) }}
select
    b.id as build, b.repository, b.name, b.branch, b.trigger, b.attempt, b.sha, b.change,
    {{ on_main('b.branch', 'r') }} and b.change is null
        and coalesce(b.trigger, '') not in ('pull_request', 'pull_request_target', 'merge_request_event') as on_main,
    case when b.result = 'error' then 'failure' else b.result end as result,
    {{ phase('coalesce(b.queued_at, b.created_at)', 'b.started_at') }} as queue_s,
    {{ phase('b.started_at', 'b.finished_at') }} as duration_s,
    b.started_at, b.finished_at, b.source, b.url
from {{ source('records', 'builds') }} b
join {{ ref('build_kinds') }} k on k.repository = b.repository and k.kind = b.kind
join {{ ref('dim_repositories') }} r on r.repository = b.repository
where b.deleted_at is null and b.finished_at is not null and b.result is not null
{% if is_incremental() %} and b.rowid in {{ places(source('records', 'builds'), 'id', 'build from ' ~ ref('dirty_builds')) }} {% endif %}
