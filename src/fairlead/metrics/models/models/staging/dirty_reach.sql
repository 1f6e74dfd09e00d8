-- Deployments of which the reach may differ from yesterday's: those that changed, and those that changes came to or left.
{{ config(enabled=var('deltas', false)) }}
select deployment from {{ ref('dirty_deployments') }}
union
select deployment from {{ source('delta', 'change_deployments') }}
