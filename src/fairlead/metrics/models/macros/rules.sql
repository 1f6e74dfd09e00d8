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
