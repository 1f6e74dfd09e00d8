-- Which work items serve which objective, and by what: a person's word, the epic above them, their milestone, a label.
-- A view: a word more or a new parent changes it at once, and only who asks for objectives reads it.
{{ config(materialized='view') }}
with recursive goals as (
    select id, epics, milestones, labels from {{ source('records', 'objectives') }} where deleted_at is null
),

items as (
    select id, key, epic, parent, milestone, labels from {{ source('records', 'work_items') }} where deleted_at is null
),

-- Whoever writes a file knows keys and titles; records know ids.
epics as (
    select g.objective, i.id as root
    from (select id as objective, unnest(epics) as said from goals) g
    join items i on i.id = g.said
    union
    select g.objective, i.id
    from (select id as objective, unnest(epics) as said from goals) g
    join items i on i.key = g.said
),

words as (
    select l.objective, l.work_item as root, l.state
    from {{ source('records', 'objective_links') }} l
    join goals g on g.id = l.objective
    where l.deleted_at is null and l.state is not null and l.work_item is not null
),

edges as (
    select id as item, epic as above from items where epic is not null
    union
    select id, parent from items where parent is not null
),

-- Deeper trees are drawn by tools and not by people, and a circle must end.
below as (
    select root, root as item, 0 as depth from (select root from epics union select root from words) roots
    union
    select b.root, e.item, b.depth + 1
    from below b
    join edges e on e.above = b.item
    where b.depth < 6
),

-- The nearest word holds: that of the item itself before that of its epic, and of two as near the refusal.
said as (
    select w.objective, b.item, arg_min(w.state, b.depth * 2 + case when w.state = 'refused' then 0 else 1 end) as state
    from words w
    join below b on b.root = w.root
    group by w.objective, b.item
),

found as (
    select e.objective, b.item, 1 as place from epics e join below b on b.root = e.root
    union all
    select m.objective, i.id, 2
    from (select id as objective, unnest(milestones) as said from goals) m
    join {{ source('records', 'milestones') }} s on s.deleted_at is null and m.said in (s.id, s.title)
    join items i on i.milestone = s.id
    union all
    select l.objective, i.id, 3
    from (select id as objective, unnest(labels) as label from goals) l
    join (select id, unnest(labels) as label from items) i on lower(i.label) = lower(l.label)
),

best as (select objective, item, min(place) as place from found group by objective, item)

select
    coalesce(s.objective, b.objective) as objective, coalesce(s.item, b.item) as work_item,
    coalesce(s.state, case b.place when 1 then 'epic' when 2 then 'milestone' else 'label' end) as linked_by,
    coalesce(s.state <> 'refused', true) as serves
from best b
full join said s on s.objective = b.objective and s.item = b.item
-- a word may be about an item that is gone
where coalesce(s.item, b.item) in (select id from items)
