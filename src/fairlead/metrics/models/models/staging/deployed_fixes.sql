-- Changes that repair production, with the deployment that brought them and the one that they take back.
with fixes as (
    select f.change, f.kind, f.repository, f.reverts_title, c.merged_at, c.deployment as fixed_by,
        f.repository || '#' || cast(f.reverts_number as varchar) as reverts
    from {{ ref('change_fixes') }} f
    join {{ ref('change_lead_times') }} c on c.change = f.change
    where c.deployment is not null and c.deploy_missing is null
),

-- What a revert takes back is known by number or title; what a hotfix repairs is what ran before it.
named as (
    select f.change, true as by_number, o.change as other, o.merged_at, o.deployment
    from fixes f
    join {{ ref('change_lead_times') }} o on o.change = f.reverts and o.merged_at < f.merged_at
    union all
    select f.change, false, o.change, o.merged_at, o.deployment
    from fixes f
    join {{ ref('change_lead_times') }} o
        on o.repository = f.repository and o.title = f.reverts_title and o.merged_at < f.merged_at
),

taken as (
    -- Of several with one title the last: an earlier one has been taken back before, or was another matter.
    select *, row_number() over (partition by change order by by_number desc, merged_at desc, other) as nth from named
)

select f.change, f.kind, f.fixed_by, t.deployment as taken_back
from fixes f
left join taken t on t.change = f.change and t.nth = 1
-- What went out together with its revert has never run: nothing failed, and nothing was repaired.
where t.deployment is distinct from f.fixed_by
