-- One row for each merged change and team: to the first deployment with it of a service of that team, or, where the
-- change is the team's by its repository or author, of any.
{{ config(materialized='view') }}

with by_service as (
    select s.*, t.team, row_number() over (partition by t.team, s.change order by s.deployed_at nulls last, s.deployment, s.service) as nth
    from {{ ref('change_teams') }} t
    join {{ ref('service_teams') }} o on o.team = t.team
    join {{ ref('change_service_lead_times') }} s on s.change = t.change and s.service = o.service
    where t.via = 'service'
)

select
    change, team, repository, source, url, merged_at, deployed_at, deployment, deploy_s, total_s, deploy_work_s,
    total_work_s, deploy_missing, total_missing
from by_service
where nth = 1
union all
select
    c.change, t.team, c.repository, c.source, c.url, c.merged_at, c.deployed_at, c.deployment, c.deploy_s, c.total_s,
    c.deploy_work_s, c.total_work_s, c.deploy_missing, c.total_missing
from {{ ref('change_teams') }} t
join {{ ref('change_lead_times') }} c on c.change = t.change
where t.via <> 'service'
