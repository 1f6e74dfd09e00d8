-- Deployments that count, wherever they were taken from.
{{ config(materialized='incremental', unique_key='deployment', meta={'dirty': 'dirty_deployments'}) }}
with parts as (
    select deployment, max(finished_at) as finished_at, max(case when result <> 'success' then 1 else 0 end) as broken,
        count(*) as parts, min(repository) as repository
    from {{ source('records', 'deployment_commits') }}
    where deleted_at is null
    {% if is_incremental() %} and deployment in (select deployment from {{ ref('dirty_deployments') }}) {% endif %}
    group by deployment
),

candidates as (
    select d.*, coalesce(d.repository, p.repository, '') as counted_in, p.finished_at as parts_finished_at, p.broken
    from {{ ref('deployment_candidates') }} d
    left join parts p on p.deployment = d.deployment
    {% if is_incremental() %} where d.rowid in {{ places(ref('deployment_candidates'), 'deployment', 'deployment from ' ~ ref('dirty_deployments')) }} {% endif %}
),

chosen as (
    select c.*
    from candidates c
    join {{ ref('counting_kinds') }} w on w.repository = c.counted_in and w.made_from = c.made_from
        and (w.kind = 'deployment') = c.recorded
),

merges as (
    select c.id as deployment, c.repository, c.merge_sha as sha, c.base_branch as ref, c.merged_at, c.source, c.url, c.title
    from {{ source('records', 'changes') }} c
    join {{ ref('counting_kinds') }} w on w.repository = c.repository and w.kind = 'merge'
    join {{ ref('dim_repositories') }} r on r.repository = c.repository
    where c.state = 'merged' and c.deleted_at is null and c.merged_at is not null
        and {% if var('branch') %}{{ matches('c.base_branch', var('branch')) }}{% else %}{{ on_main('c.base_branch', 'r') }}{% endif %}
        {% if is_incremental() %} and c.rowid in {{ places(source('records', 'changes'), 'id', 'deployment from ' ~ ref('dirty_deployments')) }} {% endif %}
)

select
    deployment, repository, service, environment, counts_as_production as production, sha, ref, version,
    case when result = 'success' and coalesce(broken, 0) = 1 then 'failure' else result end as result,
    result = 'success' and coalesce(broken, 0) = 0 and coalesce(finished_at, parts_finished_at) is not null as success,
    started_at,
    -- The whole is done when its last part is.
    greatest(coalesce(finished_at, parts_finished_at), coalesce(parts_finished_at, finished_at)) as finished_at,
    task, unplanned, made_from, source, url
from chosen
union all
select
    deployment, repository, null, null, true, sha, ref, null, 'success', true, cast(null as timestamp), merged_at,
    title, false, 'merge', source, url
from merges
