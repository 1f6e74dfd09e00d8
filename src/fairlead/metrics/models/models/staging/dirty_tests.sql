-- Commits of which a result of a test came, went or changed, or the name of the build that ran it.
{{ config(enabled=var('deltas', false)) }}
select coalesce(sha, build, id) as place from {{ source('delta', 'test_results') }}
union
select coalesce(t.sha, t.build, t.id) from {{ source('records', 'test_results') }} t
where t.build in (select id from {{ source('delta', 'builds') }})
