-- Which deployment caused an incident: named by it, else the best scored suspect; the parts of the score are shown.
-- A score takes nothing from what came later than the incident, save a rollback that follows it: an old one stays.
{{ config(materialized='incremental', unique_key='incident', meta={'dirty': 'dirty_incidents'}) }}

with deployments as (
    select deployment, repository, finished_at
    from {{ ref('counted_deployments') }}
    where production and success
),

incidents as (
    select * from {{ ref('counted_incidents') }}
    {% if is_incremental() %} where incident in (select incident from {{ ref('dirty_incidents') }}) {% endif %}
),

best_named as (select * from {{ ref('incident_namings') }}),

-- Engines compare every deployment with every incident where only a range joins them; by the day they need not.
days as (select distinct cast(finished_at as date) as day from deployments),

awaiting as (
    select i.*, y.day
    from incidents i
    join days y on y.day <= cast(i.started_at as date)
        and y.day >= cast({{ hours_after('i.started_at', '-' ~ var('attribution_hours')) }} as date)
    where i.not_deployment is null and i.incident not in (select incident from best_named)
        and i.caused_by_deployment is null
),

-- How often deployments of a repository had been named as the cause of something, up to each of them.
blamed as (
    select deployment, count(*) as incidents from best_named group by deployment
),

history as (
    select d.deployment, least(1.0, 5.0 * sum(coalesce(b.incidents, 0)) over so_far / count(*) over so_far) as share
    from deployments d
    left join blamed b on b.deployment = d.deployment
    where d.repository in (select n.repository from deployments n join blamed k on k.deployment = n.deployment)
    window so_far as (partition by d.repository order by d.finished_at, d.deployment rows unbounded preceding)
),

followed as (
    select distinct l.previous as deployment, n.finished_at as rolled_back_at
    from {{ source('computed', 'deployment_lineage') }} l
    join deployments n on n.deployment = l.deployment
    where l.kind = 'rollback' and l.previous is not null
),

-- All that a score takes from a deployment alone. Materialized, since engines else join it to every suspect, of which
-- there are hundreds for each incident.
weighted as materialized (
    select d.deployment, d.repository, d.finished_at, h.share, f.rolled_back_at
    from deployments d
    left join history h on h.deployment = d.deployment
    left join followed f on f.deployment = d.deployment
    where cast(d.finished_at as date) in (select day from awaiting)
),

reach as (
    select deployment, service, bool_or(by_path) as by_path
    from {{ ref('deployment_reach') }}
    where deployment in (select deployment from weighted)
    group by deployment, service
),

onsets as (
    select i.incident, min(a.started_at) as alert_at
    from (select distinct incident, service, started_at from awaiting) i
    join {{ source('records', 'alerts') }} a on a.deleted_at is null and a.started_at is not null
        and (a.incident = i.incident or (a.kind = 'monitoring' and a.service = i.service))
        and a.started_at between i.started_at - interval '2 hours' and i.started_at + interval '2 hours'
    group by i.incident
),

suspects as (
    select
        i.incident, d.deployment, d.finished_at, d.repository, d.share, d.rolled_back_at,
        {{ seconds('d.finished_at', 'i.started_at') }} / 3600.0 as hours, i.service, i.repository as in_repository, i.started_at
    from awaiting i
    join weighted d on cast(d.finished_at as date) = i.day and d.finished_at <= i.started_at
        and d.finished_at > {{ hours_after('i.started_at', '-' ~ var('attribution_hours')) }}
),

scored as (
    select
        s.*,
        case
            when s.service is not null and r.service is not null then 0.4
            when s.service is not null and s.deployment in (select deployment from reach) then 0.0
            when s.in_repository is not null then case when s.in_repository = s.repository then 0.4 else 0.0 end
            when s.service is null and l.only_one then 0.4
            when s.service is null then 0.15
            else 0.0
        end as service_part,
        case when coalesce(r.by_path, false) then 0.1 else 0.0 end as path_part,
        0.3 * exp(-6.0 * s.hours / {{ var('attribution_hours') }}) as time_part,
        case when o.alert_at >= s.finished_at and o.alert_at <= s.finished_at + interval '1 hour' then 0.1 else 0.0 end as alert_part,
        0.1 * coalesce(s.share, 0.0) as history_part,
        case when s.rolled_back_at >= s.started_at
            and s.rolled_back_at < {{ hours_after('s.started_at', var('attribution_hours')) }} then 0.2 else 0.0 end as rollback_part
    from suspects s
    cross join {{ ref('only_line') }} l
    left join reach r on r.deployment = s.deployment and r.service = s.service
    left join onsets o on o.incident = s.incident
),

weighed as (
    select *, service_part + path_part + time_part + alert_part + history_part + rollback_part as total from scored
),

-- Numbering all suspects would sort all of them for the one that wins; only those that share the best score are.
top as (select incident, max(total) as total from weighed group by incident),

best as (
    select *, least(1.0, total) as score
    from (
        select w.*, row_number() over (partition by w.incident order by w.finished_at desc, w.deployment) as nth
        from weighed w
        join top t on t.incident = w.incident and t.total = w.total
    ) numbered
    where nth = 1
)

select
    i.incident,
    case when n.deployment is not null then n.deployment when b.score >= {{ var('attribution_threshold') }} then b.deployment end as deployment,
    coalesce(n.deployment, b.deployment) as suspect,
    case
        when i.not_deployment is not null then 'stated_not'
        when n.deployment is not null then 'named_' || n.by_what
        when i.caused_by_deployment is not null then 'unknown_deployment'
        when b.deployment is null then 'no_suspect'
        when b.score >= {{ var('attribution_threshold') }} then 'scored'
        else 'below_threshold'
    end as verdict,
    {{ real('case when n.deployment is not null then 1.0 else b.score end') }} as score,
    {{ real('b.service_part') }} as service_part, {{ real('b.path_part') }} as path_part, {{ real('b.time_part') }} as time_part,
    {{ real('b.alert_part') }} as alert_part, {{ real('b.history_part') }} as history_part,
    {{ real('b.rollback_part') }} as rollback_part, {{ real('b.hours') }} as hours_after
from incidents i
left join best_named n on n.incident = i.incident and i.not_deployment is null
left join best b on b.incident = i.incident
