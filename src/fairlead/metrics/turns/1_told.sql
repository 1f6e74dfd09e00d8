-- Everything that was told of the changes in `turn_changes`, in one order: `n` is 0 for the change as it was opened,
-- counts its events and checks from 1 on, and is above a milliard for what the record alone knows of an open change.

-- A check run tells a commit; of the jobs of a known pipeline the pipeline speaks.
create or replace temp table turn_builds as
with found as (
    select c.c, c.ended_at, b.id, b.kind, b.kind || ':' || coalesce(b.name, '') as name, b.sha, b.parent, b.started_at,
        b.finished_at, b.result
    from turn_checks t
    join turn_changes c on c.id = t.change
    join builds b on b.id = t.build
    where b.required is distinct from false
),

pipelines as (select c, id, coalesce(sha, '') as sha from found where kind = 'pipeline')

select * from found
where kind is distinct from 'job' or not (
    (c, coalesce(parent, '')) in (select (c, id) from pipelines)
    or parent is null and (c, coalesce(sha, '')) in (select (c, sha) from pipelines)
);

create or replace temp table turn_rows as
with told as (
    -- A bot's or an agent's words and reviews move nothing, nor does asking one; its push is no answer to a review.
    select c.c, c.ended_at, e."at", e.id, e.kind, e.review, e.sha, e.subject_team as team,
        null::varchar as name, null::varchar as result,
        case
            -- A deleted user is nobody to wait for, and yet the approval was given: each counts as somebody's own.
            when e.kind = 'approved' and e.actor is null and c.author is not null then '?' || coalesce(e.review, e.id)
            when e.kind in ('approved', 'changes_requested', 'reviewed', 'commented') then e.actor
            else e.subject
        end as who,
        case
            when e.kind = 'review_request_removed' then 'unask'
            when e.kind = 'review_dismissed' then 'dismiss'
            when e.kind = 'review_requested' then case
                when e.subject_team is not null then 'ask_team'
                when e.subject is distinct from c.author and e.subject not in (from turn_others) then 'ask'
            end
            when e.kind in ('pushed', 'force_pushed') then case
                when e.actor is null or e.actor = c.author or e.actor not in (from turn_others) then 'answer'
            end
            when e.actor in (from turn_others) then null
            when e.actor = c.author then case when e.kind in ('commented', 'reviewed') then 'answer' end
            when e.kind = 'approved' then 'approve'
            when e.kind = 'changes_requested' then 'block'
            when e.kind = 'reviewed' or e.kind = 'commented' and e.review is not null then 'review'
            when e.kind = 'commented' then 'comment'
        end as op
    from turn_events e
    join turn_changes c on c.id = e.change
    union all
    select c, ended_at, started_at, id, 'check_started', null, sha, null, name, 'running', null, null
    from turn_builds where started_at is not null
    union all
    select c, ended_at, finished_at, id, 'check_ended', null, sha, null, name,
        if(result in ('failure', 'error'), 'failing', 'done'), null, null
    from turn_builds where finished_at is not null
),

-- Tools tell time in seconds: within one, the order of kinds makes sense of what happened.
ranked as (
    select *, case kind
        when 'opened' then 0 when 'drafted' then 1 when 'closed' then 2 when 'reopened' then 3
        when 'pushed' then 4 when 'force_pushed' then 4 when 'check_started' then 5
        when 'check_ended' then 6 when 'checks_failed' then 6 when 'checks_passed' then 6
        when 'conflicting' then 6 when 'mergeable' then 6 when 'commented' then 7
        when 'reviewed' then 8 when 'approved' then 8 when 'changes_requested' then 8
        when 'review_dismissed' then 9 when 'review_request_removed' then 10 when 'ready' then 11
        when 'review_requested' then 12 when 'auto_merge_disabled' then 13 when 'auto_merge_enabled' then 13
        when 'dequeued' then 13 when 'queued' then 13 when 'merged' then 99 end as place
    from told
)

