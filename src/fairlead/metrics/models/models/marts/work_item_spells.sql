-- One row for each spell of an item in progress: what was under way at any moment, whatever happened to it later.
{{ config(materialized='incremental', unique_key='work_item', meta={'dirty': 'dirty_items'}) }}
with spells as (
    select
        work_item, category_since as from_at,
        -- Only the last spell can be without an end.
        case when count(*) = count(to_at) then max(to_at) end as to_at
    from {{ ref('work_item_statuses') }}
    where category = 'in_progress'
    {% if is_incremental() %} and work_item in (select work_item from {{ ref('dirty_items') }}) {% endif %}
    group by work_item, category_since
)

select s.work_item, c.repository, c.project, c.work_type, c.started_at, s.from_at, s.to_at
from spells s
join {{ ref('work_item_cycle_times') }} c on c.work_item = s.work_item
