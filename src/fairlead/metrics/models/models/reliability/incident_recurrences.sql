-- For each incident the earlier one that it repeats: the same cause stated, else the most alike above the threshold.
with incidents as (
    select
        incident, title, coalesce(service, repository) as place, started_at,
        row_number() over (partition by coalesce(service, repository) order by started_at, incident) as nth
    from {{ ref('counted_incidents') }}
),

sizes as (select incident, count(*) as words from {{ ref('incident_words') }} group by incident),

placed as (
    select i.incident, i.place, i.started_at, i.nth, floor(i.nth / 100) as part, w.word
    from incidents i
    join {{ ref('incident_words') }} w on w.incident = i.incident
    where i.place is not null
),

-- Only incidents of one place are compared word by word: two services that are slow at once are two troubles. And each
-- with the 100 before it: a place that has more in its window is a storm, in which all pairs would be millions.
shared as (
    select x.incident, y.incident as earlier, count(*) as words
    from placed x
    join (
        select incident, place, started_at, nth, part, word from placed
        union all
        select incident, place, started_at, nth, part + 1, word from placed
    ) y
        on y.place = x.place and y.word = x.word and y.part = x.part
        and y.nth >= x.nth - 100 and y.started_at < x.started_at
        and y.started_at >= {{ hours_after('x.started_at', '-24 * ' ~ var('recurrence_days')) }}
    group by x.incident, y.incident
),

rules as (
    select distinct incident, rule from {{ source('records', 'alerts') }}
    where deleted_at is null and incident is not null and rule is not null
),

same_rule as (
    select distinct s.incident, s.earlier
    from shared s
    join rules x on x.incident = s.incident
    join rules y on y.incident = s.earlier and y.rule = x.rule
),

alike as (
    select s.incident, s.earlier, 'title' as by_what,
        {{ real('0.7 * s.words / (a.words + b.words - s.words)') }} as title_part,
        {{ real('0.2') }} as place_part,
        {{ real('case when r.incident is null then 0.0 else 0.1 end') }} as alert_part
    from shared s
    join sizes a on a.incident = s.incident
    join sizes b on b.incident = s.earlier
    left join same_rule r on r.incident = s.incident and r.earlier = s.earlier
),

causes as (
    select s.incident, s.by_what, s.cause, i.started_at
    from {{ ref('incident_stated_causes') }} s
    join incidents i on i.incident = s.incident
),

-- All of one cause weigh the same and the latest is taken: no other than those of the moment before is looked at.
moments as (
    select by_what, cause, started_at, lag(started_at) over (partition by by_what, cause order by started_at) as before_at
    from (select distinct by_what, cause, started_at from causes)
),

stated as (
    select x.incident, y.incident as earlier, min(x.by_what) as by_what
    from causes x
    join moments m on m.by_what = x.by_what and m.cause = x.cause and m.started_at = x.started_at
    join causes y on y.by_what = x.by_what and y.cause = x.cause and y.started_at = m.before_at
        and y.started_at >= {{ hours_after('x.started_at', '-24 * ' ~ var('recurrence_days')) }}
    group by x.incident, y.incident
),

found as (
    select s.incident, s.earlier, 'stated' as kind, s.by_what, {{ real('1.0') }} as score,
        a.title_part, a.place_part, a.alert_part
    from stated s
    left join alike a on a.incident = s.incident and a.earlier = s.earlier
    union all
    select incident, earlier, 'similar', by_what, title_part + place_part + alert_part, title_part, place_part, alert_part
    from alike
    where title_part + place_part + alert_part >= {{ var('recurrence_threshold') }}
),

-- Of several the best, of equals the latest: a chain of repeats then leads back step by step.
ranked as (
    select f.*, row_number() over (partition by f.incident order by f.score desc, f.kind desc, e.started_at desc, f.earlier) as nth
    from found f
    join incidents e on e.incident = f.earlier
)

select
    r.incident, r.earlier, r.kind, r.by_what, r.score, r.title_part, r.place_part, r.alert_part, x.place, x.started_at,
    e.started_at as earlier_at, {{ seconds('e.started_at', 'x.started_at') }} / 86400.0 as days_between
from ranked r
join incidents x on x.incident = r.incident
join incidents e on e.incident = r.earlier
where r.nth = 1
