-- Test coverage of the main branch: the last measurement of each day.
with measured as (
    select
        c.id, c.repository, c.sha, c.at as measured_at, cast(c.at as date) as day, c.lines_covered, c.lines_total,
        row_number() over (partition by c.repository, cast(c.at as date) order by c.at desc, c.id) as nth
    from {{ source('records', 'coverage') }} c
    join {{ ref('dim_repositories') }} r on r.repository = c.repository
    where c.deleted_at is null and c.at is not null and c.lines_total > 0
        and (c.branch is null or {{ on_main('c.branch', 'r') }})
)

select id as coverage, repository, sha, day, measured_at, lines_covered, lines_total,
    {{ real('lines_covered') }} / lines_total as share
from measured
where nth = 1
