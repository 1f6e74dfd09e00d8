-- Open changes that are too large for a good review, drafts apart.
{{ config(materialized='view') }}

select *
from {{ ref('open_change_turns') }}
where lines >= {{ var('large_change_lines', 500) }} and why <> 'draft'
