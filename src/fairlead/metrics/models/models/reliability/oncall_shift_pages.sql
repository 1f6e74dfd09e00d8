-- How often a time on call was paged, one row for each shift that tells its end. Told by team alone.
with shifts as (
    select
        -- the id of a shift may hold the handle of its person
        md5(s.id) as shift, s.schedule, s.team as stated_team, s.service, s.source, s.account,
        coalesce(s.person, d.person, s.account) as person, s.start_at, s.end_at
    from {{ source('records', 'oncall_shifts') }} s
    left join {{ ref('dim_accounts') }} d on d.account = s.account
    where s.deleted_at is null and s.start_at < s.end_at
        -- whoever stands behind is on call for weeks and seldom woken: their hours would hide the load of the first
        and coalesce(s.level, 1) = 1
),

teams as (
    select s.shift, coalesce(min(s.stated_team), min(t.team)) as team
    from shifts s
    left join {{ ref('account_teams') }} t on t.account = s.account
        and coalesce(t.valid_from <= s.start_at, true) and coalesce(t.valid_to > s.start_at, true)
    group by s.shift
),

paged as (
    -- two schedules at the same time are two shifts, and each was woken
    select s.shift, count(*) as pages
    from shifts s
    join {{ ref('oncall_pages') }} p on p.person = s.person and p.paged_at >= s.start_at and p.paged_at < s.end_at
    group by s.shift
)

select
    s.shift, s.schedule, t.team, coalesce(z.people, 0) as team_people,
    coalesce(z.people, 0) between 1 and {{ var('minimum_group') }} - 1 as small_team, s.service, s.start_at, s.end_at,
    {{ seconds('s.start_at', 's.end_at') }} / 3600.0 as hours, coalesce(p.pages, 0) as pages, s.source
from shifts s
join teams t on t.shift = s.shift
left join {{ ref('team_sizes') }} z on z.team = t.team
left join paged p on p.shift = s.shift
