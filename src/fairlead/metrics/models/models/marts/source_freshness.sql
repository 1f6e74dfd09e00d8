-- How old the data of each source are: its last event or record, its last sync, and how that ended.
with newest as (select source, seen_at from {{ ref('newest_records') }}),

runs as (
    select *, row_number() over (partition by s.of order by s.started_at desc, s.id desc) as nth
    from {{ source('records', 'sync_runs') }} s
    where s.deleted_at is null
),

every as (
    select source from newest
    union
    select coalesce(name, id) from {{ source('records', 'sources') }} where deleted_at is null
)

select
    e.source, s.tool, n.seen_at as last_record_at, s.last_event_at, s.last_sync_at,
    greatest(coalesce(n.seen_at, s.last_event_at, s.last_sync_at), coalesce(s.last_event_at, n.seen_at, s.last_sync_at),
        coalesce(s.last_sync_at, n.seen_at, s.last_event_at)) as fresh_at,
    r.id as last_run, r.result as last_result, r.error as last_error
from every e
left join newest n on n.source = e.source
left join {{ source('records', 'sources') }} s on coalesce(s.name, s.id) = e.source and s.deleted_at is null
left join runs r on r.of in (s.id, e.source) and r.nth = 1
