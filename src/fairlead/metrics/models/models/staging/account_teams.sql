-- In which team an account is, and from when to when; configured teams win over a tool's own.
with known as (
    select m.team, coalesce(m.person, d.person) as person, m.account, m.valid_from, m.valid_to
    from {{ source('records', 'memberships') }} m
    left join {{ ref('dim_accounts') }} d on d.account = m.account
    left join {{ source('records', 'teams') }} t on t.id = m.team
    where m.deleted_at is null and m.team is not null
        {% if var('teams_configured', false) -%} and not coalesce(t.proposed, false) {%- endif %}
),

configured as (
    select s.team, d.account
    from {{ source('setup', 'setup_team_members') }} s
    join {{ ref('dim_accounts') }} d on lower(d.account) = s.member or lower(d.person) = s.member
    union
    select s.team, a.id as account
    from {{ source('setup', 'setup_team_members') }} s
    join {{ source('records', 'accounts') }} a
        on a.deleted_at is null and (lower(a.handle) = s.member or lower(a.email) = s.member)
)

select distinct d.account, k.team, k.valid_from, k.valid_to
from known k
join {{ ref('dim_accounts') }} d on d.person = k.person
union
select distinct account, team, cast(null as timestamp), cast(null as timestamp) from configured
