-- Who is awaited and whose words are unanswered: `turn_stretches` says from which row of a change (`since`) to before
-- which (`till`) something holds of somebody. Teams come first, for whoever may answer for one may join the talk.

create or replace temp table turn_talk as
with reviewers as (select c, review, max(who) as who from turn_rows
    where op in ('approve', 'block', 'review') and review is not null group by c, review),

talk as (
    select r.c, r.n, r.op, r.review, r.team, case when r.op = 'dismiss' then coalesce(v.who, r.who) else r.who end as who
    from turn_rows r
    left join reviewers v on r.op = 'dismiss' and v.c = r.c and v.review = r.review
    where r.op in ('ask', 'still', 'unask', 'approve', 'block', 'review', 'comment', 'dismiss') and r.who is not null
        or r.op = 'dismiss' and v.who is not null
)

select *,
    coalesce(last_value(case op when 'approve' then true when 'block' then false when 'ask' then false
        when 'dismiss' then false end ignore nulls)
        over (partition by c, who order by n rows between unbounded preceding and 1 preceding), false) as had_approved
from talk;

create or replace temp table turn_teams as
with asked as (select distinct c, team from turn_rows where op = 'ask_team'),

points as (
    select c, n, team, true as wanted from turn_rows where op = 'ask_team'
    union all
    select c, n, team, false from turn_rows where op = 'unask' and team is not null
    union all
    -- A team is content with any of its members; of one whose members are unknown anybody may be one.
    select t.c, t.n, a.team, false
    from asked a
    join turn_talk t using (c)
    where (t.op in ('approve', 'block') or t.op = 'review' and not t.had_approved)
        and (a.team not in (select team from turn_members) or (a.team, t.who) in (select (team, account) from turn_members))
),

turned as (
    select *, coalesce(lag(wanted) over w, false) as was from points window w as (partition by c, team order by n)
)

select c, team, n as since, lead(n, 1, 2147483647) over (partition by c, team order by n) as till, wanted
from turned where wanted <> was
qualify wanted;

create or replace temp table turn_words as
with comments as (
    select k.c, k.n, k.who, count(t.team) > 0 as beside_team,
        coalesce(bool_or(t.team is not null and (t.team not in (select team from turn_members)
            or (t.team, k.who) in (select (team, account) from turn_members))), false) as for_team
    from turn_talk k
    left join turn_teams t on t.c = k.c and t.since < k.n and t.till > k.n
    where k.op = 'comment'
    group by k.c, k.n, k.who
),

asked as (select c, min(n) as n from turn_talk where op in ('ask', 'approve', 'block', 'review') group by c),

-- Where nobody was asked the first to comment joins the review; later only those who speak for a team do.
joined as (
    select c, n from comments where for_team
    union
    select c.c, min(c.n) from comments c
    left join asked a using (c)
    where (a.n is null or c.n < a.n) and (c.for_team or not c.beside_team)
    group by c.c
),

placed as (
    select k.*, coalesce(bool_or(k.op in ('ask', 'approve', 'block', 'review') or j.n is not null)
        over (partition by k.c, k.who order by k.n rows between unbounded preceding and 1 preceding), false) as takes_part,
        j.n is not null as joins
    from turn_talk k
    left join joined j on j.c = k.c and j.n = k.n
),

heard as (
    select c, n, who, review, had_approved, case when op = 'still' then 'ask' else op end as op
    from placed
    where case op
        when 'still' then not takes_part
        when 'review' then not had_approved
        when 'comment' then not had_approved and (joins or takes_part)
        else true end
)

select *,
    -- Whoever wanted changes and speaks again still wants them.
    coalesce(last_value(case op when 'block' then true when 'ask' then false when 'approve' then false
        when 'dismiss' then false end ignore nulls) over (partition by c, who order by n), false) as wants
from heard;

create or replace temp table turn_stretches as
with requests as (
    select c, who, n, op = 'ask' as wanted,
        coalesce(lag(op = 'ask') over (partition by c, who order by n), false) as was
    from turn_words where op in ('ask', 'unask', 'approve', 'block', 'review')
),

words as (
    select *, lead(n, 1, 2147483647) over (partition by c, who order by n) as till
    from turn_words where op <> 'unask'
),

answers as (select c, n from turn_rows where op = 'answer'),

-- The author's push, answer or new request hands the turn back to whoever spoke.
answered as (
    select w.*, if(a.n < w.till, a.n, null) as answer
    from words w
    asof left join answers a on a.c = w.c and a.n > w.n
    where w.op in ('block', 'review', 'comment')
)

select c, 'requested' as what, who, null::varchar as team, since, till, since as place
from (
    select c, who, n as since, lead(n, 1, 2147483647) over (partition by c, who order by n) as till
    from requests where wanted <> was qualify wanted
)
union all
select c, 'team', null, team, since, till, since from turn_teams
union all
select r.c, 'team', null, r.team, r.n, 2147483647, r.n
from turn_rows r
where r.op = 'team_still'
    and r.c not in (select c from turn_words where op in ('ask', 'approve', 'block', 'review', 'comment'))
union all
select c, 'approved', who, null, n, till, n from words where op = 'approve'
union all
-- An approval that fell away, mostly by a push, has to be given again, if whoever gave it still can.
select c, 'again', who, null, n, till, n from words where op = 'dismiss' and had_approved and not starts_with(who, '?')
union all
select c, if(wants, 'blocking', 'comments'), who, null, n, coalesce(answer, till), n from answered
union all
select c, if(wants, 'rework', 'again'), who, null, answer, till, n from answered where answer is not null;
