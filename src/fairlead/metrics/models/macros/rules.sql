{#- Rules that several models share. -#}

{% macro kind_of(account, known) -%}
coalesce({{ known }}.kind, case when lower({{ account }}) like '%[bot]' then 'bot' else 'human' end)
{%- endmacro %}

{% macro on_main(branch, repository) -%}
({{ branch }} = {{ repository }}.default_branch
    or ({{ repository }}.default_branch is null and {{ branch }} in ('main', 'master', 'trunk')))
{%- endmacro %}

{#- Production by the record's own word, else by name; no name at all means the one place there is. -#}
{% macro is_production(flag, environment) -%}
coalesce({{ flag }}, {{ environment }} is null
    or ({{ matches(environment, var('production')) }} and not {{ matches(environment, var('not_production')) }}))
{%- endmacro %}

{#- Working seconds before a moment; the row of `working_slots` that holds it is joined as `slot`. -#}
{% macro worked(moment, slot) -%}
({{ slot }}.worked_before_s + {{ seconds(slot ~ '.from_at', 'least(' ~ moment ~ ', ' ~ slot ~ '.end_at)') }})
{%- endmacro %}

{% macro slot_of(moment, slot, calendar) -%}
left join {{ source('setup', 'working_slots') }} {{ slot }} on {{ slot }}.calendar = {{ calendar }}
    and {{ slot }}.day = cast({{ moment }} as date)
    and {{ slot }}.from_at <= {{ moment }} and {{ moment }} < {{ slot }}.to_at
{%- endmacro %}

{#- A length of time that cannot be negative: then it is unknown, never zero. -#}
{% macro phase(start, finish) -%}
case when {{ finish }} >= {{ start }} then {{ seconds(start, finish) }} end
{%- endmacro %}

{#- What kind of work a title in the manner of Conventional Commits says; most teams write no other hint. -#}
{% macro work_type_of(title) -%}
case
    when {{ matches(title, '^(fix|bugfix|hotfix)(\\(.*\\))?!?:') }} then 'bug'
    when {{ matches(title, '^(feat|feature)(\\(.*\\))?!?:') }} then 'feature'
    when {{ matches(title, '^(refactor|perf|style)(\\(.*\\))?!?:') }} then 'tech_debt'
    when {{ matches(title, '^(chore|ci|build|deps|test|docs)(\\(.*\\))?!?:') }} then 'toil'
    else 'other'
end
{%- endmacro %}

{#- Where the coding of a change begins. A local repository does not tell when a change was opened; its lead time is
    known all the same. -#}
{% macro coding_from(first_commit_at, opened_at, merged_at) -%}
case when least(coalesce({{ opened_at }}, {{ merged_at }}), {{ merged_at }}) >= {{ first_commit_at }} then {{ first_commit_at }} end
{%- endmacro %}

{#- Why the time from merge to deployment is unknown, of a row with what is known of both. -#}
{% macro deploy_missing(row) -%}
case
        when {{ row }}.delivered_at is not null then null
        when {{ row }}.deployment is null and not {{ row }}.deploys then 'no_deployments'
        when {{ row }}.deployment is null then 'not_deployed'
        when {{ row }}.deployed_at < {{ row }}.merged_at then 'deployed_before_merge'
        else 'first_known_deployment'
    end
{%- endmacro %}

{#- Why the whole lead time is unknown: what is missing at its end says more than what is missing at its start. -#}
{% macro total_missing(row) -%}
case
        when {{ row }}.delivered_at is null then {{ deploy_missing(row) }}
        when {{ row }}.first_commit_at is null then 'no_commits'
        when {{ row }}.coding_from is null and ({{ row }}.opened_at is null or {{ row }}.first_commit_at > {{ row }}.merged_at)
            then 'first_commit_after_merge'
        when {{ row }}.coding_from is null then 'first_commit_after_opening'
    end
{%- endmacro %}

{#- The same of a commit that stands for itself. -#}
{% macro commit_missing(row) -%}
case
        when {{ row }}.deployment is null then 'not_deployed'
        when not {{ row }}.proven then 'first_known_deployment'
        when {{ row }}.authored_at is null then 'no_commits'
        when {{ row }}.deployed_at < {{ row }}.authored_at then 'deployed_before_commit'
    end
{%- endmacro %}

{#- Labels of incidents: of those that a tool for incidents holds, and of the items of work that stand for one. -#}
{% macro incident_labels() -%}
select id as incident, unnest(labels) as label
from {{ source('records', 'incidents') }} where deleted_at is null and labels is not null
union all
select id, unnest(labels) from {{ source('records', 'work_items') }} where deleted_at is null and labels is not null
{%- endmacro %}

{#- What a run of tests is called, which the ids of results hold between commit and digest (docs/connectors/results.md);
    nothing where another tool told of them. -#}
{% macro test_run_name(row) -%}
coalesce(regexp_extract({{ row }}.id, '@[0-9a-f]+/test/(.*)/[0-9a-f]+$', 1), '')
{%- endmacro %}
