-- What an item was estimated at, and from when on; the first row of an item holds from the beginning.
{{ config(materialized='incremental', unique_key='work_item', meta={'dirty': 'dirty_items'}) }}
with changes as (
    select c.work_item, c.at as from_at, c.id as event,
        try_cast(c.from_value as double) as before, try_cast(c.to_value as double) as points,
        row_number() over (partition by c.work_item order by c.at, length(c.id), c.id) as place,
        lead(c.at) over (partition by c.work_item order by c.at, length(c.id), c.id) as to_at
    from {{ source('records', 'work_item_changes') }} c
    where c.field = 'points' and c.deleted_at is null and c.work_item is not null and c.at is not null
    {% if is_incremental() %} and c.work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

items as (
    -- Deleted ones too, which sprints that had closed before still count.
    select id as work_item, points from {{ source('records', 'work_items') }}
    {% if is_incremental() %} where id in (select work_item from {{ ref('dirty_items') }}) {% endif %}
)

select i.work_item, cast('1970-01-01' as timestamp) as from_at, cast(null as varchar) as event,
    case when c.work_item is null then i.points else c.before end as points
from items i
left join changes c on c.work_item = i.work_item and c.place = 1
union all
select c.work_item, c.from_at, c.event, c.points
from changes c
join items i on i.work_item = c.work_item
-- Of several at one moment the last one holds.
where c.to_at is null or c.to_at > c.from_at
