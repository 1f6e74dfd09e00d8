-- For each merged change and each service that it touches (empty where it touches none), the first production
-- deployment that contains it. One service's deployment brings nothing of another's, though its commit is contained.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes', 'parts_of': 'changes'}) }}

with wanted as (
    select c.id, c.repository, c.merge_sha, c.head_sha
    from {{ touched('changes') }} c
    where c.deleted_at is null and c.state = 'merged' and c.merged_at is not null
),

carriers as (
    select change, 3 as place, promoted_by from {{ ref('promotions') }}
    union all
    select p.change, 4, q.promoted_by
    from {{ ref('promotions') }} p
    join {{ ref('promotions') }} q on q.change = p.promoted_by
),

-- Joined before the two hashes are taken apart: engines know nothing of how often an id stands in a union, took the
-- places for a hundred times more than there are, and so read all that was ever deployed into memory.
carried as (
    select w.id as change, k.place, w.repository, c.merge_sha, c.head_sha
    from wanted w
    join carriers k on k.change = w.id
    join {{ source('records', 'changes') }} c on c.id = k.promoted_by
),

-- Where a change may be found among deployed commits: merge commit, own head, then the changes that carried it on.
places as (
    select id as change, 1 as place, repository, merge_sha as sha from wanted where merge_sha is not null
    union all
    select id, 2, repository, head_sha from wanted where head_sha is not null
    union all
    select change, place, repository, merge_sha from carried where merge_sha is not null
    union all
    select change, place, repository, head_sha from carried where head_sha is not null
),

-- By the hash alone first: it says nearly all, and engines look a single column up while they read the large table,
-- where a join by both columns has them hash all of it. The repository is compared below.
-- Materialized where a delta asks, since engines else join all that was ever deployed before they look at the number.
reached as {% if is_incremental() %}materialized {% endif %}(
    select repository, sha, deployment, finished_at, proven, service
    from {{ source('computed', 'first_deployments') }}
    where production and {{ hashed_among(source('computed', 'first_deployments'), 'places') }}
),

deployed as (
    select p.change, p.place, f.deployment, f.finished_at, f.proven, f.service
    from places p
    join reached f on f.repository = p.repository and f.sha = p.sha
),

services as (
    select s.change, s.service from {{ made('change_services') }} s join wanted w on w.id = s.change
),

fitting as (
    -- A deployment that names no service is one of all that the repository holds.
    select d.*, s.service as touched
    from deployed d
    join services s on s.change = d.change and d.service in ('', s.service)
    union all
    select d.*, '' from deployed d where d.change not in (select change from services)
)

select change, touched as service, deployment, finished_at, proven
from (
    select *, row_number() over (partition by change, touched order by place, finished_at, deployment) as nth from fitting
) numbered
where nth = 1
