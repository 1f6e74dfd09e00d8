-- The events of the changes of which rows of the marts are made anew, looked up once for all models.
{{ config(enabled=var('deltas', false)) }}
select change, kind, "at", actor, subject, review, deleted_at
from {{ source('records', 'change_events') }}
where rowid in {{ places(source('records', 'change_events'), 'change', 'change from ' ~ ref('dirty_changes')) }}
