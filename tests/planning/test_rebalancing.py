"""Few moves that bring a running plan into balance: as few as trying all of them finds, too much for nobody."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.planning.planfile import Person, Plan, Review, Task
from fairlead.planning.rebalancing import Held, of_plan, rebalanced

PEOPLE = ("ada", "bo", "cy")


@st.composite
def _cases(draw: st.DrawFn) -> tuple[dict[str, int], list[Held]]:
    hours = {who: draw(st.integers(0, 12)) for who in PEOPLE}
    held = []
    for number in range(draw(st.integers(0, 6))):
        who = draw(st.sampled_from(PEOPLE))
        able = {who, *draw(st.sets(st.sampled_from(PEOPLE)))}
        takes = {one: draw(st.integers(1, 6)) for one in sorted(able)}
        scores = {one: draw(st.integers(0, 4)) / 4 for one in sorted(able)}
        held.append(Held(f"T{number}", who, takes, scores, begun=draw(st.booleans())))
    return hours, held


def _fits(hours: dict[str, int], held: list[Held], to: dict[str, str]) -> bool:
    load = dict.fromkeys(hours, 0)
    for one in held:
        load[to.get(one.task, one.who)] += one.takes[to.get(one.task, one.who)]
    return all(load[who] <= hours[who] for who in hours)


def _fewest(hours: dict[str, int], held: list[Held]) -> int | None:
    """By trying every way to give items of those who have too much to others."""
    load = {who: sum(one.takes[who] for one in held if one.who == who) for who in hours}
    loose = [one for one in held if not one.begun and load[one.who] > hours[one.who]]
    for count in range(len(loose) + 1):
        for chosen in combinations(loose, count):
            for takers in product(*([who for who in one.takes if who != one.who] for one in chosen)):
                to = {one.task: who for one, who in zip(chosen, takers, strict=True)}
                if _fits(hours, held, to):
                    return count
    return None


@settings(max_examples=150, deadline=None)
@given(_cases())
def test_moves_are_as_few_as_possible_and_overload_nobody(case: tuple[dict[str, int], list[Held]]) -> None:
    hours, held = case
    found = rebalanced(hours, held)
    items = {one.task: one for one in held}
    assert len({move.task for move in found.moves}) == len(found.moves)
    for move in found.moves:
        one = items[move.task]
        assert not one.begun and one.who == move.giver != move.taker and move.taker in one.takes
        # nobody takes on more than they have hours for
        assert found.after[move.taker] <= max(hours[move.taker], found.before[move.taker])
    assert set(found.still) <= set(found.over)
    least = _fewest(hours, held)
    assert found.fewest is (least is not None)
    if least is not None:
        assert not found.still and len(found.moves) == least


def test_a_plan_is_balanced_by_skill_and_hours_and_what_is_begun_stays() -> None:
    def plan(**more: object) -> Plan:
        return Plan(
            start="2026-11-02", end="2026-11-06", focus=1.0, review=Review(),
            people=(
                Person(id="ada", skills={"api": 4}), Person(id="bo", skills={"api": 2}),
                Person(id="cy", skills={"ui": 3}),
            ),
            tasks=(
                Task(id="A", estimate="16h", who="ada", skills={"api": 1}),
                Task(id="B", estimate="16h", who="ada", skills={"api": 1}, after=("A",)),
                Task(id="C", estimate="24h", who="ada", skills={"api": 1}),
                Task(id="D", estimate="4h", who="cy", skills={"ui": 1}),
                Task(id="E", estimate="40h", skills={"ui": 1}),
            ),
        )  # fmt: skip

    found = of_plan(plan(), begun={"C"})
    assert found.over == ["ada"] and found.free == ["bo", "cy"] and found.fewest and not found.still
    [move] = found.moves
    assert (move.task, move.giver, move.taker) in {("A", "ada", "bo"), ("B", "ada", "bo")}
    # what nobody has weighs on nobody
    assert found.before["cy"] == 8
    all_begun = of_plan(plan(), begun={"A", "B", "C"})
    assert not all_begun.moves and all_begun.still == ["ada"] and not all_begun.fewest
