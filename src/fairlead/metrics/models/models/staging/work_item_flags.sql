-- Stretches in which an item was flagged as blocked, from the changes of its field `flagged`.
{{ config(materialized='incremental', unique_key='work_item', meta={'dirty': 'dirty_items'}) }}
with changes as (
    select c.work_item, c.at as moment, c.id,
        coalesce(c.to_value, '') <> '' and lower(c.to_value) not in ('false', 'no', '0') as flagged,
        coalesce(c.from_value, '') <> '' and lower(c.from_value) not in ('false', 'no', '0') as flagged_before
    from {{ source('records', 'work_item_changes') }} c
    where c.field = 'flagged' and c.deleted_at is null and c.work_item is not null and c.at is not null
    {% if is_incremental() %} and c.work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

-- A history that begins with the flag already up: it was put there at creation, as far as anybody can tell.
begun as (
    select * from changes
    union all
    select c.work_item, least(w.created_at, c.moment), '', true, false
    from (select * from changes qualify row_number() over (partition by work_item order by moment, length(id), id) = 1) c
    join {{ source('records', 'work_items') }} w on w.id = c.work_item
    where c.flagged_before and w.created_at is not null
),

steps as (
    select work_item, moment, id, flagged,
        lag(flagged, 1, false) over (partition by work_item order by moment, length(id), id) as was
    from begun
)

select s.work_item, s.moment as from_at,
    lead(s.moment) over (partition by s.work_item order by s.moment, length(s.id), s.id) as to_at, s.flagged
from steps s
join {{ source('records', 'work_items') }} w on w.id = s.work_item
-- Said twice is said once: only the turns count.
where s.flagged <> s.was and w.deleted_at is null
qualify s.flagged
