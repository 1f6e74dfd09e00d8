-- When each source had been heard of by then: the newest that its records tell, for its own row holds the last time only.

delete from sync_runs where later(started_at);
update sync_runs set finished_at = null, result = null, error = null, left_out = null where later(finished_at);

create or replace temp table heard_then as
select source, max(heard_at) as heard_at
from (
    select source, max("at") as heard_at from change_events group by source
    union all select source, max(created_at) from changes group by source
    union all select source, max(committed_at) from commits group by source
    union all select source, max(greatest(queued_at, started_at, finished_at)) from builds group by source
    union all select source, max(greatest(created_at, started_at, finished_at)) from deployments group by source
    union all select source, max(published_at) from releases group by source
    union all select source, max(greatest(started_at, acknowledged_at, resolved_at)) from incidents group by source
    union all select source, max("at") from incident_events group by source
    union all select source, max(greatest(started_at, ended_at)) from alerts group by source
    union all select source, max(greatest(created_at, started_at, closed_at)) from work_items group by source
    union all select source, max("at") from work_item_transitions group by source
    union all select source, max("at") from work_item_changes group by source
    union all select source, max("at") from messages group by source
)
group by source;

create or replace temp table synced_then as
select "of" as source, max(finished_at) as synced_at from sync_runs where result is not null group by "of";

create or replace temp table heard_later as
select s.id, if(later(s.last_event_at), h.heard_at, s.last_event_at) as last_event_at,
    -- When something arrived before the last time is kept by nobody: then the records speak for it.
    if(later(s.last_received_at), h.heard_at, s.last_received_at) as last_received_at,
    if(later(s.last_sync_at), y.synced_at, s.last_sync_at) as last_sync_at
from sources s
left join heard_then h on h.source = s.id
left join synced_then y on y.source = s.id
where later(s.last_event_at) or later(s.last_received_at) or later(s.last_sync_at);

update sources
set last_event_at = l.last_event_at, last_received_at = l.last_received_at, last_sync_at = l.last_sync_at
from heard_later l where l.id = sources.id;
-- One that nothing was heard of by then was not there yet.
delete from sources where id in (select id from heard_later where last_event_at is null and last_sync_at is null);
