-- Builds of a repository by day, on its main branch and elsewhere.
select
    repository, cast(finished_at as date) as day, on_main,
    count(*) as runs,
    count(case when result = 'success' then 1 end) as passed,
    count(case when result = 'failure' then 1 end) as failed,
    avg(queue_s) as mean_queue_s,
    avg(duration_s) as mean_duration_s
from {{ ref('build_runs') }}
group by repository, cast(finished_at as date), on_main
