-- Commits that stand for themselves: their repository deploys, but nothing there was ever proposed as a change.
with repositories as (
    select repository from {{ ref('deployed_repositories') }}
    where repository not in (
        select distinct repository from {{ source('records', 'changes') }} where deleted_at is null and repository is not null
    )
)

select k.id as commit, k.repository, k.sha, k.author, k.authored_at, k.message, k.url, k.source
from {{ source('records', 'commits') }} k
where k.deleted_at is null and k.repository in (select repository from repositories)
    -- A merge joins the work of others and is none of its own.
    and coalesce(len(k.parents), 0) < 2
