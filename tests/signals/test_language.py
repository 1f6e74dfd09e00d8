"""Conditions: what they mean, what they refuse, and that nothing somebody writes becomes SQL."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from fairlead.metrics.seeds import glob_pattern
from fairlead.signals.language.check import View, check
from fairlead.signals.language.compile import Statement
from fairlead.signals.language.filters import WrongFilterError, filter_of
from fairlead.signals.language.parse import DEEPEST, LONGEST, WrongError, parse
from fairlead.signals.language.say import say
from fairlead.signals.language.tree import Column, Compared, Denied, Joined, Known, Like, Literally, Node

VIEW = View({
    "state": "text", "draft": "flag", "since": "time", "lines": "number", "files": "number", "labels": "texts",
})  # fmt: skip


def faults(text: str) -> list[str]:
    try:
        return [f"{fault.at}: {fault.message}" for fault in check(parse(text), VIEW)]
    except WrongError as fault:
        return [f"{fault.at}: {fault.message}"]


UNITS = "working time is compared with `bh` and `bd`, calendar time with m, h, d and w"


@pytest.mark.parametrize(("text", "said"), [
    ("lins > 5", "0: no column `lins`; did you mean `lines`?"),
    ("lines", "0: a condition says yes or no, and this is a number"),
    ("state > 3", "0: a text cannot be compared with a number"),
    ("state > 'a'", "0: a text cannot be compared so"),
    ("labels = 'x'", "0: a list of texts cannot be compared with a text"),
    ("biztime_since(since) > 8h", f"0: {UNITS}; did you mean `time_since(since)`?"),
    ("since > 8bh", "0: a moment cannot be compared with working time; did you mean `biztime_since(since)`?"),
    ("not " * 400 + "draft", "0: this nests more than 40 deep"),
    ("lines > " + "9" * 400, "8: `999999999999...` is more than anybody counts"),
    ("time_since(since) > 99999d", "20: `99999d` is longer than a hundred years"),
    ("time_since(since) > 3bd", f"0: {UNITS}; did you mean `biztime_since(since)`?"),
    ("has(state, 'x')", "4: `has` wants a list of texts, got a text"),
    ("time_since(since, since) > 1h", "0: `time_since` takes 1, got 2"),
    ("age(since) > 1h", "0: no function `age`"),
    ("not lines", "4: `not` denies what is yes or no, and this is a number"),
    ("draft and lines", "10: `and` joins what is yes or no, and this is a number"),
    ("lines like 'x'", "0: `like` compares texts, and this is a number"),
    ("thresholds.first_review > 1bh", "0: no setting `thresholds.first_review`; did you mean"),
    ("biztime_since(since) > thresholds.red_main_minutes", "0: working time is compared with"),
    ("time_since(since) > p85(cycle)", "20: no history `cycle`"),
    ("state like '[z-a]'", "0: `[z-a]` is no glob"),
    ("lines + state > 1", "0: `+` reckons with numbers and lengths, not with a text"),
    ("state == 'open'", "7: one `=` compares"),
    ('state = "open"', "8: texts stand in single quotes: 'open'"),
    ("draft && draft", "6: write `and` and `or`"),
    ("draft or", "8: the condition ends too early"),
    ("state = 'open'; drop table changes", "14: `;` cannot stand here"),
    ("x" * (LONGEST + 1), f"0: {LONGEST + 1} characters are too long for a condition"),
    ("not (" * (DEEPEST + 1) + "draft" + ")" * (DEEPEST + 1), "0: conditions stand in conditions more than 5 deep"),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, said: str) -> None:
    assert [found for found in faults(text) if found.startswith(said)], faults(text)


def test_every_fault_is_told_at_once() -> None:
    assert len(faults("lins > 5 and stat = 'x' and has(draft, 'y')")) == 3


ROW: dict[str, Any] = {
    "id": 1, "state": "open", "draft": False, "since": datetime(2026, 9, 18, 9), "lines": 40.0, "files": None,  # noqa: DTZ001
    "labels": ["On-Hold"], "calendar": "c",
}  # fmt: skip


CON = duckdb.connect()


def judged(text: str) -> bool | None:
    """A condition of one row at noon of Monday the 21st, in a week of nine to five."""
    node = parse(text)
    assert check(node, VIEW) == []
    statement = Statement({name: name for name in VIEW.columns})
    condition = statement.condition(node)
    con = CON.cursor()
    con.execute("create or replace temp table working_slots (calendar varchar, day date, from_at timestamp, "
                "to_at timestamp, end_at timestamp, worked_before_s double)")  # fmt: skip
    for day, worked in ((18, 0.0), (21, 8.0)):
        con.execute("insert into working_slots values ('c', ?, ?, ?, ?, ?)", [
            f"2026-09-{day}", f"2026-09-{day} 09:00", f"2026-09-{day + 1} 00:00", f"2026-09-{day} 17:00",
            worked * 3600,
        ])  # fmt: skip
    listed = ", ".join(
        f"cast($r_{name} as {kind}) as {name}" for name, kind in (
            ("id", "int"), ("state", "varchar"), ("draft", "boolean"), ("since", "timestamp"), ("lines", "double"),
            ("files", "double"), ("labels", "varchar[]"), ("calendar", "varchar"),
        )
    )  # fmt: skip
    sql = f"select {condition} from (select {listed}) v {statement.joins()}"
    params = {**statement.params, "now": datetime(2026, 9, 21, 12), **{f"r_{name}": ROW[name] for name in ROW}}  # noqa: DTZ001
    found = con.execute(sql, {name: value for name, value in params.items() if f"${name}" in sql}).fetchone()
    assert found is not None
    return found[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("text", "holds"), [
    ("state = 'open' and not draft", True),
    ("STATE = 'open'", None),
    ("biztime_since(since) = 11bh", True),
    ("biztime_since(since) > 1bd and biztime_since(since) < 2bd", True),
    ("time_since(since) = 75h", True),
    ("time_until(since) < 0h", True),
    ("has(labels, 'on-hold', 'wip')", True),
    ("has(labels, 'wip')", False),
    ("count(labels) = 1", True),
    ("lines / 2 + 5 = 25", True),
    ("lines / 0 > 5", None),
    ("rank('high') > rank('medium')", True),
    ("rank(state) is known", False),
    ("state like 'op?n'", True),
    ("'größer' like 'gr??er'", True),
    ("lines >= 50%", True),
    ("state like 'op*'", True),
    ("state like '%'", False),
    ("state in ('closed', 'open')", True),
    ("state not in ('closed', 'open')", False),
    # what nobody knows is neither
    ("files > 3", None),
    ("not files > 3", None),
    ("files > 3 or draft", None),
    ("files > 3 or lines > 3", True),
    ("files > 3 and draft", False),
    ("files is known", False),
    ("files is unknown and lines is known", True),
])  # fmt: skip
def test_what_conditions_mean(text: str, holds: bool | None) -> None:
    if text.startswith("STATE"):
        assert faults(text)
        return
    assert judged(text) is holds


SLOTS = ((datetime(2026, 9, 18, 9), datetime(2026, 9, 18, 17)), (datetime(2026, 9, 21, 9), datetime(2026, 9, 21, 17)))  # noqa: DTZ001


def worked(since: datetime, until: datetime) -> float:
    """Working seconds between two moments of these two days."""
    if until < since:
        return -worked(until, since)
    slots = ((max(since, at.replace(tzinfo=UTC)), min(until, to.replace(tzinfo=UTC))) for at, to in SLOTS)
    return sum(max(0.0, (to - at).total_seconds()) for at, to in slots)


NUMBERS = st.recursive(
    st.sampled_from(["lines", "files", "3", "0", "40", "50%", "count(labels)", "rank(state)"]),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
    max_leaves=3,
)
HELD = st.one_of(
    st.builds("{} {} {}".format, NUMBERS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), NUMBERS),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["biztime_since(since)", "biztime_until(since)"]),
        st.sampled_from("<>="),
        st.sampled_from(["11bh", "1bd", "0bh - 11bh"]),
    ),
    st.builds("time_since(since) {} {}".format, st.sampled_from("<>="), st.sampled_from(["75h", "3d"])),
    st.builds("state like '{}'".format, st.text("op?*en[ö]", max_size=5)),
    st.sampled_from(
        [
            "draft",
            "state = 'open'",
            "lower(state) = 'open'",
            "state in ('a', 'open')",
            "files in (1, 2)",
            "lines in (1, files)",
            "has(labels, 'on-hold')",
            "files is known",
            "draft is unknown",
            "rank(state) is known",
        ]
    ),
)
CONDITIONS = st.recursive(
    HELD,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "or"]), inner),
    ),
    max_leaves=3,
)


@settings(max_examples=examples(150), deadline=None)
@given(CONDITIONS)
def test_a_filter_means_the_same_over_a_plain_row(text: str) -> None:
    now = datetime(2026, 9, 21, 12, tzinfo=UTC)
    try:
        plain = filter_of(text, VIEW)
    except WrongFilterError as fault:
        assert "no glob" in str(fault) or "deep" in str(fault)
        return
    assert plain.holds(ROW, now, worked) is judged(text), text


def test_a_filter_tells_all_that_is_wrong_with_it_and_asks_a_table_too() -> None:
    with pytest.raises(WrongFilterError, match=r"no column `lins`.*no function `age`"):
        filter_of("lins > 3 and age(since) > 1h", VIEW)
    sql, params = filter_of("lines > 3 and time_since(since) > 1h", VIEW).where(
        {"lines": "size", "since": "at"}, datetime(2026, 9, 21, 12, tzinfo=UTC)
    )
    rows = "(select unnest([2, 4, null]) as size, timestamp '2026-09-21 10:00' as \"at\") v"
    assert duckdb.connect().execute(f"select size from {rows} {sql}", params).fetchall() == [(4,)]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\n", exclude_categories=("Cc", "Cs")), max_size=6)
VALUES = st.one_of(
    st.builds(lambda value: Literally(value, "text", 0, "'" + value.replace("'", "''") + "'"), TEXTS),
    st.builds(lambda value: Literally(float(value), "number", 0, str(value)), st.integers(0, 999)),
    st.builds(lambda value: Literally(value * 3600.0, "worked", 0, f"{value}bh"), st.integers(0, 99)),
    st.sampled_from([Column(name, 0) for name in VIEW.columns]),
)
TREES = st.recursive(
    st.one_of(
        st.builds(Compared, st.sampled_from(["=", "!=", "<", ">="]), VALUES, VALUES, st.just(0)),
        st.builds(Known, VALUES, st.just(0)),
        st.builds(Like, st.just(Column("state", 0)), TEXTS, st.just(0)),
    ),
    lambda inner: st.one_of(
        st.builds(Denied, inner, st.just(0)),
        st.builds(
            lambda how, parts: Joined(how, tuple(parts), 0),
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
    ),
    max_leaves=6,
)


def placeless(node: Any) -> Any:
    """The tree without its places."""
    if isinstance(node, tuple):
        return tuple(placeless(one) for one in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changed = {field.name: placeless(getattr(node, field.name)) for field in fields(node) if field.name != "at"}
    return replace(node, at=0, **changed)  # type: ignore[type-var]


@settings(max_examples=examples(150), deadline=None)
@given(TREES)
def test_what_is_said_is_read_back(tree: Node) -> None:
    try:
        found = parse(say(tree))
    except WrongError as fault:
        assert "deep" in fault.message
        return
    assert placeless(found) == tree


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_a_fault(text: str) -> None:
    faults(text)


@settings(max_examples=examples(60), deadline=None)
@given(TEXTS)
def test_a_text_never_becomes_sql(text: str) -> None:
    statement = Statement({"state": "state"})
    sql = statement.condition(
        parse(f"state = '{text.replace(chr(39), chr(39) * 2)}' or state like '{text.replace(chr(39), chr(39) * 2)}'")
    )
    assert sql == """((v."state" = $p0) or regexp_full_match(v."state", $p1, 's'))"""
    assert list(statement.params.values()) == [text, glob_pattern(text)]
    assert not re.search("[';]", sql.replace("'s'", ""))
