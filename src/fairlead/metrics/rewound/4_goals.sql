-- Objectives that were known then, also where they were ended since; values that had been told by then.

delete from objectives where later(created_at);
update objectives set state = 'open', ended_at = null where later(ended_at);
delete from key_results where later(created_at) or objective not in (select id from objectives);
delete from check_ins where later(coalesce(created_at, "at")) or later("at");
delete from objective_links where later("at");
