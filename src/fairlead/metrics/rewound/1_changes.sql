-- Changes: those that were there, open or not as their events and ends tell, with the head, draft mark, title, labels
-- and requests of then. Of what changed since, the first event tells the value before it.

create or replace temp table spoken as
select *, later("at") as is_later, row_number() over (partition by change order by "at", length(id), id) as nth
from change_events where deleted_at is null and "at" is not null;

create or replace temp table unborn as
select c.id
from changes c
left join (select change, min("at") as first_at from spoken group by change) s on s.change = c.id
-- Merges that git alone tells of have no moment of opening.
where later(coalesce(c.created_at, s.first_at, c.merged_at));

delete from changes where id in (from unborn);
delete from change_commits where change in (from unborn) or later(coalesce(committed_at, authored_at));
delete from change_files where change in (from unborn);
delete from work_item_links where from_item in (from unborn) or to_item in (from unborn);

create or replace temp table before_later as
with ended as (
    -- Within one second a change is closed before it is opened again; the merge says all.
    select change, arg_max(kind, ("at", kind = 'reopened')) filter (not is_later) as last_end,
        max("at") filter (not is_later and kind = 'closed') as closed_at, bool_or(is_later) as moved
    from spoken where kind in ('closed', 'reopened', 'merged') group by change
)

select c.id, coalesce(e.moved, false) or later(c.merged_at) or later(c.closed_at) as moved,
    c.merged_at is not null and not later(c.merged_at) or c.closed_at is not null and not later(c.closed_at) as was_over,
    e.last_end, e.closed_at
from changes c
left join ended e on e.change = c.id;

update changes set
    state = if(b.last_end = 'closed', 'closed', 'open'), closed_at = if(b.last_end = 'closed', b.closed_at, null),
    merged_at = null, merged_by = null, merge_sha = null
from before_later b
where b.id = changes.id and b.moved and not b.was_over;

create or replace temp table said_next as
select change,
    arg_min(kind = 'ready', nth) filter (kind in ('ready', 'drafted')) as draft,
    arg_min(kind = 'auto_merge_disabled', nth) filter (kind in ('auto_merge_disabled', 'auto_merge_enabled')) as auto_merge,
    arg_min(detail, nth) filter (kind = 'renamed') as title,
    arg_min(detail, nth) filter (kind = 'base_changed') as base_branch,
    list(sha) filter (kind in ('pushed', 'force_pushed')) as pushed
from spoken where is_later and change not in (from unborn) group by change;

update changes set
    draft = coalesce(s.draft, changes.draft), auto_merge = coalesce(s.auto_merge, changes.auto_merge),
    title = coalesce(s.title, changes.title), base_branch = coalesce(s.base_branch, changes.base_branch),
    -- What the host says of conflicts has no time: after something happened it may be of then or of now.
    mergeable = null
from said_next s
where s.change = changes.id;

-- The head of then: the last push before, else the commit that it was opened with, which the event, the first check
-- or the list of commits names.
create or replace temp table heads as
with moved as (
    select s.change, c.repository, coalesce(s.pushed, []) as pushed
    from said_next s join changes c on c.id = s.change where s.pushed is not null
),

candidates as (
    select m.change, p.sha, 0 as rank, -p.nth as place
    from moved m
    join spoken p on p.change = m.change and p.kind in ('pushed', 'force_pushed') and not p.is_later
    union all
    select m.change, p.sha, 1, p.nth from moved m join spoken p on p.change = m.change and p.kind = 'opened'
    union all
    select m.change, b.sha, 2, epoch_us(coalesce(b.started_at, b.finished_at))
    from moved m
    join builds b on b.change = m.change and not list_contains(m.pushed, b.sha)
        and not later(coalesce(b.started_at, b.finished_at))
    union all
    select m.change, k.sha, 3, -k.position
    from moved m
    join change_commits k on k.change = m.change and k.deleted_at is null and not list_contains(m.pushed, k.sha)
)

select m.change, arg_min(k.sha, (k.rank, k.place)) as sha
from moved m
left join candidates k on k.change = m.change and k.sha is not null
group by m.change;

update changes set head_sha = h.sha from heads h where h.change = changes.id and changes.head_sha is distinct from h.sha;

-- A review takes the reviewer, or a team with the reviewer in it, from the host's list of who is asked. So the last word
-- before the moment says who was asked then; where there is none the first one after it does.
create or replace temp table request_words as
with reviews as (
    from spoken where kind in ('approved', 'changes_requested', 'reviewed') or kind = 'commented' and review is not null
)

select change, subject is null as of_team, coalesce(subject, subject_team) as asked, kind, is_later, nth
from spoken
where kind in ('review_requested', 'review_request_removed') and coalesce(subject, subject_team) is not null
union all
select change, false, actor, kind, is_later, nth from reviews where actor is not null
union all
select r.change, true, m.team, r.kind, r.is_later, r.nth
from reviews r
join memberships m on m.account = r.actor and m.deleted_at is null and m.team is not null;

create or replace temp table asked_then as
with said as (
    select change, of_team, asked, max(nth) filter (kind = 'review_requested' and not is_later) as since,
        arg_max(kind, nth) filter (not is_later) as before, arg_min(kind, nth) filter (is_later) as after
    from request_words group by change, of_team, asked
),

held as (
    select id as change, false as of_team, unnest(requested_reviewers) as asked,
        generate_subscripts(requested_reviewers, 1) as place
    from changes
    union all
    select id, true, unnest(requested_teams), generate_subscripts(requested_teams, 1) from changes
)

select change, of_team, list(asked order by since nulls first, place) as asked
from held
full join said using (change, of_team, asked)
where case
    -- Nothing came later: it is as it is now.
    when after is null then place is not null
    when before is not null then before = 'review_requested'
    when after = 'review_requested' then false
    when after = 'review_request_removed' then true
    else place is not null
end
group by change, of_team;

update changes set requested_reviewers = coalesce(p.asked, []), requested_teams = coalesce(t.asked, [])
from (select distinct change from request_words where is_later) l
left join asked_then p on p.change = l.change and not p.of_team
left join asked_then t on t.change = l.change and t.of_team
where l.change = changes.id;

create or replace temp table labelled_later as
select change, list(label) filter (is_there) as there, list(label) filter (not is_there) as missing
from (
    select change, detail as label, arg_min(kind, nth) = 'unlabeled' as is_there
    from spoken where kind in ('labeled', 'unlabeled') and is_later and detail is not null group by change, detail
)
group by change;

update changes set labels = list_sort(list_distinct(list_concat(
    list_filter(coalesce(changes.labels, []), lambda one: not list_contains(coalesce(l.missing, []), one)),
    coalesce(l.there, []))))
from labelled_later l
where l.change = changes.id;

delete from change_events where later("at") or change in (from unborn);

update changes set updated_at = s.last_at
from (select change, max("at") as last_at from change_events group by change) s
where s.change = changes.id and later(changes.updated_at);
