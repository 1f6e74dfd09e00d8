-- The lists of commits of the changes of which rows of the marts are made anew, looked up once for all models.
{{ config(enabled=var('deltas', false)) }}
select change, commit, authored_at, author, deleted_at
from {{ source('records', 'change_commits') }}
where rowid in {{ places(source('records', 'change_commits'), 'change', 'change from ' ~ ref('dirty_changes')) }}
