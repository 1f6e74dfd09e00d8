-- Commits in which a coding agent had a hand: as author, co-author or by a trailer.
{{ config(materialized='incremental', unique_key='commit', meta={'dirty': 'dirty_commits'}) }}

with wanted as (
    select id, author, co_authors, trailers
    from {{ touched('commits') }}
    where deleted_at is null
),

helpers as (
    select id, unnest(co_authors) as helper from wanted where co_authors is not null
),

named as (
    select w.id, w.author as account, 'author' as hand from wanted w
    union all
    select h.id, 'email:' || lower(split_part(split_part(h.helper, '<', 2), '>', 1)), 'co_author' from helpers h
),

trailed as (
    select id, unnest(trailers) as trailer from wanted where trailers is not null
)

select n.id as commit, max(case when n.hand = 'author' then 1 else 0 end) = 1 as alone
from named n
join {{ ref('dim_accounts') }} d on d.account = n.account and d.kind = 'coding_agent'
group by n.id
union
select distinct t.id, false
from trailed t
where {{ matches('t.trailer', var('agent_trailer')) }}
    and t.id not in (
        select n.id from named n
        join {{ ref('dim_accounts') }} d on d.account = n.account and d.kind = 'coding_agent'
    )
