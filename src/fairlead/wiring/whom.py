"""Whom the words of a rule mean for one signal: whose turn it is, who has it, its team, a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairlead.wiring.directory import Directory

Row = Mapping[str, Any]

_TURNS = """
select change as subject, account, team from change_turns where until is null and change in (select unnest($ids))
order by change, party
"""
_ASSIGNED = """
select id as subject, assignee as account, assignees from work_items where id in (select unnest($ids))
union all
-- who answers for an objective, or looks after the value of a key result
select id, owner, null from objectives where owner is not null and id in (select unnest($ids))
union all
select k.id, coalesce(k.owner, o.owner), null from key_results k left join objectives o on o.id = k.objective
where coalesce(k.owner, o.owner) is not null and k.id in (select unnest($ids))
"""
# Who is on call answers for an incident: neither it nor its service names a person. The lowest level is called first.
_ON_CALL = """
select distinct on (i.id) i.id as subject, coalesce(s.person, s.account) as account
from incidents i join oncall_shifts s on s.deleted_at is null
    and (s.service = i.service or (s.service is null and s.team = i.team))
    and s.start_at <= $now and (s.end_at is null or s.end_at > $now)
where i.id in (select unnest($ids))
order by i.id, coalesce(s.level, 1), s.start_at desc, s.id
"""


class Whom:
    """Answers for a batch of signals, loaded at once."""

    def __init__(self, directory: Directory, signals: Iterable[Row]) -> None:
        self._directory = directory
        ids = sorted({str(signal["subject"]) for signal in signals if signal["subject"]})
        rows = directory.asked.warehouse.rows
        now = directory.asked.scope.naive_now
        self._turn: dict[str, list[str]] = {}
        self._assigned: dict[str, list[str]] = {}
        if not ids:
            return
        for row in rows(_TURNS, {"ids": ids}):
            self._turn.setdefault(row["subject"], []).append(row["account"] or row["team"] or "")
        for row in rows(_ASSIGNED, {"ids": ids}):
            accounts = [row["account"], *(row["assignees"] or ())]
            self._assigned[row["subject"]] = [account for account in accounts if account]
        for row in rows(_ON_CALL, {"ids": ids, "now": now}):
            self._assigned.setdefault(row["subject"], []).append(row["account"] or "")

    def meant(self, word: str, signal: Row) -> list[str]:
        """Recipients that a word means; where it means nobody known, the signal's team."""
        subject, team = str(signal["subject"] or ""), str(signal["team"] or "")
        if word.startswith("role:"):
            return self._directory.with_role(word.removeprefix("role:"), team)
        if word == "turn":
            # of what is no change it is the turn of whoever has it
            found = self.known(self._turn.get(subject) or self._assigned.get(subject) or ())
        elif word == "assignee":
            found = self.known(self._assigned.get(subject, ()))
        elif word == "owner":
            found = self.known([str(signal["owner"] or "")])
        elif word == "lead":
            found = self._directory.lead(team)
        else:
            found = self.known([word])
        return found or self._directory.of_team(team)

    def known(self, ids: Iterable[str]) -> list[str]:
        """Accounts, people and teams as recipients; bots and strangers are none."""
        directory, found = self._directory, list[str]()
        for one in ids:
            if one.startswith("team:") or "/" in one:
                found += directory.of_team(one)
            else:
                found += directory.people([directory.asked.names.person_of.get(one, one)])
        return list(dict.fromkeys(found))
