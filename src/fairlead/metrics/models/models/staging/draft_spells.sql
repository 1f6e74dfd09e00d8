-- From when to when a change was marked as a draft; one opened as a draft is not marked, see `ready_at` of its reviews.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes'}) }}

with toggles as (
    select
        e.change, e.kind, e.at as from_at,
        -- Tools tell time in seconds: of two marks within one, "ready" is the later, as in `change_turns`.
        lead(e.at) over (partition by e.change order by e.at, e.kind) as to_at
    from {{ touched('change_events', 'change') }} e
    where e.deleted_at is null and e.at is not null and e.kind in ('ready', 'drafted')
)

select change, from_at, to_at from toggles where kind = 'drafted' and (to_at is null or from_at < to_at)
