-- Test coverage of the main branch: of each day the commit that was measured last, its reports added up.
with measured as (
    -- Each suite or package hands over a report of its own under its own name, and each anew with every commit.
    select
        c.repository, max(c.sha) as sha, max(c.at) as measured_at, max_by(c.id, {'moment': c.at, 'id': c.id}) as coverage,
        cast(sum(c.lines_covered) as bigint) as lines_covered, cast(sum(c.lines_total) as bigint) as lines_total,
        count(*) as reports
    from {{ source('records', 'coverage') }} c
    join {{ ref('dim_repositories') }} r on r.repository = c.repository
    where c.deleted_at is null and c.at is not null and c.lines_total > 0 and c.lines_covered is not null
        and (c.branch is null or {{ on_main('c.branch', 'r') }})
    group by c.repository, coalesce(c.sha, c.id)
),

dated as (
    select *, cast(measured_at as date) as day,
        row_number() over (partition by repository, cast(measured_at as date) order by measured_at desc, coverage) as nth
    from measured
)

select coverage, repository, sha, day, measured_at, lines_covered, lines_total,
    {{ real('lines_covered') }} / lines_total as share, reports
from dated
where nth = 1
