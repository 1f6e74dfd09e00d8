-- Names of builds on commits of which an attempt came, went or changed.
{{ config(enabled=var('deltas', false)) }}
select distinct repository || '@' || sha || ':' || coalesce(name, '') as flake from {{ source('delta', 'builds') }}
where repository is not null and sha is not null
