-- Open changes with whose turn it is now, since when, and when that has been too long.
-- A table like most of its neighbours: a page asks for it several times, and planning it as a view took 20 ms each time.

with turns as (
    select t.* from {{ source('computed', 'change_turns') }} t where t.until is null and t.party = 0
),

owners as (
    select t.change, min(t.team) as team, {{ joined('t.team') }} as teams
    from {{ ref('change_teams') }} t
    join turns o on o.change = t.change
    group by t.change
),

labels as (
    select c.id as change, unnest(c.labels) as label
    from {{ source('records', 'changes') }} c
    join turns t on t.change = c.id
    where c.labels is not null
),

now_open as (
    select
        c.id as change, c.repository, c.number, c.title, c.url, c.author, o.team, o.teams, t.turn, t.account,
        t.team as asked_team, t.waiting_since as since, t.why, t.detail, c.created_at as opened_at,
        -- An unknown size stays unknown: as a zero it would make every change of a tool that tells none a small one.
        case when c.additions is not null or c.deletions is not null
            then coalesce(c.additions, 0) + coalesce(c.deletions, 0) end as lines, c.changed_files,
        coalesce(k.calendar, d.calendar) as calendar,
        {{ matches('c.title', var('hotfix_title', '')) }} or {{ matches('c.head_branch', var('hotfix_branch', '')) }}
            or c.id in (select change from labels where {{ matches('label', var('hotfix_label', '')) }}) as hotfix,
        cast(case
            when t.turn in ('reviewer', 'any_reviewer') then {{ var('first_review_hours', 8.0) }}
            when t.why = 'approved' or t.turn = 'merge_queue' then {{ var('approved_unmerged_hours', 4.0) }}
            when t.why = 'conflict' then {{ var('conflict_hours', 8.0) }}
            when t.turn in ('author', 'ci') and t.why <> 'draft' then {{ var('stale_change_hours', 24.0) }}
        end as double precision) as limit_hours
    from turns t
    join {{ source('records', 'changes') }} c on c.id = t.change and c.deleted_at is null
    left join owners o on o.change = t.change
    left join {{ source('setup', 'setup_team_calendars') }} k on k.team = o.team
    left join {{ source('setup', 'setup_team_calendars') }} d on d.team = ''
),

keyed as (
    select change as subject, calendar, since, limit_hours from now_open
),

due as (
    {{ reached('keyed') }}
)

select n.*, d.due_at from now_open n left join due d on d.subject = n.change