-- Sorting costs most and carries every column along, so each is empty where nobody asks for it.
select c, "at", kind, op, coalesce("at" >= ended_at, false) as is_late, name, result, team,
    if(op is not null, who, null) as who, review,
    if(place between 4 and 6 or kind = 'opened', sha, null) as sha,
    (row_number() over (partition by c order by "at", place, id))::integer as n
from ranked
where place is not null and (op is not null or kind <> 'commented');

-- Comments of a review are written before it is handed in, and it speaks for them.
delete from turn_rows where kind = 'commented' and (c, review) in (
    select (c, review) from turn_rows where review is not null and kind in ('reviewed', 'approved', 'changes_requested')
);

-- What held when a change was opened: where events first speak of it, the reverse of what they say.
create or replace temp table turn_starts as
with pushed as (
    select distinct c, coalesce(sha, '') as sha from turn_rows where kind in ('pushed', 'force_pushed')
),

first_checked as (
    -- The first commit under test that no later push brought is the one that the change was opened with.
    select c, arg_min(coalesce(sha, ''), n) as sha from turn_rows
    where kind in ('check_started', 'check_ended') and (c, coalesce(sha, '')) not in (select (c, sha) from pushed)
    group by c
),

said as (
    -- Known from the record or the commit alone, merges, ends and checks do not show that the events are known.
    select c.c, min(e."at") as first_at, bool_or(e.kind not in ('merged', 'closed')) as known
    from turn_events e
    join turn_changes c on c.id = e.change
    where e.kind is not null
    group by c.c
),

told as (
    select c, min("at") as first_at,
        arg_min(kind = 'ready', n) filter (kind in ('ready', 'drafted')) as draft,
        arg_min(kind = 'auto_merge_disabled', n) filter (kind in ('auto_merge_disabled', 'auto_merge_enabled'))
            as auto_merge,
        max(n) filter (kind in ('pushed', 'force_pushed')) as last_push
    from turn_rows group by c
)

select c.c, c.author, c.ended_at, coalesce(c.created_at, least(t.first_at, s.first_at), timestamp '1970-01-01') as opened_at,
    coalesce(s.known, false) as known, coalesce(t.draft, c.draft, false) as draft,
    coalesce(t.auto_merge, c.auto_merge, false) as auto_merge, t.last_push, coalesce(c.head_sha, '') as record_head,
    if(t.last_push is null, coalesce(c.head_sha, ''), coalesce(f.sha, '')) as head
from turn_changes c
left join told t using (c)
left join said s using (c)
left join first_checked f using (c)
-- An open change waits for somebody also where no date of it is known; of one that has ended nothing can be told.
where coalesce(c.created_at, t.first_at, s.first_at) is not null or c.ended_at is null and c.state = 'open';

-- A change has no turns after its end, but what came later still tells how it began.
delete from turn_rows where is_late;

insert into turn_rows (c, n, kind) select c, 0, 'start' from turn_starts;

-- What the record says now of an open change, where no event told of it.
insert into turn_rows (c, n, kind, op, who, team)
with still as (select c.* from turn_changes c join turn_starts using (c) where c.ended_at is null),

live as (select * from still where state is distinct from 'closed' and state is distinct from 'merged'),

said as (
    select c, 0 as place, if(state = 'open', 'reopened', 'closed') as kind, null::varchar as op,
        null::varchar as who, null::varchar as team
    from still where state in ('open', 'closed', 'merged')
    union all
    select c, 1, case mergeable when 'conflicting' then 'conflicting' when 'blocked' then 'host_blocks'
        else 'mergeable' end, null, null, null
    from live where mergeable in ('clean', 'conflicting', 'blocked', 'behind', 'unstable')
    union all
    select c, 10 + nth, 'asked', 'still', account, null
    from (select c, author, unnest(requested_reviewers) as account, generate_subscripts(requested_reviewers, 1) as nth
        from live)
    where account is distinct from author and account not in (from turn_others)
    union all
    select c, 100000 + generate_subscripts(requested_teams, 1), 'asked', 'team_still', null, unnest(requested_teams)
    from live
)

select c, 1000000000 + row_number() over (partition by c order by place), kind, op, who, team from said;
