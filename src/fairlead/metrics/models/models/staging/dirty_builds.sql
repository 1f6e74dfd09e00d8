-- Builds of which a row of the marts may differ from yesterday's.
{{ config(enabled=var('deltas', false)) }}
select id as build from {{ source('delta', 'builds') }}
union
select b.id
from {{ source('records', 'builds') }} b
where b.repository in (
    select repository from {{ source('delta', 'build_kinds') }}
    union
    select repository from {{ source('delta', 'dim_repositories') }}
)
