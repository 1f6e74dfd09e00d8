-- Every repository that a record names, also those whose own record never came.
with named as (
    select id as repository from {{ source('records', 'repositories') }} where deleted_at is null
    union
    select repository from {{ source('records', 'changes') }} where repository is not null
    union
    select repository from {{ source('records', 'deployments') }} where repository is not null
    union
    select repository from {{ source('records', 'deployment_commits') }} where repository is not null
    union
    select repository from {{ source('records', 'builds') }} where repository is not null
    union
    select repository from {{ source('records', 'releases') }} where repository is not null
)

select n.repository, r.name, r.default_branch, r.team
from named n
left join {{ source('records', 'repositories') }} r on r.id = n.repository
