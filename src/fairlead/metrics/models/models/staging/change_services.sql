-- Which services a change touches, by its files or because the service is the whole repository.
{{ config(materialized='incremental', unique_key='change', meta={'dirty': 'dirty_changes'}) }}

with wanted as (
    select c.id as change, c.repository
    from {{ touched('changes') }} c
    where c.deleted_at is null
),

by_path as (
    select w.* from wanted w
    where w.repository in (select repository from {{ source('setup', 'setup_service_paths') }})
),

own_files as (
    select f.change, p.repository, f.path
    from {{ source('records', 'change_files') }} f
    join by_path p on p.change = f.change
    where f.deleted_at is null
),

{#- Where the host did not list the files of a change, those of its commits tell the same. #}
commit_files as (
    select p.change, p.repository, f.path
    from by_path p
    join {{ touched('change_commits') }} cc on cc.change = p.change and cc.deleted_at is null
    join {{ source('records', 'commit_files') }} f on f.commit = cc.commit and f.deleted_at is null
    where p.change not in (select change from own_files)
),

files as (
    select * from own_files
    union
    select * from commit_files
)

select w.change, s.service
from wanted w
join {{ source('setup', 'setup_services') }} s on s.repository = w.repository and s.whole_repository
union
select f.change, p.service
from files f
join {{ source('setup', 'setup_service_paths') }} p on p.repository = f.repository
where case when p.folder is not null then f.path = p.folder or starts_with(f.path, p.folder || '/')
    else {{ matches_column('f.path', 'p.pattern') }} end
