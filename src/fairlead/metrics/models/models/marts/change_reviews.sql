-- One row for each change: when it was ready, who looked at it first (a human, an agent), in how many rounds.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes'}) }}

with wanted as (
    select
        c.id as change, c.repository, c.author, coalesce(d.person, c.author) as author_person,
        {{ kind_of('c.author', 'd') }} as author_kind,
        coalesce(c.draft, false) as draft, c.state, c.created_at as opened_at, c.merged_at, c.closed_at,
        c.additions, c.deletions, c.changed_files
    from {{ touched('changes') }} c
    left join {{ ref('dim_accounts') }} d on d.account = c.author
    where c.deleted_at is null
),

events as (
    select
        e.change, e.at as moment, e.kind,
        case when e.kind in ('reviewed', 'approved', 'changes_requested') or (e.kind = 'commented' and e.review is not null)
            then 1 else 0 end as looks,
        {{ kind_of('e.actor', 'd') }} as actor_kind, coalesce(d.person, e.actor) as person, w.author_person
    from {{ touched('change_events') }} e
    join wanted w on w.change = e.change
    left join {{ ref('dim_accounts') }} d on d.account = e.actor
    where e.deleted_at is null and e.at is not null
        and e.kind in ('ready', 'drafted', 'reviewed', 'approved', 'changes_requested', 'commented', 'pushed', 'force_pushed')
),

toggles as (
    select change, min(case when kind = 'ready' then moment end) as first_ready, min(case when kind = 'drafted' then moment end) as first_draft
    from events
    where kind in ('ready', 'drafted')
    group by change
),

ready as (
    select
        w.change,
        case
            when t.first_ready is not null and coalesce(t.first_ready <= t.first_draft, true) then t.first_ready
            when t.change is null and w.draft then null
            else w.opened_at
        end as ready_at
    from wanted w
    left join toggles t on t.change = w.change
),

looks as (
    select
        e.change, e.moment, e.kind, e.person, e.actor_kind = 'human' as by_human,
        e.actor_kind in ('review_agent', 'coding_agent') as by_agent,
        -- Who looks at a draft answers no call for review, whether it was never ready or was taken back.
        e.moment >= r.ready_at and not exists (
            select 1 from {{ made('draft_spells') }} d
            where d.change = e.change and d.from_at < e.moment and coalesce(e.moment < d.to_at, true)
        ) as counts
    from events e
    join ready r on r.change = e.change
    where e.looks = 1 and e.person is distinct from e.author_person and e.person is not null
),

seen as (
    select
        change,
        min(case when by_human and counts then moment end) as first_review_at,
        min(case when by_human then moment end) as first_look_at,
        min(case when by_agent then moment end) as first_agent_review_at,
        min(case when by_human and kind = 'approved' then moment end) as approved_at,
        count(case when by_human then 1 end) as reviews,
        count(distinct case when by_human then person end) as reviewers
    from looks
    group by change
),

sequence as (
    select
        e.change, e.moment, e.looks,
        lag(e.looks) over (partition by e.change order by e.moment, e.looks) as before
    from events e
    where e.kind in ('pushed', 'force_pushed')
        or (e.looks = 1 and e.actor_kind = 'human' and e.person is distinct from e.author_person and e.person is not null)
),

rounds as (
    select change, count(*) as rounds from sequence where looks = 1 and coalesce(before, 0) = 0 group by change
)

select
    w.change, w.repository, w.author, w.author_kind as opened_by, w.state, w.opened_at, r.ready_at, s.first_review_at,
    s.first_look_at, s.first_agent_review_at, s.approved_at, w.merged_at, w.closed_at,
    coalesce(s.reviews, 0) as reviews, coalesce(s.reviewers, 0) as reviewers, coalesce(n.rounds, 0) as rounds,
    w.additions, w.deletions, w.changed_files
from wanted w
join ready r on r.change = w.change
left join seen s on s.change = w.change
left join rounds n on n.change = w.change
