-- One row for each test on each commit where it ran: how often, how it ended, and whether it did both.
{{ config(materialized='incremental', unique_key='place', meta={'dirty': 'dirty_tests'}) }}
with told as (
    select
        coalesce(t.sha, t.build, t.id) as place, t.id, t.repository, t.sha, t.build, t.suite, coalesce(t.name, t.suite) as name,
        t.at as moment, t.duration_s, case when t.result = 'error' then 'failed' else t.result end as result,
        {{ test_run_name('t') }} as run, coalesce(b.name, '') as build_name, split_part(t.build, '/', -1) as number
    from {{ source('records', 'test_results') }} t
    left join {{ source('records', 'builds') }} b on b.id = t.build and b.deleted_at is null
    where t.deleted_at is null and t.repository is not null and t.at is not null and t.result is not null
        and coalesce(t.name, t.suite) is not null
        {% if is_incremental() %} and coalesce(t.sha, t.build, t.id) in (select place from {{ ref('dirty_tests') }}) {% endif %}
),

-- A test may fail on one system and pass on another by right. What tells systems apart is how the run and its build are
-- called; what tells attempts apart is the number at the end of both, which the build's id ends in too.
placed as (
    select *, build_name || '/' || case
        when run = number then ''
        when length(run) > length(number) and right(run, length(number)) = number
            and substr(run, length(run) - length(number), 1) in ('-', '_', '.', '/', ' ')
            then left(run, length(run) - length(number) - 1)
        else run end as environment
    from told
)

select
    place, repository, min(sha) as sha, suite, name, environment,
    repository || ' ' || coalesce(suite || ' ', '') || name as test,
    count(*) as runs, count(case when result = 'passed' then 1 end) as passed,
    count(case when result = 'failed' then 1 end) as failed, count(case when result = 'skipped' then 1 end) as skipped,
    -- The code was the same, so that it cannot have been the reason.
    count(case when result = 'passed' then 1 end) > 0 and count(case when result = 'failed' then 1 end) > 0 as flaky,
    coalesce(min(case when result = 'failed' then moment end), max(moment)) as "at",
    median(case when result = 'passed' then duration_s end) as duration_s,
    coalesce(min_by(id, {'moment': moment, 'id': id}) filter (result = 'failed'), max_by(id, {'moment': moment, 'id': id})) as case_id
from placed
group by place, repository, suite, name, environment
