"""Files of the public sets become plan files that can be planned; a broken one is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.project_files import UnreadableError, converted
from benchmarks.rcpsp import project

from fairlead.planning.project import makespan, violations
from fairlead.planning.scheduling import schedule

STARS = "*" * 72
MM = f"""{STARS}
file with basedata            : small.bas
{STARS}
projects                      :  1
jobs (incl. supersource/sink ):  4
horizon                       :  9
RESOURCES
  - renewable                 :  1   R
  - nonrenewable              :  1   N
  - doubly constrained        :  0   D
{STARS}
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        2          1           4
   3        2          1           4
   4        1          0
{STARS}
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  N 1
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     2       1    4
         2     5       1    0
  3      1     3       2    9
         2     3       1    3
  4      1     0       0    0
{STARS}
RESOURCEAVAILABILITIES:
  R 1  N 1
    2    6
{STARS}
"""
RCP = """4 1
2
0 0 2 2 3
3 2 1 4
4
1 1
4
0 0 0
"""
MSRCP = """* Project Module *
4\t2\t2\t1
9
9
0\t2\t2\t3
2\t1\t4
3\t1\t4
0\t0

* Workforce Module *
1\t0
1\t1

* Workforce Module with Skill Levels *
1\t0
1\t1

* Skill Requirements Module *
0\t0
1\t1
1\t0
0\t0
"""
DEF = """General characteristics:
Tasks: 3
Resources: 2
ResourceID \t Salary \t Skills
1\t \t13.8\t Q0: 1 \t Q1: 2
2\t \t9.1\t Q0: 3
==========
TaskID \t Duration \t Skill \t Predecessor IDs
1\t4\tQ0:\t2
2\t3\tQ1:\t1
3\t2\tQ0:\t3\t1\t2
"""
FILES = {"small.mm": (MM, 5), "small.rcp": (RCP, 7), "small.msrcp": (MSRCP, 5), "small.def": (DEF, 6)}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_each_set_is_planned(tmp_path: Path, name: str) -> None:
    text, length = FILES[name]
    (tmp_path / name).write_text(text)
    asked = project(converted(tmp_path / name))
    found = schedule(asked, within_s=2.0)
    assert violations(asked, found.schedule) == []
    assert (found.status, makespan(found.schedule)) == ("optimal", length)


def test_a_mode_that_asks_for_more_than_there_is_is_none(tmp_path: Path) -> None:
    (tmp_path / "small.mm").write_text(MM)
    third = converted(tmp_path / "small.mm")["tasks"][2]
    assert [mode["id"] for mode in third["modes"]] == ["2"]


@pytest.mark.parametrize(
    ("name", "before", "after", "line", "words"),
    [
        ("small.mm", "jobs (incl. supersource/sink ):  4", "jobs (incl. supersource/sink ):  5", 19, "5"),
        (
            "small.mm",
            "   2        2          1           4",
            "   2        2          2           4",
            15,
            "do not follow",
        ),
        (
            "small.mm",
            "   2        2          1           4",
            "   2        2          1           9",
            1,
            "followed by 9",
        ),
        ("small.mm", "         2     5       1    0", "         2     5       1", 24, "3 numbers"),
        ("small.mm", "RESOURCEAVAILABILITIES:", "", 1, "no `RESOURCEAVAILABILITIES`"),
        ("small.mm", "    2    6", "    2", 31, "1 capacities of 2"),
        ("small.mm", "constrained        :  0", "constrained        :  1", 10, "twice"),
        ("small.rcp", "3 2 1 4", "3 x 1 4", 4, "whole numbers"),
        ("small.rcp", "4\n0 0 0\n", "", 6, "too early"),
        ("small.rcp", "0 0 0\n", "0 0 0 7 7\n", 8, "left"),
        ("small.msrcp", "1\t1\n1\t0\n0\t0\n", "1\t1\n", 20, "2 rows"),
        ("small.msrcp", "2\t1\t4", "2\t3\t4", 6, "do not follow"),
        ("small.def", "2\t3\tQ1:\t1", "2\tQ1:\t1", 10, "no task like"),
        ("small.def", "3\t1\t2\n", "3\t1\t8\n", 1, "waits for 8"),
        ("small.txt", "", "", 1, "a file ends in"),
    ],
)
def test_a_broken_file_is_told_with_its_line(
    tmp_path: Path, name: str, before: str, after: str, line: int, words: str
) -> None:
    text = FILES.get(name, (MM, 0))[0]
    assert before in text
    (tmp_path / name).write_text(text.replace(before, after, 1))
    with pytest.raises(UnreadableError, match=words) as fault:
        converted(tmp_path / name)
    assert f"{name}:{line}: " in str(fault.value)
