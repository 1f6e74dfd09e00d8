"""Files of the public problem sets as plan files: what a format says, and where a broken file breaks.

| ending | set | what it asks for |
|---|---|---|
| `.sm`, `.mm` | PSPLIB, MMLIB | resources that are renewed or used up, one or several modes |
| `.rcp` | Patterson's: RG30, RG300, DC1, Pack | resources, one mode; rows may be broken anywhere |
| `.msrcp` | MSLIB | people with skills, several of them for one task |
| `.def` | iMOPSE | one of the people, with a skill at a level |

Tasks without a length at both ends of a project are kept: what they say costs nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Said = dict[str, Any]
"""A plan file."""


class UnreadableError(Exception):
    """A file that is not what its ending says."""

    def __init__(self, path: Path, line: int, words: str) -> None:
        super().__init__(f"{path}:{line}: {words}")


class _Lines:
    """Lines of a file with their numbers, and the numbers in them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = path.read_text(encoding="latin-1").splitlines()

    def fault(self, at: int, words: str) -> UnreadableError:
        """A fault in a line, counted from 0."""
        return UnreadableError(self.path, min(at, len(self.lines) - 1) + 1 if self.lines else 1, words)

    def find(self, words: str) -> int:
        """The line that contains some words."""
        for at, line in enumerate(self.lines):
            if words in line:
                return at
        raise self.fault(0, f"there is no `{words}`")

    def count(self, words: str) -> int:
        """The number after a colon, in the line that begins with some words."""
        at = self.find(words)
        if not (found := re.search(r":\s*(\d+)", self.lines[at])):
            raise self.fault(at, f"`{words}` has no number")
        return int(found[1])

    def numbers(self, at: int) -> list[int]:
        """All of a line, whole numbers."""
        words = self.lines[at].split() if at < len(self.lines) else []
        try:
            return [int(word) for word in words]
        except ValueError as fault:
            raise self.fault(at, f"`{self.lines[at].strip()}` holds more than whole numbers") from fault

    def below(self, words: str) -> Iterator[tuple[int, list[int]]]:
        """Rows of numbers below a heading, as far as the next line of stars; headings of columns left out."""
        for at in range(self.find(words) + 1, len(self.lines)):
            if self.lines[at].startswith("*"):
                return
            if re.fullmatch(r"[\s\d]+", self.lines[at]) and self.lines[at].strip():
                yield at, self.numbers(at)


def converted(path: Path) -> Said:
    """The plan file of a file, by its ending; raises `UnreadableError`."""
    # or-tools and others keep them as `c1510_1.mm.txt`
    ending = next((end for end in reversed(path.suffixes) if end.lower() in READERS), "").lower()
    if not ending:
        raise UnreadableError(path, 1, f"a file ends in {', '.join(READERS)}")
    said = READERS[ending](_Lines(path))
    return {"title": path.name, **_checked(path, said)}


def _checked(path: Path, said: Said) -> Said:
    """Without modes that ask for more than there is, which the sets contain and a plan file must not."""
    there = {one["id"]: one["capacity"] for one in said.get("resources", ())}
    names = [task["id"] for task in said["tasks"]]
    for task in said["tasks"]:
        kept = [
            mode for mode in task["modes"]
            if all(amount <= there[name] for name, amount in mode.get("demands", {}).items())
        ]  # fmt: skip
        if not kept:
            raise UnreadableError(
                path, 1, f"job {task['id']} can be done in no mode: each asks for more than there is"
            )
        task["modes"] = kept
        if unknown := set(task["after"]) - set(names):
            raise UnreadableError(path, 1, f"job {task['id']} waits for {min(unknown)}, which is not there")
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise UnreadableError(path, 1, f"job {twice[0]} is there twice")
    return said


