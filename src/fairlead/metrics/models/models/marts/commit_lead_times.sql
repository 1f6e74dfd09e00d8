-- One row for each commit of a repository without changes, from its writing to the first production deployment with it.
with deployed as (
    select c.commit, f.deployment, f.finished_at, f.proven,
        row_number() over (partition by c.commit order by f.finished_at, f.deployment) as nth
    from {{ ref('lone_commits') }} c
    join {{ source('computed', 'first_deployments') }} f on f.repository = c.repository and f.sha = c.sha and f.production
    -- One service's deployment brings nothing of another's, though the commit is in its history.
    where f.service = ''
        or c.commit not in (select commit from {{ ref('commit_services') }})
        or exists (select 1 from {{ ref('commit_services') }} s where s.commit = c.commit and s.service = f.service)
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
    c.authored_at, f.finished_at as deployed_at, f.deployment,
    case when f.proven then {{ phase('c.authored_at', 'f.finished_at') }} end as total_s,
    case
        when f.deployment is null then 'not_deployed'
        when not f.proven then 'first_known_deployment'
        when c.authored_at is null then 'no_commits'
        when f.finished_at < c.authored_at then 'deployed_before_commit'
    end as total_missing
from {{ ref('lone_commits') }} c
left join deployed f on f.commit = c.commit and f.nth = 1
left join {{ ref('dim_accounts') }} d on d.account = c.author
left join (select commit, bool_or(alone) as alone from {{ ref('agent_commits') }} group by commit) a on a.commit = c.commit
