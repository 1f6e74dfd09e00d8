-- Work items of which a row of the marts may differ from yesterday's.
{{ config(enabled=var('deltas', false)) }}
select id as work_item from {{ source('delta', 'work_items') }}
union
select work_item from {{ source('delta', 'work_item_transitions') }} where work_item is not null
union
select work_item from {{ source('delta', 'work_item_changes') }} where work_item is not null
