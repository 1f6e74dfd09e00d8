-- Each date that a milestone stood under, judged once: kept, moved in time, or neither. A date is a day of UTC, and
-- whatever happens before that day is over is in time.
with known as (
    select id as milestone, repository, created_at, due_at, closed_at, coalesce(state, case when closed_at is null then 'open' else 'closed' end) as state
    from {{ source('records', 'milestones') }}
    where deleted_at is null
),

-- A closed milestone promises nothing any more; some tools even write the day of the end over the date.
open_dates as (
    select d.milestone, d."at" as told_at, d.due_at
    from {{ source('records', 'milestone_dates') }} d
    join known k on k.milestone = d.milestone
    where d.deleted_at is null and d."at" is not null and d.state is distinct from 'closed'
),

-- Of what was told on one day the last counts: whoever corrects a slip has promised nothing with it.
day_ends as (
    select milestone, max(told_at) as told_at, arg_max({'due_at': due_at}, told_at).due_at as due_at
    from open_dates
    group by milestone, date_trunc('day', told_at)
),

told as (
    select milestone, told_at, due_at from day_ends
    union all
    -- Whose dates nobody told has the one of its record.
    select milestone, coalesce(created_at, timestamp '1970-01-01'), due_at
    from known where milestone not in (select milestone from open_dates)
),

turns as (
    select *,
        lag(milestone) over w is null as is_first,
        date_trunc('day', due_at) is distinct from lag(date_trunc('day', due_at)) over w as is_new
    from told
    window w as (partition by milestone order by told_at)
),

spans as (
    select milestone, told_at, due_at, is_first,
        lead(told_at) over w as replaced_at, lead(due_at) over w as next_due_at,
        row_number() over w as turn
    from turns
    where is_first or is_new
    window w as (partition by milestone order by told_at)
),

-- Where a tool does not date the end, the first telling of it after the last of it being open does.
endings as (
    select d.milestone, min(d."at") as told_closed_at
    from {{ source('records', 'milestone_dates') }} d
    left join (select milestone, max(told_at) as open_at from open_dates group by milestone) o on o.milestone = d.milestone
    where d.deleted_at is null and d.state = 'closed' and d."at" > coalesce(o.open_at, timestamp '1970-01-01')
    group by d.milestone
),

promises as (
    select
        s.milestone || '/promise/' || cast(s.turn as varchar) as promise, s.milestone, k.repository, s.due_at,
        date_trunc('day', s.due_at) + interval '1 day' as ends_at,
        -- Its first date stands from its beginning, as far as anybody knows.
        case when s.is_first then k.created_at else s.told_at end as told_at,
        s.replaced_at, s.next_due_at,
        case when k.state = 'closed' then coalesce(k.closed_at, e.told_closed_at) end as closed_at,
        k.state = 'closed' and coalesce(k.closed_at, e.told_closed_at) is null as end_undated,
        s.is_first and s.replaced_at is null and k.closed_at = s.due_at
            and k.milestone not in (select milestone from open_dates) as overwritten
    from spans s
    join known k on k.milestone = s.milestone
    left join endings e on e.milestone = s.milestone
    where s.due_at is not null
),

-- Open items that left it while the date stood and did not come back: that makes it a smaller milestone.
moved as (
    select p.promise, count(distinct c.work_item) as moved_out
    from promises p
    join {{ source('records', 'work_item_changes') }} c
        on c.field = 'milestone' and c.deleted_at is null and list_contains(string_split(c.from_value, ','), p.milestone)
        and c."at" >= coalesce(p.told_at, c."at") and c."at" <= p.closed_at
    join {{ source('records', 'work_items') }} w
        on w.id = c.work_item and w.deleted_at is null and w.milestone is distinct from p.milestone
        and coalesce(w.closed_at > c."at", true)
    where p.closed_at < p.ends_at
    group by p.promise
),

judged as (
    select p.*, coalesce(m.moved_out, 0) as moved_out,
        case
            when p.overwritten then 'date_overwritten'
            when p.told_at >= p.ends_at then 'backdated'
            when p.end_undated then 'end_not_dated'
            when p.replaced_at < p.ends_at and p.next_due_at < p.due_at and coalesce(p.closed_at >= p.replaced_at, true)
                then 'brought_forward'
        end as missing
    from promises p
    left join moved m on m.promise = p.promise
)

select
    promise, milestone, repository, told_at, due_at, ends_at, replaced_at, next_due_at, closed_at, moved_out,
    case
        when missing is not null then null
        when closed_at < ends_at and coalesce(closed_at <= replaced_at, true)
            then case when moved_out > 0 then 'rescoped' else 'met' end
        when replaced_at < ends_at then 'rescoped'
    end as outcome,
    case
        when missing is not null then null
        when closed_at < ends_at and coalesce(closed_at <= replaced_at, true)
            then case when moved_out > 0 then 'items_moved' end
        when replaced_at < ends_at then case when next_due_at is null then 'date_removed' else 'date_moved' end
    end as rescoped_by,
    missing
from judged
