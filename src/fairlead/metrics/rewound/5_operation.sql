-- Incidents and alerts that were open then, also where they ended since.

delete from incidents where later(coalesce(started_at, created_at));
update incidents set acknowledged_at = null, status = 'open' where later(acknowledged_at);
update incidents set resolved_at = null, status = if(acknowledged_at is null, 'open', 'acknowledged') where later(resolved_at);

-- A record holds the last end alone: one that was resolved, and came back since, was resolved then.
create or replace temp table courses_then as
select incident, bool_or(is_later) as moved,
    max("at") filter (kind = 'acknowledged' and not is_later) as acknowledged_at,
    max("at") filter (kind = 'resolved' and not is_later) as resolved_at,
    arg_max(kind, ("at", kind = 'reopened')) filter (kind in ('resolved', 'reopened') and not is_later) as stood
from (
    select *, later("at") as is_later from incident_events
    where deleted_at is null and "at" is not null and kind in ('acknowledged', 'resolved', 'reopened')
)
group by incident;

update incidents set
    acknowledged_at = coalesce(c.acknowledged_at, incidents.acknowledged_at),
    resolved_at = if(c.stood = 'resolved', c.resolved_at, null),
    status = case when c.stood = 'resolved' then 'resolved' when c.acknowledged_at is not null then 'acknowledged' else 'open' end
from courses_then c where c.incident = incidents.id and c.moved;

delete from incident_events where later("at");
delete from alerts where later(coalesce(started_at, created_at));
update alerts set ended_at = null, state = 'open' where later(ended_at);
delete from slo_windows where later(end_at);
delete from messages where later("at");
