"""What has changed: what rules say held against the signals that live, in the database; only differences come out.

Rules of one subject share one scan of its rows. A difference says `found` (it holds: new, due to open, or another
than before), `unsure` (nobody can know) or `gone`. What stands as it stood stays where it is: ten thousand signals of
which none changed cost one join.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fairlead.signals.judging import kinds_of, select
from fairlead.signals.language.limits import limits
from fairlead.signals.language.tree import Kind
from fairlead.signals.responding import Matrix
from fairlead.signals.rules import Rule
from fairlead.signals.templates import filled, moment_said, worded

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from fairlead.metrics.warehouse import Warehouse

MOST_UNSURE = 1_000
"""Subjects of a rule of which it is kept that nobody knows: a tool that never tells sizes must not fill the store."""
_SAME = ("severity", "urgency", "impact", "response", "team", "url", "cause", "values", "rule_version")
"""What makes a signal another one than before, though it is still the same."""
_TAKEN = ("team", "url", "severity", "urgency", "impact", "response", "cause", "values")
_ROOTS = ("root", "cause")
"""Columns of a view that name the subject at the root of a chain."""
_DAY = timedelta(days=1)
_QUADRANTS = ("high_high", "high_low", "low_high", "low_low")


@dataclass(frozen=True, slots=True)
class Difference:
    """A subject of which a rule says something else than what is held."""

    what: str
    """`found`, `unsure` or `gone`."""
    signal: str
    seen: int | None
    """Revision of the row that it was held against."""
    subject: str
    reason: str
    said: Mapping[str, Any]
    """Fields of the signal that the rule decides."""


class Engine:
    """Rules of one moment, compared with the signals that live."""

    def __init__(self, warehouse: Warehouse, matrix: Matrix, now: datetime) -> None:
        self._warehouse, self._matrix, self._now = warehouse, matrix, now
        self._limits = limits(warehouse.setup)
        self._con: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def holding(self, held: pa.Table) -> Iterator[None]:
        """Lays the signals that live beside the rows for as long as it lasts."""
        con = self._con = self._warehouse.cursor()
        try:
            con.register("held_now", held)
            # a table of its own: a scan of Arrow for each of fifty rules would read all of it each time
            con.execute("create or replace temp table held_signals as select * from held_now order by rule")
            con.unregister("held_now")
            yield
        finally:
            self._con = None
            con.close()

    def scan(self, rules: Sequence[Rule], subjects: Sequence[str] | None = None) -> list[int]:
        """Reads the rows of a subject once, for all rules about it; with `subjects` only these.

        Gives the numbers of the rules that say anything there: most are quiet, and asking each takes the longest.
        """
        asked = select(rules, self._now, self._limits, subjects=subjects)
        self._ask(f"create or replace temp table scanned as {asked.sql}", asked.params)
        said = ", ".join(f"bool_or(met_{one} is null or met_{one}) as says_{one}" for one in range(len(rules)))
        (says,) = self._ask(f"select {said} from scanned", {})  # noqa: S608 - names of ours
        # beside the rows, since what is gone from a scan of few subjects is gone only among these
        self._ask(
            "create or replace temp table looked_at as select unnest($subjects::varchar[]) as id",
            {"subjects": list(subjects or ())},
        )
        return [number for number in range(len(rules)) if says[f"says_{number}"]]

    def differences(self, rule: Rule, number: int, *, some: bool = False, silent: str = "") -> list[Difference]:
        """What a rule, by its number in the scan, says anew; with `silent` nothing can be known, for that reason."""
        kinds = kinds_of(rule)
        within = "and subject in (select id from looked_at)" if some else ""
        other = " or ".join(f'c."{name}" is distinct from h."{name}"' for name in _SAME)
        sql = f"""
            with candidates as ({self._candidates(rule, number, kinds)}),
            held as (select * from held_signals where rule = $rule {within}),
            judged as (
                select c.*, h.id as held_id, h.subject as held_subject, h.rev, h.state, h.pending_at, h.clearing_at,
                    coalesce(h.reason, '') as told, ({other} or coalesce(h.monitored, false) <> $monitored) as other,
                    case when $silent <> '' or (c.fingerprint is not null and c.met is null) then 'unsure'
                        when c.fingerprint is null then 'gone' else 'found' end as what
                from candidates c full join held h on h.fingerprint = c.fingerprint
            )
            select * from judged where {_DIFFERS}
            qualify what <> 'unsure' or held_id is not null
                or row_number() over (partition by what, held_id is null order by fingerprint) <= {MOST_UNSURE}
        """  # noqa: S608 - names of ours; values as parameters
        given = {
            "rule": rule.id, "silent": silent, "monitored": rule.written.mode == "monitor",
            "now": _naive(self._now), "hold_s": rule.hold_s, "clear_s": rule.clear_s,
        }  # fmt: skip
        return [_difference(rule, row, kinds) for row in self._ask(sql, given)]

    def long_so(self, rule: Rule, subjects: Sequence[str], judged_before: datetime) -> set[str]:
        """Those of which it held a day before we last looked, and of which the tool has said nothing since then.

        What an import brings of the past is no news, however new it is to us.
        """
        then, table = judged_before - _DAY, rule.subject.record
        if not subjects or not table:
            return set()
        asked = select([rule], then, self._limits, subjects=subjects)
        sql = f"""
            select s.id from ({asked.sql}) s join {table} r on r.id = s.id
            where s.met_0 and coalesce(r.updated_at, r.created_at) < $before
        """  # noqa: S608 - a record table, and the rule's own SELECT
        return {row["id"] for row in self._ask(sql, {**asked.params, "before": _naive(then)})}

    def _ask(self, sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        assert self._con is not None, "within `holding`"
        found = self._con.execute(sql, dict(params) or None)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _candidates(self, rule: Rule, number: int, kinds: Mapping[str, Kind | None]) -> str:
        """The rule's rows of the scan with what makes a signal of each, under the names that signals have."""
        read = [_read(name) for name in kinds]
        listed = ", ".join(f"{_text(name)}, {_json(name, kind)}" for name, kind in kinds.items())
        unknown = ", ".join(f"case when {_read(name)} is null then {_text(name)} end" for name in kinds) or "null"
        urgency, impact = (_levels(self._matrix, which) for which in ("urgency", "impact"))
        responses = " ".join(f"when '{one}' then '{getattr(self._matrix, one)}'" for one in _QUADRANTS)
        key, first = _key(rule)
        root = next((name for name in _ROOTS if name in kinds), "")
        cause = f"'signal:{rule.id}/' || nullif({_read(root)}, id)" if root else "null::varchar"
        return f"""
            select *, case urgency || '_' || impact {responses} end as response from (
                select id as subject, {key} as fingerprint, title, nullif(url, '') as url, nullif(team, '') as team,
                    met_{number} as met, severity_{number} as severity, {cause} as cause,
                    coalesce(urgency_{number}, {urgency.format(number)}) as urgency,
                    coalesce(impact_{number}, {impact.format(number)}) as impact, '{rule.version}' as rule_version,
                    json_object({listed})::varchar as "values", concat_ws(', ', {unknown}) as unknown
                    {"".join(f", {one}" for one in read)}
                from (select * from scanned where met_{number} is null or met_{number}) {first.format(number)}
            )
        """  # noqa: S608 - names of ours


