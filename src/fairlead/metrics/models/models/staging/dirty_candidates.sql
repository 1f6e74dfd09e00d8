-- Candidates of deployments of which the row may differ from yesterday's.
{{ config(enabled=var('deltas', false)) }}
with tags as (select distinct repository, tag from {{ source('delta', 'releases') }})

select id as deployment from {{ source('delta', 'deployments') }}
union
select id from {{ source('delta', 'builds') }}
union
-- A job counts by its own trigger or by that of its pipeline.
select b.id from {{ source('records', 'builds') }} b join {{ source('delta', 'builds') }} p on p.id = b.parent
union
select id from {{ source('delta', 'releases') }}
union
-- Releases and tags of one name lend each other their commit, and deployments of that name too.
select r.id from {{ source('records', 'releases') }} r join tags t on t.repository = r.repository and t.tag = r.tag
union
select d.id
from {{ source('records', 'deployments') }} d
join tags t on t.repository = d.repository and t.tag = coalesce(d.ref, d.version)
where d.sha is null