def _psplib(lines: _Lines) -> Said:
    jobs = lines.count("jobs (incl.")
    renewed, used = lines.count("- renewable"), lines.count("- nonrenewable")
    if lines.count("- doubly constrained"):
        raise lines.fault(lines.find("- doubly constrained"), "what is constrained twice is not planned here")
    names = [*(f"R{at + 1}" for at in range(renewed)), *(f"N{at + 1}" for at in range(used))]
    at, there = next(iter(lines.below("RESOURCEAVAILABILITIES")), (0, []))
    if len(there) != len(names):
        raise lines.fault(at, f"{len(there)} capacities of {len(names)} resources")
    modes: dict[int, list[Said]] = {}
    job = 0
    for at, row in lines.below("REQUESTS/DURATIONS"):
        # of the second mode on the number of the job is left out
        if len(row) == len(names) + 3:
            job, *row = row
        if len(row) != len(names) + 2 or not job:
            raise lines.fault(at, f"{len(row)} numbers where a mode has {len(names) + 2}")
        modes.setdefault(job, []).append(_mode(row[1], names, row[2:], str(row[0])))
    if len(modes) != jobs:
        raise lines.fault(lines.find("REQUESTS/DURATIONS"), f"{len(modes)} jobs, of which there are to be {jobs}")
    following = {}
    for at, row in lines.below("PRECEDENCE RELATIONS"):
        if len(row) < 3 or len(row) != row[2] + 3:
            raise lines.fault(at, "as many numbers as it says do not follow")
        following[row[0]] = row[3:]
        if row[1] != len(modes.get(row[0], ())):
            raise lines.fault(at, f"{row[1]} modes of job {row[0]}, of which there are {len(modes.get(row[0], ()))}")
    if len(following) != jobs:
        raise lines.fault(
            lines.find("PRECEDENCE RELATIONS"), f"{len(following)} jobs, of which there are to be {jobs}"
        )
    resources = [{"id": name, "capacity": amount, **({} if name[0] == "R" else {"renewable": False})}
                 for name, amount in zip(names, there, strict=True)]  # fmt: skip
    return {"resources": resources, "tasks": _tasks(lines, modes, following)}


def _patterson(lines: _Lines) -> Said:
    words = ((at, number) for at in range(len(lines.lines)) for number in lines.numbers(at))

    def read(count: int) -> list[int]:
        found = [number for _, number in zip(range(count), (number for _, number in words), strict=False)]
        if len(found) < count:
            raise lines.fault(len(lines.lines), "it ends too early")
        return found

    jobs, kinds = read(2)
    names, there = [f"R{at + 1}" for at in range(kinds)], read(kinds)
    modes, following = {}, {}
    for job in range(1, jobs + 1):
        duration, *demands = read(1 + kinds)
        modes[job] = [_mode(duration, names, demands)]
        # the last row of some files has no count
        (count,) = read(1) if job < jobs else [next((number for _, number in words), 0)]
        following[job] = read(count)
    if left := next(words, None):
        raise lines.fault(left[0], f"numbers are left after the last of {jobs} jobs")
    resources = [{"id": name, "capacity": amount} for name, amount in zip(names, there, strict=True)]
    return {"resources": resources, "tasks": _tasks(lines, modes, following)}


def _mslib(lines: _Lines) -> Said:
    at = _filled(lines, lines.find("Project Module") + 1)
    head = lines.numbers(at)
    if len(head) < 3:
        raise lines.fault(at, "jobs, people and skills are to be counted here")
    jobs, people, skills = head[:3]
    modes, following = {}, {}
    # two deadlines stand between the counts and the jobs
    rows = _rows(lines, at + 1, jobs + 2)[2:]
    for job, (at, row) in enumerate(rows, 1):
        if len(row) < 2 or len(row) != row[1] + 2:
            raise lines.fault(at, "as many numbers as it says do not follow")
        modes[job], following[job] = [_mode(row[0], [], [])], row[2:]
    known = _matrix(lines, "Workforce Module", people, skills)
    asked = _matrix(lines, "Skill Requirements", jobs, skills)
    for job, row in enumerate(asked, 1):
        modes[job][0]["people"] = {f"S{at + 1}": count for at, count in enumerate(row) if count}
    crew = [{"id": f"P{one + 1}", "skills": [f"S{at + 1}" for at, has in enumerate(row) if has]}
            for one, row in enumerate(known)]  # fmt: skip
    return {"people": crew, "tasks": _tasks(lines, modes, following)}


