-- When a change was taken back to draft between its being ready and its first review: nobody was asked to look then.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes'}) }}

with toggles as (
    select
        e.change, e.kind, e.at as from_at,
        -- Tools tell time in seconds: of two marks within one, "ready" is the later, as in `change_turns`.
        lead(e.at) over (partition by e.change order by e.at, e.kind) as to_at
    from {{ touched('change_events', 'change') }} e
    where e.deleted_at is null and e.at is not null and e.kind in ('ready', 'drafted')
),

cut as (
    select t.change, greatest(t.from_at, r.ready_at) as from_at, least(coalesce(t.to_at, r.first_review_at), r.first_review_at) as to_at
    from toggles t
    join {{ ref('change_reviews') }} r on r.change = t.change
    where t.kind = 'drafted' and r.ready_at is not null and r.first_review_at is not null
)

select change, from_at, to_at from cut where from_at < to_at
