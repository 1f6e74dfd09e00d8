-- The branch graph: the next change that carried on the branch into which a change was merged (dev -> stage -> main).
-- The changes are read twice, for few columns each: kept for both, all of them would be held in memory.
with merged as not materialized (
    select id, repository, base_branch, head_branch, merged_at
    from {{ source('records', 'changes') }}
    where state = 'merged' and deleted_at is null and merged_at is not null
        and coalesce(head_repository, repository) = repository and base_branch <> head_branch
),

bases as (select distinct repository, base_branch from merged),

steps as (
    select m.* from merged m join bases b on b.repository = m.repository and b.base_branch = m.head_branch
),

line as (
    select m.repository, m.base_branch as branch, m.merged_at, m.id as change, 0 as carries
    from {{ source('records', 'changes') }} m
    join (select distinct repository, head_branch from steps) s
        on s.repository = m.repository and s.head_branch = m.base_branch
    where m.state = 'merged' and m.deleted_at is null and m.merged_at is not null
    union all
    select repository, head_branch, merged_at, id, 1 from steps
),

ahead as (
    select
        change, carries, repository, branch,
        min(case when carries = 1 then merged_at end) over (
            partition by repository, branch order by merged_at, carries, change
            rows between 1 following and unbounded following
        ) as promoted_at
    from line
)

select a.change, min(s.id) as promoted_by
from ahead a
join steps s on s.repository = a.repository and s.head_branch = a.branch and s.merged_at = a.promoted_at
where a.carries = 0 and s.id <> a.change
group by a.change
