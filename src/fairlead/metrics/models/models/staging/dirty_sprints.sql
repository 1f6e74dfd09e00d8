-- Sprints of which the ledger may differ from yesterday's: their own record, who was in them, what became of those.
{{ config(enabled=var('deltas', false)) }}
select id as sprint from {{ source('delta', 'sprints') }}
union
select sprint from {{ source('delta', 'sprint_members') }}
