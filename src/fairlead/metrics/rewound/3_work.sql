-- Items of work with the status, sprint, estimate and flag of then, and the sprints and milestones around them.

create or replace temp table unborn_items as
select w.id
from work_items w
left join (select work_item, min("at") as first_at from work_item_transitions where deleted_at is null group by work_item) t
    on t.work_item = w.id
where later(coalesce(w.created_at, t.first_at));

delete from work_items where id in (from unborn_items);
delete from work_item_links where from_item in (from unborn_items) or to_item in (from unborn_items);

create or replace temp table standing_then as
select work_item, arg_min(from_status, place) filter (is_later) as status, arg_min(from_category, place) filter (is_later) as category,
    arg_max(to_category, place) filter (not is_later) as category_before, max("at") filter (not is_later) as last_at,
    bool_or(is_later) as moved
from (
    -- Numbers in ids grow by the order of events; as texts, 10 would stand before 9.
    select *, later("at") as is_later, ("at", length(id), id) as place
    from work_item_transitions where deleted_at is null and "at" is not null
)
group by work_item;

update work_items set
    status = s.status, status_category = coalesce(s.category, s.category_before),
    closed_at = if(coalesce(s.category, s.category_before) in ('done', 'canceled'), s.last_at, null),
    resolution = if(coalesce(s.category, s.category_before) in ('done', 'canceled'), resolution, null)
from standing_then s
where s.work_item = work_items.id and s.moved;

-- An end without a transition: all that is known of before is that it was open.
update work_items set closed_at = null, resolution = null, status = null, status_category = 'todo' where later(closed_at);
update work_items set started_at = null where later(started_at);

create or replace temp table fields_then as
select work_item, field, arg_min(coalesce(from_value, ''), ("at", length(id), id)) as was
from work_item_changes
where later("at") and deleted_at is null and field in ('sprint', 'points', 'flagged')
group by work_item, field;

-- Of several sprints the last one named is the one that it is in.
update work_items set sprint = nullif(trim(list_last(string_split(f.was, ','))), '')
from fields_then f where f.work_item = work_items.id and f.field = 'sprint';
update work_items set points = try_cast(f.was as double)
from fields_then f where f.work_item = work_items.id and f.field = 'points';
update work_items set flagged = f.was <> '' and lower(f.was) not in ('false', 'no', '0')
from fields_then f where f.work_item = work_items.id and f.field = 'flagged';

delete from work_item_transitions where later("at");
delete from work_item_changes where later("at");

update sprints set completed_at = null, state = if(state = 'closed', 'active', state) where later(completed_at);
update sprints set state = 'future' where later(start_at) and state is distinct from 'future';
update milestones set closed_at = null, state = 'open' where later(closed_at);
delete from milestones where later(created_at);
delete from milestone_dates where later("at");
-- Of the dates that are known the last one told by then stood.
update milestones set due_at = d.due_at
from (select milestone, arg_max({'day': due_at}, "at").day as due_at from milestone_dates where deleted_at is null group by milestone) d
where d.milestone = milestones.id;
update team_dependencies set delivered_at = null where later(delivered_at);
