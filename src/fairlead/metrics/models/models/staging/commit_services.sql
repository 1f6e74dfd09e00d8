-- Which services a commit that stands for itself touches, by its files or because the service is the whole repository.
select c.commit, s.service
from {{ ref('lone_commits') }} c
join {{ source('setup', 'setup_services') }} s on s.repository = c.repository and s.whole_repository
union
select f.commit, p.service
from {{ ref('lone_commits') }} c
join {{ source('records', 'commit_files') }} f on f.commit = c.commit and f.deleted_at is null
join {{ source('setup', 'setup_service_paths') }} p on p.repository = c.repository
where case when p.folder is not null then f.path = p.folder or starts_with(f.path, p.folder || '/')
    else {{ matches_column('f.path', 'p.pattern') }} end
