-- What counts as a deployment in each repository, and why: as configured, else the best that the data hold.
with merges as (
    select c.repository, cast(sum(c.merged) as bigint) as candidates
    -- By branch first: what a branch is to its repository is then asked for a few names, not for every change.
    from (
        select repository, base_branch, count(*) as merged
        from {{ source('records', 'changes') }}
        where state = 'merged' and deleted_at is null and merged_at is not null
        group by repository, base_branch
    ) c
    join {{ ref('dim_repositories') }} r on r.repository = c.repository
    where {% if var('branch') %}{{ matches('c.base_branch', var('branch')) }}{% else %}{{ on_main('c.base_branch', 'r') }}{% endif %}
    group by c.repository
),

{#- A deployment of several repositories has none of its own: it counts for each that it carries. #}
parts as (
    select deployment, made_from, recorded, counts_as_production, result, repository
    from {{ ref('deployment_candidates') }}
    where repository is not null
    union all
    select distinct d.deployment, d.made_from, d.recorded, d.counts_as_production, d.result, coalesce(k.repository, '')
    from {{ ref('deployment_candidates') }} d
    left join {{ source('records', 'deployment_commits') }} k on k.deployment = d.deployment and k.deleted_at is null
    where d.repository is null
),

counted as (
    select
        repository, made_from, case when recorded then 'deployment' else made_from end as kind,
        count(*) as candidates,
        count(case when counts_as_production and result = 'success' then 1 end) as productive
    from parts
    group by repository, made_from, recorded
    union all
    select repository, 'merge', 'merge', candidates, candidates from merges
),

{#- As stated the first wins; records of deployments from several tools complete each other and stand together. #}
stated as (
    select
        c.*,
        {% if var('deployment_sources') -%}
        case c.made_from {% for name in var('deployment_sources') %}when '{{ name }}' then {{ loop.index }} {% endfor %}end as position
        {%- else -%}
        case kind when 'deployment' then 1 when 'workflow' then 2 when 'release' then 3 when 'tag' then 4 else 5 end as position
        {%- endif %}
    from counted c
),

ranked as (
    select
        s.*,
        case
            when position is null or kind <> 'deployment' then position
            else min(position) over (partition by repository, kind)
        end as place
    from stated s
),

best as (
    select repository, coalesce(min(case when productive > 0 then place end), min(place)) as place
    from ranked
    group by repository
)

select
    r.repository, r.made_from, r.kind, r.candidates, r.productive,
    coalesce(r.place = b.place, false) as chosen,
    case
        when r.place is null then 'not configured'
        when r.place > b.place then 'better data are there'
        when r.place < b.place then 'none of them reaches production'
        {% if var('deployment_sources') -%}
        else 'configured'
        {%- else -%}
        when r.productive = 0 then 'nothing reaches production yet'
        else 'the best data there are'
        {%- endif %}
    end as why
from ranked r
join best b on b.repository = r.repository
