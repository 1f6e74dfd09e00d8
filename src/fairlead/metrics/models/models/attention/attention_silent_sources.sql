-- Sources with the moment from which their silence is longer than it should be.

-- What people or runs of CI hand in, and what was imported and never synced, is not expected to speak by itself.
with imported as (
    select r.of as source
    from {{ source('records', 'sync_runs') }} r
    where r.deleted_at is null and r.of is not null
    group by r.of
    having bool_and(coalesce(r.kind, '') = 'import')
),

heard as (
    select
        s.id as source, s.tool, s.name, s.last_event_at, s.last_received_at, s.last_sync_at,
        -- By arrival: a payload that tells of last year came today, and its source is not silent. Events alone tell it
        -- of records that were written without a raw event.
        greatest(
            coalesce(s.last_received_at, s.last_event_at, s.last_sync_at),
            coalesce(s.last_sync_at, s.last_received_at, s.last_event_at)
        ) as since,
        k.calendar
    from {{ source('records', 'sources') }} s
    left join {{ source('setup', 'setup_team_calendars') }} k on k.team = ''
    where s.deleted_at is null
),

keyed as (
    select source as subject, calendar, since, {{ real(var('source_silent_hours', 24.0)) }} as limit_hours from heard
    where coalesce(tool, '') not in ('fairlead', 'results') and source not in (select source from imported)
),

due as (
    {{ reached('keyed') }}
)

select h.source, h.tool, h.name, h.last_event_at, h.last_received_at, h.last_sync_at, h.since, d.due_at
from heard h
left join due d on d.subject = h.source
