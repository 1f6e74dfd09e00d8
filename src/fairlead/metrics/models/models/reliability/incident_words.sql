-- The words of each incident's title, without numbers: hosts, versions and amounts differ where the trouble is the same.
with words as (
    select incident, unnest(string_to_array(
        trim(regexp_replace(lower(title), '[0-9\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e\s]+', ' ', 'g')), ' ')) as word
    from {{ ref('counted_incidents') }}
    where title is not null
)

select distinct incident, word from words where length(word) > 1
