-- Changes that wait for a review; too long from due_at on.
{{ config(materialized='view') }}

select * from {{ ref('open_change_turns') }} where turn in ('reviewer', 'any_reviewer')
