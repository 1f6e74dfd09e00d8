-- One row for each commit that stands for itself and each service that it touches, to the first deployment of that
-- service with it.
with owners as (select commit, min(team) as team from {{ ref('commit_teams') }} group by commit),

times as (
    select
        c.commit, s.service, c.repository, c.url, c.source, c.authored_at, d.finished_at as deployed_at, d.deployment, d.proven,
        case when d.proven and d.finished_at >= c.authored_at then c.authored_at end as written_from,
        case when d.proven and d.finished_at >= c.authored_at then d.finished_at end as delivered_at,
        k.calendar as own_calendar
    from {{ ref('lone_commits') }} c
    join {{ ref('commit_services') }} s on s.commit = c.commit
    left join {{ ref('commit_deployments') }} d on d.commit = c.commit and d.service = s.service
    left join owners o on o.commit = c.commit
    left join {{ source('setup', 'setup_team_calendars') }} k on k.team = coalesce(o.team, '')
)

select
    t.commit, t.service, t.repository, t.url, t.source, t.authored_at, t.deployed_at, t.deployment,
    {{ phase('t.written_from', 't.delivered_at') }} as total_s,
    {{ worked('t.delivered_at', 'w2') }} - {{ worked('t.written_from', 'w1') }} as total_work_s,
    {{ commit_missing('t') }} as total_missing
from times t
{{ slot_of('t.written_from', 'w1', 't.own_calendar') }}
{{ slot_of('t.delivered_at', 'w2', 't.own_calendar') }}