def _imopse(lines: _Lines) -> Said:
    """A skill at a level is a skill of its own, which everybody has who has it at that level or above."""
    jobs, people = lines.count("Tasks"), lines.count("Resources")
    asked: dict[int, tuple[str, int]] = {}
    modes: dict[int, list[Said]] = {}
    after: dict[int, list[int]] = {}
    begin = lines.find("TaskID") + 1
    for at in range(begin, begin + jobs):
        row = lines.lines[at] if at < len(lines.lines) else ""
        if not (found := re.fullmatch(r"\s*(\d+)\s+(\d+)\s+(\w+):\s*(\d+)((?:\s+\d+)*)\s*", row)):
            raise lines.fault(at, f"no task like `1 39 Q6: 3 2`, of which there are to be {jobs}")
        asked[int(found[1])] = (found[3], int(found[4]))
        modes[int(found[1])] = [{"duration": int(found[2]), "people": {f"{found[3]}.{found[4]}": 1}}]
        after[int(found[1])] = [int(word) for word in found[5].split()]
    crew = []
    begin = lines.find("ResourceID") + 1
    for at in range(begin, begin + people):
        levels = {kind: int(level) for kind, level in re.findall(r"(\w+):\s*(\d+)", lines.lines[at])}
        if not levels:
            raise lines.fault(at, f"nobody with skills, of whom there are to be {people}")
        has = sorted({f"{kind}.{level}" for kind, level in asked.values() if levels.get(kind, -1) >= level})
        crew.append({"id": f"P{lines.lines[at].split()[0]}", "skills": has})
    tasks = [
        {"id": str(job), "modes": ways, "after": [str(one) for one in after[job]]} for job, ways in modes.items()
    ]
    return {"people": crew, "tasks": tasks}


READERS: Mapping[str, Callable[[_Lines], Said]] = {
    ".sm": _psplib, ".mm": _psplib, ".rcp": _patterson, ".msrcp": _mslib, ".def": _imopse,
}  # fmt: skip


def _mode(duration: int, names: Sequence[str], amounts: Sequence[int], name: str = "1") -> Said:
    demands = {one: amount for one, amount in zip(names, amounts, strict=True) if amount}
    return {"id": name, "duration": duration, "demands": demands}


def _tasks(lines: _Lines, modes: Mapping[int, list[Said]], following: Mapping[int, Iterable[int]]) -> list[Said]:
    after: dict[int, list[str]] = {job: [] for job in modes}
    for one, others in following.items():
        for other in others:
            if other not in after:
                raise lines.fault(0, f"job {one} is followed by {other}, which is not there")
            after[other].append(str(one))
    return [{"id": str(job), "modes": ways, "after": after[job]} for job, ways in modes.items()]


def _filled(lines: _Lines, at: int) -> int:
    while at < len(lines.lines) and not lines.lines[at].strip():
        at += 1
    return at


def _rows(lines: _Lines, begin: int, count: int) -> list[tuple[int, list[int]]]:
    """So many rows of numbers from a line on, empty ones left out."""
    rows = []
    at = begin
    for _ in range(count):
        at = _filled(lines, at)
        if at >= len(lines.lines) or lines.lines[at].startswith("*"):
            raise lines.fault(at, f"{len(rows)} rows where there are to be {count}")
        rows.append((at, lines.numbers(at)))
        at += 1
    return rows


def _matrix(lines: _Lines, heading: str, count: int, width: int) -> list[list[int]]:
    rows = _rows(lines, lines.find(heading) + 1, count)
    for at, row in rows:
        if len(row) != width:
            raise lines.fault(at, f"{len(row)} numbers where there are to be {width}")
    return [row for _, row in rows]
