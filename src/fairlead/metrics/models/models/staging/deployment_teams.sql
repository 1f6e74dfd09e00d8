-- To which teams a deployment belongs: owners of its services, else of its repositories.
with by_service as (
    select r.deployment, t.team
    from {{ ref('deployment_reach') }} r
    join {{ ref('service_teams') }} t on t.service = r.service
)

select deployment, team from by_service
union
select p.deployment, t.team
from {{ ref('deployment_parts') }} p
join {{ ref('repository_teams') }} t on t.repository = p.repository
where p.deployment not in (select deployment from by_service)
union
select d.deployment, t.team
from {{ ref('counted_deployments') }} d
join {{ ref('repository_teams') }} t on t.repository = d.repository
where d.deployment not in (select deployment from by_service)
