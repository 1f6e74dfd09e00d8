-- Which teams own a service.
select service, team from {{ source('setup', 'setup_services') }} where team is not null
union
select service, team from {{ source('setup', 'setup_team_services') }}
