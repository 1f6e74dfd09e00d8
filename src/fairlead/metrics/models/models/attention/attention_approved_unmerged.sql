-- Changes that are approved and could be merged; too long from due_at on.
{{ config(materialized='view') }}

select * from {{ ref('open_change_turns') }} where why in ('approved', 'auto_merge', 'queued', 'checks_running')
