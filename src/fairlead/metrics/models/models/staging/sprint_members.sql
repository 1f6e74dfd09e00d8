-- Which item was in which sprint from when to when, from the changes of its field `sprint`: ids joined by commas.
{{ config(materialized='incremental', unique_key='work_item', meta={'dirty': 'dirty_items'}) }}
with items as (
    select id as work_item, sprint, created_at from {{ source('records', 'work_items') }}
    where deleted_at is null
    {% if is_incremental() %} and id in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

changes as (
    select
        c.work_item, c.at as moment, c.id as event,
        list_filter(list_transform(string_split(coalesce(c.from_value, ''), ','), lambda one: trim(one)), lambda one: one <> '') as before,
        list_filter(list_transform(string_split(coalesce(c.to_value, ''), ','), lambda one: trim(one)), lambda one: one <> '') as after,
        lag(c.at) over in_order as moment_before, lag(c.to_value) over in_order as after_before,
        row_number() over in_order as place
    from {{ source('records', 'work_item_changes') }} c
    where c.field = 'sprint' and c.deleted_at is null and c.work_item is not null and c.at is not null
    {% if is_incremental() %} and c.work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
    window in_order as (partition by c.work_item order by c.at, length(c.id), c.id)
),

told as (
    select work_item, place, unnest(list_filter(after, lambda one: not list_contains(before, one))) as sprint, true as inside, moment, event
    from changes
    union all
    select work_item, place, unnest(list_filter(before, lambda one: not list_contains(after, one))), false, moment, event
    from changes
    union all
    -- In it before the first change: since creation.
    select c.work_item, 0, unnest(c.before), true, coalesce(least(i.created_at, c.moment), c.moment), null
    from changes c
    join items i on i.work_item = c.work_item
    where c.place = 1
    union all
    select work_item, 0, sprint, true, coalesce(created_at, cast('1970-01-01' as timestamp)), null
    from items
    where sprint is not null and work_item not in (select work_item from changes)
    union all
    -- A gap: a later change finds the item in a sprint that no change had put it into. It is taken for in since the
    -- change before, when it was not; one that stays in after a gap is found the same way.
    select c.work_item, c.place - 0.5, unnest(c.before), true, c.moment_before, null
    from changes c
    where c.place > 1
    union all
    -- And one that no change had taken out: it left at some time until this change, which is all that is known.
    select work_item, place - 0.25, unnest(list_filter(
        list_transform(string_split(coalesce(after_before, ''), ','), lambda one: trim(one)),
        lambda one: one <> '' and not list_contains(before, one)
    )), false, moment, event
    from changes
    where place > 1
),

turns as (
    select t.*, lag(t.inside, 1, false) over (partition by t.work_item, t.sprint order by t.place) as was
    from told t
    join items i on i.work_item = t.work_item
)

select work_item, sprint, moment as enter_at, event as entered_by,
    lead(moment) over in_order as leave_at, lead(event) over in_order as left_by, inside
from turns
-- What was said before already, by a list that repeats it, is no turn.
where inside <> was
window in_order as (partition by work_item, sprint order by place)
qualify inside
