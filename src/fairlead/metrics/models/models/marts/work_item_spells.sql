-- One row for each spell of an item in progress: what was under way at any moment, whatever happened to it later.
{{ config(materialized='incremental', unique_key='work_item', meta={'dirty': 'dirty_items'}) }}
with told as (
    select
        work_item, category_since as from_at,
        -- Only the last spell can be without an end.
        case when count(*) = count(to_at) then max(to_at) end as to_at
    from {{ ref('work_item_statuses') }}
    where category = 'in_progress'
    {% if is_incremental() %} and work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
    group by work_item, category_since
),

moved as (
    select distinct work_item from {{ ref('work_item_statuses') }}
    where event is not null
    {% if is_incremental() %} and work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
),

spells as (
    select t.* from told t where t.work_item in (select work_item from moved)
    union all
    -- No move tells when it was under way: then from its beginning to its end, as far as the record says them.
    select work_item, started_at, coalesce(done_at, canceled_at)
    from {{ ref('work_item_cycle_times') }}
    where category <> 'todo' and started_at is not null and coalesce(coalesce(done_at, canceled_at) > started_at, true)
        and work_item not in (select work_item from told where work_item in (select work_item from moved))
    {% if is_incremental() %} and work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
)

select s.work_item, c.repository, c.project, c.work_type, c.started_at, s.from_at, s.to_at
from spells s
join {{ ref('work_item_cycle_times') }} c on c.work_item = s.work_item
