-- Which teams own a repository.
select r.repository, t.team
from {{ ref('dim_repositories') }} r
join {{ source('setup', 'setup_team_repositories') }} t on {{ matches_column('lower(r.repository)', 't.pattern') }}
union
select repository, team from {{ ref('dim_repositories') }} where team is not null
