-- Changes that wait for their authors; too long from due_at on.
{{ config(materialized='view') }}

select * from {{ ref('open_change_turns') }} where turn = 'author' and why in ('changes_requested', 'comments', 'checks_failed')
