-- What the timeline of an incident says of its course: first acknowledgement, mitigation, reopenings, time disturbed.
with steps as (
    select e.incident, e.kind, e.at as moment, e.actor,
        -- An end counts until it is taken back; a reopening lasts until the end that follows it.
        lead(e.at) over (partition by e.incident, e.kind in ('resolved', 'reopened') order by e.at, e.kind desc, e.id) as next_at,
        lead(e.kind) over (partition by e.incident, e.kind in ('resolved', 'reopened') order by e.at, e.kind desc, e.id) as next_kind
    from {{ source('records', 'incident_events') }} e
    where e.deleted_at is null and e.incident is not null and e.at is not null
)

select
    incident,
    min(case when kind = 'acknowledged' then moment end) as acknowledged_at,
    max(case when kind = 'mitigated' then moment end) as mitigated_at,
    min(case when kind = 'resolved' then moment end) as first_resolved_at,
    max(case when kind = 'reopened' then moment end) as reopened_at,
    count(case when kind = 'reopened' then 1 end) as reopened,
    coalesce(sum(case when kind = 'reopened' and next_kind = 'resolved' then {{ seconds('moment', 'next_at') }} end), 0.0) as again_s,
    coalesce(bool_or(kind = 'triggered' and actor is not null), false) as by_somebody,
    coalesce(bool_or(kind = 'triggered' and actor is null), false) as by_tool
from steps
group by incident
