-- For each commit that stands for itself and each service that it touches (empty where it touches none), the first
-- production deployment that contains it. One service's deployment brings nothing of another's.
select commit, service, deployment, finished_at, proven
from (
    select
        c.commit, coalesce(s.service, '') as service, f.deployment, f.finished_at, f.proven,
        row_number() over (partition by c.commit, s.service order by f.finished_at, f.deployment) as nth
    from {{ ref('lone_commits') }} c
    left join {{ ref('commit_services') }} s on s.commit = c.commit
    join {{ source('computed', 'first_deployments') }} f on f.repository = c.repository and f.sha = c.sha
        and f.production and (f.service = '' or s.service is null or f.service = s.service)
) numbered
where nth = 1
