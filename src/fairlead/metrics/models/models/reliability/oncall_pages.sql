-- Pages: notifications of one person about one incident that follow each other closely are one. Told by team alone.
with notified as (
    select e.id, e.incident, e.actor as account, e.at as moment,
        lag(e.at) over (partition by e.incident, e.actor order by e.at, e.id) as before_at
    from {{ source('records', 'incident_events') }} e
    where e.deleted_at is null and e.kind = 'notified' and e.actor is not null and e.at is not null
        -- A merged incident pages all the same, and whoever was woken by it was woken.
        and e.incident is not null
),

pages as (
    select n.id as page, n.incident, n.account, n.moment
    from notified n
    where n.before_at is null or n.moment > n.before_at + {{ var('page_minutes') }} * interval '1 minute'
),

-- The load is that of the team whose person was paged; of several the one that owns the service.
teams as (
    select p.page, coalesce(min(case when o.team is not null then t.team end), min(t.team)) as team
    from pages p
    join {{ ref('account_teams') }} t on t.account = p.account
        and coalesce(t.valid_from <= p.moment, true) and coalesce(t.valid_to > p.moment, true)
    left join {{ source('records', 'incidents') }} i on i.id = p.incident
    left join {{ ref('service_teams') }} o on o.service = i.service and o.team = t.team
    group by p.page
),

placed as (
    select
        p.page, p.incident, p.account, p.moment, t.team, coalesce(s.people, 0) as team_people,
        coalesce(own.calendar, usual.calendar) as calendar, coalesce(own.zone, usual.zone) as zone
    from pages p
    left join teams t on t.page = p.page
    left join {{ ref('team_sizes') }} s on s.team = t.team
    left join {{ source('setup', 'setup_team_calendars') }} own on own.team = t.team
    left join {{ source('setup', 'setup_team_calendars') }} usual on usual.team = ''
),

local as (
    select
        p.*, z.offset_s, coalesce(p.moment < w.end_at, false) as in_hours,
        {{ real('mod(cast(floor(' ~ seconds("timestamp '2000-01-01'", 'p.moment') ~ ' + z.offset_s) as bigint), 86400)') }} as second_of_day
    from placed p
    {{ slot_of('p.moment', 'w', 'p.calendar') }}
    left join {{ source('setup', 'zone_offsets') }} z on z.zone = p.zone and z.from_at <= p.moment and p.moment < z.to_at
),

judged as (
    select *,
        {% if var('night_from_s') > var('night_to_s') -%}
        second_of_day >= {{ var('night_from_s') }} or second_of_day < {{ var('night_to_s') }}
        {%- else -%}
        second_of_day >= {{ var('night_from_s') }} and second_of_day < {{ var('night_to_s') }}
        {%- endif %} as at_night
    from local
)

select
    j.page, j.incident, i.service, i.repository, j.account, coalesce(d.person, j.account) as person, j.team, j.team_people,
    j.team_people between 1 and {{ var('minimum_group') }} - 1 as small_team,
    j.moment as paged_at, not j.in_hours as outside_hours, coalesce(j.at_night, false) as at_night,
    -- A night belongs to the day on which it ends: two pages before and after midnight are one broken night.
    case when j.at_night then cast(
        j.moment + (j.offset_s + 86400.0 - {{ var('night_from_s') }} * {{ 1 if var('night_from_s') > var('night_to_s') else 0 }}
            - {{ 86400 if var('night_from_s') <= var('night_to_s') else 0 }}) * interval '1 second'
        as date) end as night,
    i.source
from judged j
left join {{ source('records', 'incidents') }} i on i.id = j.incident
left join {{ ref('dim_accounts') }} d on d.account = j.account
