-- Incidents and alerts that were open then, also where they ended since.

delete from incidents where later(coalesce(started_at, created_at));
update incidents set acknowledged_at = null, status = 'open' where later(acknowledged_at);
update incidents set resolved_at = null, status = if(acknowledged_at is null, 'open', 'acknowledged') where later(resolved_at);
delete from incident_events where later("at");
delete from alerts where later(coalesce(started_at, created_at));
update alerts set ended_at = null, state = 'open' where later(ended_at);
delete from slo_windows where later(end_at);
delete from messages where later("at");
