-- One row for each run of tests: the results that one report, or one build, brought together.
{{ config(materialized='incremental', unique_key='place', meta={'dirty': 'dirty_tests'}) }}
select
    coalesce(t.sha, t.build, t.id) as place, t.repository, min(t.sha) as sha, t.build, {{ test_run_name('t') }} as run,
    count(*) as cases, count(case when t.result = 'passed' then 1 end) as passed,
    count(case when t.result in ('failed', 'error') then 1 end) as failed,
    count(case when t.result = 'skipped' then 1 end) as skipped,
    sum(t.duration_s) as duration_s, max(t.at) as "at",
    coalesce(min(case when t.result in ('failed', 'error') then t.id end), min(t.id)) as case_id
from {{ source('records', 'test_results') }} t
where t.deleted_at is null and t.repository is not null and t.at is not null and t.result is not null
    {% if is_incremental() %} and coalesce(t.sha, t.build, t.id) in (select place from {{ ref('dirty_tests') }}) {% endif %}
group by coalesce(t.sha, t.build, t.id), t.repository, t.build, {{ test_run_name('t') }}
