{#- When a working-time limit that began at a moment is reached, by the calendar of a row: the condition then needs no
    clock, and whoever asks compares with the moment of asking. `rows` has columns subject, calendar, since, limit_hours. -#}
{% macro reached(rows) -%}
select x.subject, s.from_at + (x.target - s.worked_before_s) * interval '1 second' as due_at
from (
    select r.subject, r.calendar, cast(r.since as date) as from_day,
        {{ worked('r.since', 'w') }} + r.limit_hours * 3600 as target
    from {{ rows }} r
    {{ slot_of('r.since', 'w', 'r.calendar') }}
    where r.limit_hours is not null
) x
-- Work done so far only grows along a calendar: the last stretch that begins below the target is the one that holds it.
asof join (select * from {{ source('setup', 'working_slots') }} where end_at > from_at) s
    on s.calendar = x.calendar and x.target > s.worked_before_s
-- A limit that eight weeks of a calendar do not hold is as good as never reached.
where s.day between x.from_day and x.from_day + 56
    and x.target <= s.worked_before_s + {{ seconds('s.from_at', 's.end_at') }}
{%- endmacro %}
