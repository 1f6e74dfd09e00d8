-- Which item was in which sprint from when to when, from the changes of its field `sprint`: ids joined by commas.
{{ config(materialized='incremental', unique_key='work_item', meta={'dirty': 'dirty_items'}) }}
with items as (
    select id as work_item, sprint, deleted_at, coalesce(created_at, cast('1970-01-01' as timestamp)) as created_at
    from {{ source('records', 'work_items') }}
    {% if is_incremental() %} where id in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

changes as (
    select
        c.work_item, c.at as moment, c.id as event,
        list_distinct(list_transform(string_split(coalesce(c.from_value, ''), ','), lambda one: trim(one))) as before,
        list_distinct(list_transform(string_split(coalesce(c.to_value, ''), ','), lambda one: trim(one))) as after,
        row_number() over (partition by c.work_item order by c.at, length(c.id), c.id) as place
    from {{ source('records', 'work_item_changes') }} c
    where c.field = 'sprint' and c.deleted_at is null and c.work_item is not null and c.at is not null
    {% if is_incremental() %} and c.work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

-- Each sprint by itself: a tool that names only what came and went is understood like one that names all of them.
named as (
    select work_item, place, moment, event, before, after, unnest(list_distinct(list_concat(before, after))) as sprint
    from changes
),

told as (
    select work_item, sprint, place, list_contains(after, sprint) as inside, moment, event from named where sprint <> ''
    union all
    -- In it before anything was told of it: since creation.
    select n.work_item, n.sprint, 0, true, least(i.created_at, n.moment), null
    from (select * from named qualify row_number() over (partition by work_item, sprint order by place) = 1) n
    join items i on i.work_item = n.work_item
    where n.sprint <> '' and list_contains(n.before, n.sprint)
    union all
    -- Where it is now and no change ever named: since creation too.
    select i.work_item, i.sprint, 0, true, i.created_at, null
    from items i
    where i.sprint is not null
        and not exists (select 1 from named n where n.work_item = i.work_item and n.sprint = i.sprint)
),

turns as (
    select t.*, i.deleted_at, lag(t.inside, 1, false) over (partition by t.work_item, t.sprint order by t.place) as was
    from told t
    join items i on i.work_item = t.work_item
),

stays as (
    select work_item, sprint, moment as enter_at, event as entered_by,
        lead(moment) over in_order as leave_at, lead(event) over in_order as left_by, inside, deleted_at
    from turns
    -- What was said before already is no turn.
    where inside <> was
    window in_order as (partition by work_item, sprint order by place)
    qualify inside
)

-- A deletion takes an item out of the sprints that run then; those that had closed before keep it, since nothing said
-- after a close changes what was. No event tells it: the record of the item does.
select work_item, sprint, enter_at, entered_by, least(leave_at, deleted_at) as leave_at,
    case when coalesce(leave_at <= deleted_at, deleted_at is null) then left_by end as left_by, inside
from stays
where coalesce(enter_at < deleted_at, true)
