-- What counts in each repository, without how much of it there is: the numbers move daily, the choice hardly ever.
select repository, made_from, kind from {{ ref('what_counts') }} where chosen
