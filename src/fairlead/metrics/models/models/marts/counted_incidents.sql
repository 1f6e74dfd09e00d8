-- Incidents that count: records of incident tools, and issues that say so by label or type.
with labels as (
    select id, unnest(labels) as label
    from {{ source('records', 'work_items') }}
    where deleted_at is null and labels is not null
),

issues as (
    select w.*, s.caused_by_deployment, s.caused_by_sha, s.caused_by_version, s.not_deployment
    from {{ source('records', 'work_items') }} w
    -- What a person stated about the cause stands in an incident of the same id, which has no time of its own.
    left join {{ source('records', 'incidents') }} s on s.id = w.id and s.deleted_at is null
    where w.deleted_at is null
        and coalesce(w.resolution, '') not in ('duplicate', 'not_planned')
        and (
            {{ matches('w.type', var('incident_type')) }} or w.work_type = 'incident'
            or w.id in (select id from labels where {{ matches('label', var('incident_label')) }})
        )
        and w.id not in (
            select work_item from {{ source('records', 'incidents') }} where work_item is not null and deleted_at is null
        )
),

every as (
    select
        id as incident, title, service, repository, team, severity, status, environment, coalesce(started_at, created_at) as started_at,
        resolved_at, caused_by_deployment, caused_by_sha, caused_by_version, not_deployment, coalesce(made_from, 'incident') as made_from,
        source, url
    from {{ source('records', 'incidents') }}
    where deleted_at is null
        {% if var('incident_sources') -%}
        and source in ({% for name in var('incident_sources') %}'{{ name }}'{{ ',' if not loop.last }}{% endfor %})
        {%- endif %}
    union all
    select
        id, title, cast(null as varchar), repository, team, cast(null as varchar),
        case when closed_at is null then 'open' else 'resolved' end, cast(null as varchar), created_at, closed_at,
        caused_by_deployment, caused_by_sha, caused_by_version, not_deployment, 'issue', source, url
    from issues
),

only_one as (
    select repository, min(service) as service
    from {{ source('setup', 'setup_services') }}
    where repository is not null
    group by repository
    having count(*) = 1
)

select
    e.incident, e.title, coalesce(e.service, o.service) as service, e.repository, e.team, e.severity, e.status, e.environment,
    e.started_at, e.resolved_at, e.caused_by_deployment, e.caused_by_sha, e.caused_by_version, e.not_deployment,
    e.made_from, e.source, e.url,
    case when e.resolved_at >= e.started_at then {{ seconds('e.started_at', 'e.resolved_at') }} end as duration_s
from every e
left join only_one o on o.repository = e.repository
where e.started_at is not null
    and ({{ is_production('cast(null as boolean)', 'e.environment') }})
