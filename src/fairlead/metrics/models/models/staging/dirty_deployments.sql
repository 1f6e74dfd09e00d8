-- Deployments, counted or not, of which the row, the services or the parts may differ from yesterday's.
{{ config(enabled=var('deltas', false)) }}
select deployment from {{ source('delta', 'deployment_candidates') }}
union
select deployment from {{ source('delta', 'deployment_commits') }} where deployment is not null
union
-- A merge can count as a deployment: then it has the id of the change.
select id from {{ source('delta', 'changes') }}
union
select id from {{ source('records', 'changes') }}
where repository in (
    select repository from {{ source('delta', 'counting_kinds') }}
    union
    select repository from {{ source('delta', 'dim_repositories') }}
)
union
select deployment from {{ ref('deployment_candidates') }}
where repository in (select repository from {{ source('delta', 'counting_kinds') }})
    -- It counts by the repositories that it carries: any choice may be that of one of them.
    or (repository is null and exists (select 1 from {{ source('delta', 'counting_kinds') }}))
