-- Changes that cannot be merged because of conflicts; too long from due_at on.
{{ config(materialized='view') }}

select * from {{ ref('open_change_turns') }} where why = 'conflict'