_DIFFERS = """case what
    when 'unsure' then (held_id is null or state = 'pending' or state = 'unknown' and other and $silent = ''
            or told <> coalesce(nullif($silent, ''), nullif(unknown, '') || ' not known', 'not known'))
        and not ($silent <> '' and state = 'unknown' and fingerprint is null)
    when 'gone' then state <> 'open' or clearing_at is null or epoch($now::timestamp - clearing_at) >= $clear_s
    else held_id is null or state = 'unknown' or other or clearing_at is not null or told <> ''
        or state = 'pending' and epoch($now::timestamp - pending_at) >= $hold_s
end"""
"""Which rows are anything new; the reason of what is unsure is put into words as `_difference` does."""


def _difference(rule: Rule, row: Mapping[str, Any], kinds: Mapping[str, Kind | None]) -> Difference:
    signal = row["held_id"] or f"signal:{rule.id}/{row['fingerprint']}"
    subject = row["subject"] or row["held_subject"]
    reason = f"{row['unknown']} not known" if row["unknown"] else "not known"
    if row["fingerprint"] is None:
        return Difference(row["what"], signal, row["rev"], subject, reason, {})
    told = {"id": subject, **{name: _worded(row[f"read_{name}"], kind) for name, kind in kinds.items()}}
    written = rule.written
    said = {
        "rule": rule.id, "rule_version": rule.version, "monitored": written.mode == "monitor",
        "subject_kind": rule.subject.name, "subject": subject, "fingerprint": row["fingerprint"],
        "owner": written.owner, "blocker": written.blocker or None,
        "title": _headline(filled(written.title, told), row["title"] or ""),
        **{name: row[name] for name in _TAKEN},
    }  # fmt: skip
    return Difference(row["what"], signal, row["rev"], subject, reason, said)


def _headline(said: str, title: str) -> str:
    """What is the matter, and with what: most rules say it of whatever they are about."""
    if not title or title in said:
        return said
    # a sentence goes on in small letters, a key like `PAY-83` does not
    return f"{title}: {said if said[1:2].isupper() else said[:1].lower() + said[1:]}"


def _worded(value: Any, kind: Kind | None) -> str:
    # for people: the moment itself, to the second, stands among the values
    return moment_said(value) if isinstance(value, datetime) else worded(value, kind)


def _key(rule: Rule) -> tuple[str, str]:
    """What makes it the same signal again, and which of several rows of one fingerprint is the signal."""
    if not rule.fingerprint:
        return "id", ""
    # escaped, so that no two lists of values read the same
    parts = (
        "id" if name == "id" else f"coalesce(replace(replace({_read(name)}::varchar, '%', '%25'), '|', '%7C'), '')"
        for name in rule.fingerprint
    )
    key = f"concat_ws('|', {', '.join(parts)})"
    gravity = "list_position(['critical', 'high', 'medium', 'low'], severity_{0})"
    return key, f"qualify row_number() over (partition by {key} order by met_{{0}} nulls last, {gravity}, id) = 1"


def _levels(matrix: Matrix, which: str) -> str:
    said = " ".join(f"when '{name}' then '{getattr(levels, which)}'" for name, levels in matrix.severities.items())
    return "case severity_{0} " + said + " end"


def _json(name: str, kind: Kind | None) -> str:
    if kind == "time":
        return f"strftime({_read(name)}, '%Y-%m-%dT%H:%M:%SZ')"
    if kind in ("number", "length", "worked"):
        # JSON has neither infinity nor NaN
        return f"case when isfinite({_read(name)}::double) then {_read(name)}::double end"
    return _read(name)


def _read(name: str) -> str:
    return f'"read_{name}"'


def _text(said: str) -> str:
    return "'" + said.replace("'", "''") + "'"


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
