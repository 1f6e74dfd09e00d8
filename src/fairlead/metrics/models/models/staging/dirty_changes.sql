-- Changes of which a row of the marts may differ from yesterday's.
{{ config(enabled=var('deltas', false)) }}
with recursive accounts as (select account from {{ ref('dirty_accounts') }}),

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
    select cc.change
    from {{ source('records', 'change_commits') }} cc
    where cc.commit in (
        select id from {{ source('delta', 'commits') }}
        union
        select commit from {{ source('delta', 'commit_files') }}
        union
        select commit from {{ source('delta', 'agent_commits') }}
    )
    union
    select c.id
    from {{ source('records', 'changes') }} c
    join {{ source('delta', 'agent_commits') }} a on a.commit = c.repository || '@' || c.merge_sha
    union
    select id from {{ source('records', 'changes') }} where author in (select account from accounts)
    union
    select change from {{ source('records', 'change_events') }} where actor in (select account from accounts)
    union
    select c.id
    from {{ source('records', 'changes') }} c
    join {{ source('delta', 'first_deployments') }} f on f.repository = c.repository and f.sha = c.merge_sha
    union
    select c.id
    from {{ source('records', 'changes') }} c
    join {{ source('delta', 'first_deployments') }} f on f.repository = c.repository and f.sha = c.head_sha
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
