-- One row for each commit that stands for itself and each team that it belongs to: to the first deployment with it of
-- a service of that team, or, where the whole repository is the team's, of any.
{{ config(materialized='view') }}

with by_service as (
    select s.*, t.team, row_number() over (partition by t.team, s.commit order by s.deployed_at nulls last, s.deployment, s.service) as nth
    from {{ ref('commit_teams') }} t
    join {{ ref('service_teams') }} o on o.team = t.team
    join {{ ref('commit_service_lead_times') }} s on s.commit = t.commit and s.service = o.service
    where t.via = 'service'
)

select
    commit, team, repository, url, source, authored_at, deployed_at, deployment, total_s, total_work_s, total_missing
from by_service
where nth = 1
union all
select
    c.commit, t.team, c.repository, c.url, c.source, c.authored_at, c.deployed_at, c.deployment, c.total_s,
    c.total_work_s, c.total_missing
from {{ ref('commit_teams') }} t
join {{ ref('commit_lead_times') }} c on c.commit = t.commit
where t.via <> 'service'
