{#- When a working-time limit that began at a moment is reached, by the calendar of a row: the condition then needs no
    clock, and whoever asks compares with the moment of asking. `rows` has columns subject, calendar, since, limit_hours. -#}
{% macro reached(rows) -%}
select x.subject, min(s.from_at + (x.target - s.worked_before_s) * interval '1 second') as due_at
from (
    select r.subject, r.calendar, cast(r.since as date) as from_day,
        {{ worked('r.since', 'w') }} + r.limit_hours * 3600 as target
    from {{ rows }} r
    {{ slot_of('r.since', 'w', 'r.calendar') }}
    where r.limit_hours is not null
) x
-- A limit that eight weeks of a calendar do not hold is as good as never reached.
cross join generate_series(0, 56) as ahead(days)
join {{ source('setup', 'working_slots') }} s on s.calendar = x.calendar
    and s.day = x.from_day + cast(ahead.days as integer)
    and s.worked_before_s < x.target and x.target <= s.worked_before_s + {{ seconds('s.from_at', 's.end_at') }}
group by x.subject
{%- endmacro %}
