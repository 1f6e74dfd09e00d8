-- Services whose last production deployment failed, with the change that was deployed before, if any worked.

with ended as (
    select
        d.*, coalesce(d.service, '') as of_service,
        row_number() over (
            partition by d.repository, coalesce(d.service, ''), d.environment order by d.finished_at desc, d.deployment desc
        ) as nth
    from {{ ref('counted_deployments') }} d
    where d.finished_at is not null and d.result in ('success', 'failure', 'error') and d.production
),

owners as (
    select repository, min(team) as team from {{ ref('repository_teams') }} group by repository
),

runners as (
    select service, min(team) as team from {{ ref('service_teams') }} group by service
)

select
    e.deployment, e.repository, e.service, e.environment, e.sha, e.url, e.result, e.finished_at as since,
    coalesce(r.team, o.team) as team, e.finished_at as due_at
from ended e
left join owners o on o.repository = e.repository
left join runners r on r.service = e.of_service
where e.nth = 1 and e.result in ('failure', 'error')
