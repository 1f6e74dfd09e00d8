-- One row for each commit of a repository without changes, from its writing to the first production deployment with
-- it: of several services that it touches the first that runs it.
with deployed as (
    select *, row_number() over (partition by commit order by finished_at, deployment, service) as nth
    from {{ ref('commit_deployments') }}
),

-- The first team by name says in whose hours it waited.
owners as (select commit, min(team) as team from {{ ref('commit_teams') }} group by commit),

times as (
    select
        c.*, f.finished_at as deployed_at, f.deployment, f.proven,
        case when f.proven and f.finished_at >= c.authored_at then c.authored_at end as written_from,
        case when f.proven and f.finished_at >= c.authored_at then f.finished_at end as delivered_at,
        k.calendar as own_calendar
    from {{ ref('lone_commits') }} c
    left join deployed f on f.commit = c.commit and f.nth = 1
    left join owners o on o.commit = c.commit
    left join {{ source('setup', 'setup_team_calendars') }} k on k.team = coalesce(o.team, '')
)

select
    c.commit, c.repository, c.url, c.source,
    case
        when d.kind = 'bot' then 'bot'
        when d.kind in ('coding_agent', 'review_agent') or a.alone then 'agent'
        when a.commit is not null then 'mixed'
        else 'human'
    end as author_kind,
    {{ work_type_of('c.message') }} as work_type,
    c.authored_at, c.deployed_at, c.deployment,
    {{ phase('c.written_from', 'c.delivered_at') }} as total_s,
    {{ worked('c.delivered_at', 'w2') }} - {{ worked('c.written_from', 'w1') }} as total_work_s,
    {{ commit_missing('c') }} as total_missing
from times c
{{ slot_of('c.written_from', 'w1', 'c.own_calendar') }}
{{ slot_of('c.delivered_at', 'w2', 'c.own_calendar') }}
left join {{ ref('dim_accounts') }} d on d.account = c.author
left join (select commit, bool_or(alone) as alone from {{ ref('agent_commits') }} group by commit) a on a.commit = c.commit
