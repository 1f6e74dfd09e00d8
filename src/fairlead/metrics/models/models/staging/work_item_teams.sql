-- To which teams a work item belongs: the one its record names, else owners of its repository, else of its assignee.
-- A view: who is in which team changes without any item changing, and only figures of one team ask.
{{ config(materialized='view') }}
with kept as (
    select id as work_item, team, repository, assignee, coalesce(closed_at, updated_at, created_at) as moment
    from {{ source('records', 'work_items') }}
    where deleted_at is null
)

select work_item, team, 'record' as via from kept where team is not null
union all
select k.work_item, t.team, 'repository'
from kept k
join {{ ref('repository_teams') }} t on t.repository = k.repository
where k.team is null
union all
select distinct k.work_item, t.team, 'assignee'
from kept k
join {{ ref('account_teams') }} t on t.account = k.assignee
    and coalesce(t.valid_from <= k.moment, true) and coalesce(k.moment < t.valid_to, true)
where k.team is null and not coalesce(k.repository in (select repository from {{ ref('repository_teams') }}), false)
