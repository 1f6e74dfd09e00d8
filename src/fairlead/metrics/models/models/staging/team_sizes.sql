-- How many people a team has now: below a size that is set, figures and rows about them are kept back.
select t.team, count(distinct coalesce(d.person, t.account)) as people
from {{ ref('account_teams') }} t
left join {{ ref('dim_accounts') }} d on d.account = t.account
where t.valid_to is null and {{ kind_of('t.account', 'd') }} = 'human'
group by t.team
