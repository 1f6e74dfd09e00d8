-- Deployments of which the outcome may differ from yesterday's.
{{ config(enabled=var('deltas', false)) }}
select deployment from {{ ref('dirty_reach') }}
union
select deployment from {{ source('delta', 'deployment_failures') }}
union
select deployment from {{ source('delta', 'deployment_repairs') }}
union
select deployment from {{ source('delta', 'deployment_lineage') }}
