-- Stretches of the change itself beside those of the review. Which checks of the commit at the head fail or run: the
-- first one seen is the one that a turn names.

create or replace temp table turn_heads as
select c, n as since, head, lead(n, 1, 2147483647) over (partition by c order by n) as till
from (
    select r.c, r.n, case r.kind when 'start' then s.head when 'opened' then r.sha
        else coalesce(r.sha, if(r.n = s.last_push, s.record_head, ''), '') end as head
    from turn_rows r
    join turn_starts s using (c)
    where r.kind in ('start', 'opened', 'pushed', 'force_pushed')
        and r.c in (select c from turn_rows where kind like 'check%')
)
where head is not null;

create or replace temp table turn_checked as
select r.c, r.n, coalesce(r.sha, if(r.kind like 'checks%', h.head, null), '') as sha,
    -- Some tools tell only the sum of all checks.
    coalesce(r.name, 'checks') as name,
    case r.kind when 'checks_failed' then 'failing' when 'checks_passed' then 'done' else r.result end as result,
    r.kind like 'checks%' or coalesce(r.sha, '') = h.head as of_head
from turn_rows r
join turn_heads h on h.c = r.c and h.since <= r.n and r.n < h.till
where r.kind like 'check%';

insert into turn_stretches
with stretches as (
    select c, sha, name, result, n as since, min(n) over one as place, lead(n, 1, 2147483647) over one as till
    from turn_checked
    window one as (partition by c, sha, name order by n)
    qualify result in ('failing', 'running')
)

select s.c, s.result, s.name, null, greatest(s.since, h.since), least(s.till, h.till), s.place
from stretches s
join turn_heads h on h.c = s.c and h.head = s.sha and s.since < h.till and h.since < s.till;

-- What was said of the change itself holds until the opposite is said.
insert into turn_stretches
with said as (
    select c, 0 as n, 'draft' as what, true as holds from turn_starts where draft
    union all
    select c, 0, 'auto_merge', true from turn_starts where auto_merge
    union all
    select c, n, case
            when kind in ('drafted', 'ready') then 'draft'
            when kind in ('queued', 'dequeued') then 'queued'
            when kind in ('auto_merge_enabled', 'auto_merge_disabled') then 'auto_merge'
            when kind in ('conflicting', 'mergeable', 'host_blocks') then 'conflicting'
            when kind in ('closed', 'merged', 'reopened') then 'closed'
        end, kind in ('drafted', 'queued', 'auto_merge_enabled', 'conflicting', 'closed', 'merged')
    from turn_rows
    where kind in ('drafted', 'ready', 'queued', 'dequeued', 'auto_merge_enabled', 'auto_merge_disabled', 'conflicting',
        'mergeable', 'host_blocks', 'closed', 'merged', 'reopened')
    union all
    select c, n, 'queued', false from turn_rows where kind in ('closed', 'merged')
    union all
    select c, n, 'host_blocks', true from turn_rows where kind = 'host_blocks'
)

select c, what, null, null, n, lead(n, 1, 2147483647) over (partition by c, what order by n), n
from said qualify holds;
