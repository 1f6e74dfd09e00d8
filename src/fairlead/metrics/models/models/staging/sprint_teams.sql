-- To which teams a sprint belongs: the one its record names, else whose items are more than half of it.
-- A view, as `work_item_teams` is: who is in which team changes without any sprint changing.
{{ config(materialized='view') }}
with nameless as (
    select m.sprint, m.work_item, count(*) over (partition by m.sprint) as items
    from (select distinct sprint, work_item from {{ ref('sprint_members') }}) m
    join {{ source('records', 'sprints') }} s on s.id = m.sprint
    join {{ source('records', 'work_items') }} w on w.id = m.work_item
    -- A deleted item has no team to speak for; were it counted, its sprint might be nobody's.
    where s.deleted_at is null and s.team is null and w.deleted_at is null
)

select id as sprint, team, 'record' as via
from {{ source('records', 'sprints') }}
where deleted_at is null and team is not null
union all
select n.sprint, t.team, 'items'
from nameless n
join {{ ref('work_item_teams') }} t on t.work_item = n.work_item
group by n.sprint, t.team
having count(distinct n.work_item) * 2 > max(n.items)
