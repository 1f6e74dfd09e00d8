-- How each incident was noticed and how long each step of its recovery took; a step that nobody told of stays unknown.
with labels as ({{ incident_labels() }}),

by_customer as (select distinct incident from labels where {{ matches('label', var('customer_label')) }}),

by_alert as (
    select distinct incident from {{ source('records', 'alerts') }} where deleted_at is null and incident is not null
),

-- What took the failing deployment back or repaired it, once it ran: from then on its users no longer suffer.
repairs as (
    select deployment, min(restored_at) as repaired_at
    from {{ ref('deployment_failures') }}
    where fixed_by is not null
    group by deployment
),

owners as (select service, min(team) as team from {{ ref('service_teams') }} group by service),

keepers as (select repository, min(team) as team from {{ ref('repository_teams') }} group by repository),

told as (
    select
        i.incident, i.title, i.service, i.repository, coalesce(o.team, k.team, i.team) as team, i.severity, i.made_from,
        i.started_at, i.resolved_at, i.source, i.url,
        -- The timeline first: the record's own field holds the last of several acknowledgements.
        coalesce(s.acknowledged_at, r.acknowledged_at) as acknowledged_at,
        case when s.mitigated_at >= coalesce(s.reopened_at, s.mitigated_at) then s.mitigated_at end as told_at,
        p.repaired_at, coalesce(s.reopened, 0) as reopened, s.first_resolved_at, s.again_s,
        case
            when i.incident in (select incident from by_customer) then 'customer'
            when i.made_from = 'alert' or i.incident in (select incident from by_alert) then 'alert'
            when s.by_somebody then 'human'
            when s.by_tool then 'alert'
            when i.made_from = 'issue' then case when {{ kind_of('w.author', 'a') }} = 'human' then 'human' else 'alert' end
        end as detected_by,
        case when c.deployment is not null then 'deployment' else 'other' end as cause, c.deployment
    from {{ ref('counted_incidents') }} i
    left join {{ source('records', 'incidents') }} r on r.id = i.incident and r.deleted_at is null
    left join {{ source('records', 'work_items') }} w on w.id = i.incident and i.made_from = 'issue'
    left join {{ ref('dim_accounts') }} a on a.account = w.author
    left join {{ ref('incident_steps') }} s on s.incident = i.incident
    left join {{ ref('incident_causes') }} c on c.incident = i.incident
    left join repairs p on p.deployment = c.deployment
    left join owners o on o.service = i.service
    left join keepers k on k.repository = i.repository
),

dated as (
    select *,
        case
            when told_at >= started_at then told_at
            -- A repair before the incident began, or after it was over, mended something else.
            when repaired_at >= started_at and repaired_at <= coalesce(resolved_at, repaired_at) then repaired_at
        end as mitigated_at
    from told
)

select
    incident, title, service, repository, team, severity, coalesce(detected_by, 'unknown') as detected_by, cause, deployment,
    started_at, acknowledged_at, mitigated_at,
    case when mitigated_at is null then null when mitigated_at = told_at then 'told' else 'repair' end as mitigated_by,
    resolved_at, reopened,
    {{ phase('started_at', 'acknowledged_at') }} as acknowledge_s,
    case
        when acknowledged_at < started_at then 'acknowledged_before_start'
        when acknowledged_at is not null then null
        when made_from in ('issue', 'cdevents', 'revert') then 'never_told'
        when resolved_at is null then 'open'
        else 'never_acknowledged'
    end as acknowledge_missing,
    {{ phase('started_at', 'mitigated_at') }} as mitigate_s,
    case when mitigated_at is not null then null when resolved_at is null then 'open' else 'mitigation_unknown' end as mitigate_missing,
    {{ phase('started_at', 'resolved_at') }} as resolve_s,
    case when resolved_at is null then 'open' when resolved_at < started_at then 'resolved_before_start' end as resolve_missing,
    -- The pauses between an end that did not hold and the reopening are no disturbance, as far as anybody knew.
    case
        when resolved_at < started_at or resolved_at is null then null
        when reopened > 0 and first_resolved_at >= started_at then {{ seconds('started_at', 'first_resolved_at') }} + again_s
        else {{ seconds('started_at', 'resolved_at') }}
    end as disturbed_s,
    source, url
from dated
