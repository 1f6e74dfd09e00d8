-- Changes that repair production, with the deployment that brought them and the one that they take back.
select
    f.change, f.kind, c.deployment as fixed_by,
    -- What a revert takes back is known by number or title; what a hotfix repairs is what ran before it.
    (select min(o.deployment)
        from {{ ref('change_lead_times') }} o
        where o.repository = f.repository and o.merged_at < c.merged_at
            and (o.change = f.repository || '#' || cast(f.reverts_number as varchar)
                or (f.reverts_number is null and o.title = f.reverts_title))) as taken_back
from {{ ref('change_fixes') }} f
join {{ ref('change_lead_times') }} c on c.change = f.change
where c.deployment is not null and c.deploy_missing is null
