-- Changes of which a row of the marts may differ from yesterday's.
{{ config(enabled=var('deltas', false)) }}
with recursive accounts as (select account from {{ ref('dirty_accounts') }}),

hashes as (
    select sha from {{ source('delta', 'first_deployments') }}
    union
    select split_part(commit, '@', -1) from {{ source('delta', 'agent_commits') }}
),

touched as (
    select id as change from {{ source('delta', 'changes') }}
    union
    select change from {{ source('delta', 'change_commits') }}
    union
    select change from {{ source('delta', 'change_events') }}
    union
    select change from {{ source('delta', 'change_files') }}
    union
    select from_item from {{ source('delta', 'work_item_links') }}
    union
    select to_item from {{ source('delta', 'work_item_links') }}
    union
    select l.from_item
    from {{ source('records', 'work_item_links') }} l
    join {{ source('delta', 'work_items') }} w on w.id = l.to_item
    union
    -- A list tells when its commits were written; where it does not, their own records do.
    select change
    from {{ source('records', 'change_commits') }}
    where authored_at is null and commit in (select id from {{ source('delta', 'commits') }})
    union
    select change
    from {{ source('records', 'change_commits') }}
    where rowid in {{ places(
        source('records', 'change_commits'), 'commit',
        'commit from ' ~ source('delta', 'commit_files') ~ ' union select commit from ' ~ source('delta', 'agent_commits')
    ) }}
    union
    select id from {{ source('records', 'changes') }} where author in (select account from accounts)
    union
    select change from {{ source('records', 'change_events') }} where actor in (select account from accounts)
    union
    -- By the hash alone: it says nearly all, and a change too many is only made anew.
    select id from {{ source('records', 'changes') }} where merge_sha in (select sha from hashes)
    union
    select id from {{ source('records', 'changes') }} where head_sha in (select sha from hashes)
    union
    select c.id
    from {{ source('records', 'changes') }} c
    where c.repository in (
        select repository from {{ source('delta', 'deployed_repositories') }}
        union
        select repository from {{ source('delta', 'repository_teams') }}
    )
    union
    select change from {{ source('delta', 'promotions') }}
),

spread as (
    select change from touched where change is not null
    union
    select p.change from {{ ref('promotions') }} p join spread s on s.change = p.promoted_by
)

select change from spread
