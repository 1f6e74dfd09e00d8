-- Everything that could count as a deployment, save merges, which are taken from the changes themselves.
{{ config(materialized='incremental', unique_key='deployment', meta={'dirty': 'dirty_candidates'}) }}
with tags as (
    select repository, tag, min(sha) as sha
    from {{ source('records', 'releases') }}
    where sha is not null and deleted_at is null
    group by repository, tag
),

recorded as (
    select
        d.id as deployment, d.repository, coalesce(d.made_from, 'deployment') as made_from, d.service, d.environment,
        d.production, coalesce(d.sha, t.sha) as sha, d.ref, d.version, d.started_at, d.finished_at, d.task,
        coalesce(d.unplanned, false) as unplanned, d.source, d.url,
        -- A record that says no more than when it finished tells of a deployment that worked.
        coalesce(d.result, case when d.finished_at is not null and coalesce(d.state, 'finished') = 'finished' then 'success' end)
            as result,
        true as recorded
    from {{ source('records', 'deployments') }} d
    left join tags t on d.sha is null and t.repository = d.repository and t.tag = coalesce(d.ref, d.version)
    where d.deleted_at is null
    {% if is_incremental() %} and d.rowid in {{ places(source('records', 'deployments'), 'id', 'deployment from ' ~ ref('dirty_candidates')) }} {% endif %}
),

runs as (
    select
        b.id as deployment, b.repository, 'workflow' as made_from, cast(null as varchar) as service,
        case when {{ matches('b.name', var('not_production')) }} then lower(b.name) end as environment,
        cast(null as boolean) as production, b.sha, b.branch as ref, cast(null as varchar) as version, b.started_at,
        b.finished_at, b.name as task, false as unplanned, b.source, b.url, b.result, false as recorded
    from {{ source('records', 'builds') }} b
    left join {{ source('records', 'builds') }} p on p.id = b.parent
    where b.deleted_at is null and b.finished_at is not null
        {% if is_incremental() %} and b.rowid in {{ places(source('records', 'builds'), 'id', 'deployment from ' ~ ref('dirty_candidates')) }} {% endif %}
        and coalesce(b.trigger, p.trigger, '') not in ('pull_request', 'pull_request_target', 'merge_request_event')
        {% if var('job') -%}
        and b.kind = 'job' and {{ matches('b.name', var('job')) }}
        and (p.id is null or {{ matches('p.name', var('workflow')) }} or {{ matches('p.workflow_path', var('workflow')) }})
        {%- else -%}
        and b.kind = 'pipeline'
        and ({{ matches('b.name', var('workflow')) }} or {{ matches('b.workflow_path', var('workflow')) }})
        {%- endif %}
),

published as (
    select
        r.id as deployment, r.repository, r.kind as made_from, cast(null as varchar) as service,
        cast(null as varchar) as environment, cast(null as boolean) as production, coalesce(r.sha, t.sha) as sha,
        r.tag as ref, r.tag as version, cast(null as timestamp) as started_at,
        coalesce(r.published_at, r.created_at) as finished_at, r.name as task, false as unplanned, r.source, r.url,
        'success' as result, false as recorded
    from {{ source('records', 'releases') }} r
    left join tags t on t.repository = r.repository and t.tag = r.tag
    where r.deleted_at is null and not coalesce(r.draft, false)
        and coalesce(r.published_at, r.created_at) is not null
        {% if is_incremental() %} and r.rowid in {{ places(source('records', 'releases'), 'id', 'deployment from ' ~ ref('dirty_candidates')) }} {% endif %}
        and (
            (r.kind = 'release' and ({{ var('prereleases') }} or not coalesce(r.prerelease, false)))
            or (r.kind = 'tag' and {{ matches('r.tag', var('tag')) }})
        )
),

everything as (
    select * from recorded
    union all
    select * from runs
    union all
    select * from published
)

select e.*, {{ is_production('e.production', 'e.environment') }} as counts_as_production
from everything e
