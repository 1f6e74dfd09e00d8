-- Two accounts of one person are one party: who reviews with the other account still answers as the author, and a
-- request to one is met by the other. Within a change a person goes by one account, the author's or else the one named
-- first, so that a turn names an account that the change knows. Bots stay themselves, whoever owns them.

create or replace temp table turn_same as
with named as (
    select author as account from turn_changes
    union
    select actor from turn_events
    union
    select subject from turn_events
    union
    select unnest(requested_reviewers) from turn_changes
),

-- Few people are met here by two accounts: nothing below costs anything where there are none.
several as (
    select d.account, d.person
    from named n
    join dim_accounts d on d.account = n.account
    where d.kind = 'human'
    qualify count(*) over (partition by d.person) > 1
),

mentions as (
    select id as change, author as account, -9223372036854775807 as place from turn_changes
    union all
    select change, actor, epoch_us("at") from turn_events
    union all
    select change, subject, epoch_us("at") from turn_events
    union all
    select id, unnest(requested_reviewers), 9223372036854775807 from turn_changes
),

first_named as (
    select m.change, s.person, m.account, min(m.place) as place
    from mentions m
    join several s on s.account = m.account
    group by m.change, s.person, m.account
)

select change, account, first_value(account) over (partition by change, person order by place, account) as shown
from first_named
qualify shown <> account;

update turn_events set actor = s.shown from turn_same s where s.change = turn_events.change and s.account = actor;

update turn_events set subject = s.shown from turn_same s where s.change = turn_events.change and s.account = subject;

update turn_changes set requested_reviewers = r.asked
from (
    select a.id, list(coalesce(s.shown, a.account) order by a.nth) as asked
    from (
        select id, unnest(requested_reviewers) as account, generate_subscripts(requested_reviewers, 1) as nth
        from turn_changes where id in (select change from turn_same)
    ) a
    left join turn_same s on s.change = a.id and s.account = a.account
    group by a.id
) r
where r.id = turn_changes.id;
