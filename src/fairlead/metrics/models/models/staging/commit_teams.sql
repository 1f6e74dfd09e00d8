-- To which teams a commit that stands for itself belongs: it names none, so to those that own what it touches.
{{ config(materialized='view') }}
select commit, team, min(via) as via
from (
    select c.commit, t.team, 'repository' as via
    from {{ ref('lone_commits') }} c join {{ ref('repository_teams') }} t on t.repository = c.repository
    union all
    select s.commit, t.team, 'service'
    from {{ ref('commit_services') }} s join {{ ref('service_teams') }} t on t.service = s.service
) owned
group by commit, team
