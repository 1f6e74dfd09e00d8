-- One row for each human reviewer of a change: asked when, answered when, still awaited or not.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes'}) }}
with wanted as (
    select c.id as change, c.repository, c.state, c.author
    from {{ touched('changes') }} c
    where c.deleted_at is null
),

events as (
    select e.change, e.kind, e.at as moment, case when e.kind like 'review_req%' then e.subject else e.actor end as account
    from {{ touched('change_events') }} e
    join wanted w on w.change = e.change
    where e.deleted_at is null and e.at is not null
        and e.kind in ('review_requested', 'review_request_removed', 'reviewed', 'approved', 'changes_requested')
        and (e.kind like 'review_req%' or e.actor is distinct from w.author)
),

by_person as (
    select e.change, coalesce(d.person, e.account) as reviewer, min(e.account) as account,
        min(case when e.kind = 'review_requested' then e.moment end) as requested_at,
        max(case when e.kind = 'review_requested' then e.moment end) as last_requested_at,
        max(case when e.kind = 'review_request_removed' then e.moment end) as removed_at,
        min(case when e.kind in ('reviewed', 'approved', 'changes_requested') then e.moment end) as first_review_at,
        max(case when e.kind in ('reviewed', 'approved', 'changes_requested') then e.moment end) as last_review_at,
        count(case when e.kind in ('reviewed', 'approved', 'changes_requested') then 1 end) as reviews
    from events e
    left join {{ ref('dim_accounts') }} d on d.account = e.account
    where e.account is not null and {{ kind_of('e.account', 'd') }} = 'human'
    group by e.change, coalesce(d.person, e.account)
)

select
    b.change, w.repository, b.reviewer, b.account, b.requested_at, b.first_review_at, b.last_review_at, b.reviews,
    w.state = 'open' and b.last_requested_at is not null
        and coalesce(b.last_review_at < b.last_requested_at, true)
        and coalesce(b.removed_at < b.last_requested_at, true) as awaited
from by_person b
join wanted w on w.change = b.change
