-- Projects of which the days may differ from yesterday's; a repository stands for the project of an issue without one.
{{ config(enabled=var('deltas', false)) }}
select coalesce(project, repository, '') as project from {{ source('delta', 'work_items') }}
union
select coalesce(w.project, w.repository, '')
from {{ source('records', 'work_items') }} w
where w.id in (select work_item from {{ ref('dirty_items') }})
    or w.repository in (select repository from {{ source('delta', 'repository_teams') }})
    or w.assignee in (select account from {{ source('delta', 'account_teams') }})
