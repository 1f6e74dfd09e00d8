-- The commits of which the say about agents may have changed; those that just came are at hand, and few others are.
{{ config(enabled=var('deltas', false)) }}
select id, author, co_authors, trailers, deleted_at from {{ source('delta', 'commits') }} where came
union all
select id, author, co_authors, trailers, deleted_at
from {{ source('records', 'commits') }}
where rowid in {{ places(
    source('records', 'commits'), 'id',
    'commit from ' ~ ref('dirty_commits') ~ ' where commit not in (select id from ' ~ source('delta', 'commits') ~ ')'
) }}
