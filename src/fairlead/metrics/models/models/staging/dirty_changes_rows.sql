-- The changes of which rows of the marts are made anew, looked up once for all models.
{{ config(enabled=var('deltas', false)) }}
select *
from {{ source('records', 'changes') }}
where rowid in {{ places(source('records', 'changes'), 'id', 'change from ' ~ ref('dirty_changes')) }}
