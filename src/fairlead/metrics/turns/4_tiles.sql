-- Whose turn all this makes it at each moment, and why; equal neighbours become one row of `change_turns`.

create or replace temp table turn_moments as
with kinds (what, weight) as (
    -- One sum counts all that holds at a row, each in digits of its own: a window for each would cost most of the time.
    values ('draft', 1::hugeint), ('queued', 1::hugeint << 1), ('auto_merge', 1::hugeint << 2),
        ('conflicting', 1::hugeint << 3), ('closed', 1::hugeint << 4), ('host_blocks', 1::hugeint << 5),
        ('requested', 1::hugeint << 8), ('team', 1::hugeint << 8), ('approved', 1::hugeint << 20),
        ('again', 1::hugeint << 32), ('rework', 1::hugeint << 44), ('blocking', 1::hugeint << 56),
        ('comments', 1::hugeint << 68), ('failing', 1::hugeint << 80), ('running', 1::hugeint << 100)
),

borders as (
    select c, since as n, weight from turn_stretches join kinds using (what)
    union all
    select c, till, -weight from turn_stretches join kinds using (what) where till < 2147483647
    union all
    select c, 0, 0 from turn_starts
),

steps as (select c, n, sum(weight) as more from borders group by c, n),

-- What the record alone knows counts from the last moment at which something told of may have moved the turn.
last_told as (
    select r.c, max(r."at") as t
    from turn_rows r
    left join turn_checked k on k.c = r.c and k.n = r.n
    where r.c in (select c from turn_rows where n > 1000000000) and (k.of_head
        or (r.c, r.n) in (select (c, n) from steps)
        or r.op in ('ask', 'ask_team', 'unask', 'dismiss')
        or r.kind in ('opened', 'closed', 'merged', 'reopened', 'drafted', 'ready', 'pushed', 'force_pushed', 'queued',
            'dequeued', 'auto_merge_enabled', 'auto_merge_disabled', 'conflicting', 'mergeable'))
    group by r.c
),

timed as (
    select b.c, b.n, b.more, greatest(s.opened_at, if(b.n > 1000000000, l.t, r."at")) as t
    from steps b
    join turn_rows r on r.c = b.c and r.n = b.n
    join turn_starts s on s.c = b.c
    left join last_told l on l.c = b.c
),

summed as (
    select c, n, t, sum(more) over (w rows between unbounded preceding and current row) as state
    from timed
    window w as (partition by c order by n)
    qualify lead(t) over w is distinct from t
),

read as (
    select c, n, t,
        state & 1 > 0 as draft, state & 2 > 0 as queued, state & 4 > 0 as auto_merge, state & 8 > 0 as conflicting,
        state & 16 > 0 as closed, state & 32 > 0 as host_blocks,
        state >> 8 & 4095 > 0 as requested, state >> 20 & 4095 > 0 as approved, state >> 32 & 4095 > 0 as again,
        state >> 44 & 4095 > 0 as rework, state >> 56 & 4095 > 0 as blocking, state >> 68 & 4095 > 0 as comments,
        state >> 80 & 1048575 > 0 as failing, state >> 100 & 1048575 > 0 as running
    from summed
)

select m.c, m.n, m.t, rework and approved as only_rework, approved as is_approved,
    case
        when closed then null
        when m.draft then 'draft'
        when queued then 'queued'
        when conflicting then 'conflict'
        when failing then 'checks_failed'
        when blocking then 'changes_requested'
        when comments and not approved then 'comments'
        when rework or again and not approved then 'answered'
        when requested and (host_blocks or not approved) then 'review_requested'
        when approved and running then 'checks_running'
        when approved and m.auto_merge then 'auto_merge'
        when approved then 'approved'
        when not s.known then 'no_events'
        else 'nobody_asked'
    end as why
from read m
join turn_starts s using (c);

create or replace temp table turn_parties as
with named as (
    select m.c, m.n, s.who, s.team,
        -- Who was asked and has only commented since is awaited once, in the place of the request.
        min(case s.what when 'requested' then 0 when 'team' then 2 else 1 end * 10000000000 + s.place) as place
    from turn_moments m
    join turn_stretches s on s.c = m.c and s.since <= m.n and s.till > m.n
    where m.why in ('answered', 'review_requested') and case s.what
        when 'rework' then true
        when 'requested' then not m.only_rework
        when 'team' then not m.only_rework
        when 'again' then not m.is_approved
        else false
    end
    group by m.c, m.n, s.who, s.team
)

select c, n, who, team, row_number() over (partition by c, n order by place) - 1 as party from named;

create or replace temp table turn_tiles as
with listed as (
    select c, n, string_agg(coalesce(who, 'team ' || team), ' ' order by party) as detail from turn_parties group by c, n
    union all
    select m.c, m.n, arg_min(s.who, s.place)
    from turn_moments m
    join turn_stretches s on s.c = m.c and s.since <= m.n and s.till > m.n
        and s.what = case m.why when 'checks_failed' then 'failing' when 'checks_running' then 'running' end
    group by m.c, m.n
),

told as (
    select m.c, m.n, m.t, m.why, l.detail, case
            when why in ('draft', 'conflict', 'checks_failed', 'changes_requested', 'comments', 'approved') then 'author'
            when why in ('answered', 'review_requested') then 'reviewer'
            when why in ('queued', 'auto_merge') then 'merge_queue'
            when why = 'checks_running' then 'ci'
            when why = 'no_events' then 'nobody_knows'
            when why = 'nobody_asked' then 'any_reviewer'
        end as turn
    from turn_moments m
    left join listed l on l.c = m.c and l.n = m.n
),

kept as (
    select c, n, t, why, turn, if(turn = 'reviewer', null, detail) as detail,
        row_number() over w = 1 or turn is distinct from lag(turn) over w as begins
    from told
    window w as (partition by c order by n)
    qualify row_number() over w = 1 or why is distinct from lag(why) over w or detail is distinct from lag(detail) over w
)

select *, row_number() over w as tile, lead(t) over w as till,
    max(if(begins, t, null)) over (partition by c order by n rows between unbounded preceding and current row) as run
from kept window w as (partition by c order by n);

insert into change_turns
with awaited as (
    select t.c, t.n, t.t, t.run, p.who, p.team, p.party,
        t.tile - row_number() over (partition by t.c, t.run, p.who, p.team order by t.tile) as stay
    from turn_tiles t
    join turn_parties p on p.c = t.c and p.n = t.n
),

waiting as (
    select c, n, who, team, party, min(t) over (partition by c, run, who, team, stay) as since from awaited
)

-- What nothing dates stands at 1970, before all that is dated: the order is right, and the moment is nobody's word.
select h.id, t.turn, if(t.turn = 'author', h.author, w.who), w.team, nullif(t.t, timestamp '1970-01-01'),
    coalesce(t.till, s.ended_at), t.why, t.detail, coalesce(w.party, 0),
    nullif(coalesce(w.since, t.run), timestamp '1970-01-01')
from turn_tiles t
join turn_starts s on s.c = t.c
join turn_changes h on h.c = t.c
left join waiting w on w.c = t.c and w.n = t.n
where t.why is not null and (t.till is not null or s.ended_at is null or s.ended_at > t.t);
