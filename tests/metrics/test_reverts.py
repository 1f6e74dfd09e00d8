"""What a revert says of deployments: the one that brought what it takes back has failed, if that ever ran."""

from __future__ import annotations

from typing import Any

import pytest

Outcomes = dict[int, tuple[str | None, int | None, bool]]


def outcomes(company: Any) -> Outcomes:
    """Of each deployment why it failed, what repaired it, and whether it was a repair."""

    def number(deployment: str | None) -> int | None:
        return int(deployment.rsplit("/", 1)[1]) if deployment else None

    rows = company.warehouse().rows("select deployment, why, fixed_by, rework from deployment_outcomes")
    return {number(row["deployment"]): (row["why"], number(row["fixed_by"]), row["rework"]) for row in rows}  # type: ignore[misc]


def shipped(company: Any, titles: dict[int, str], deployed: tuple[int, ...], **said: Any) -> Outcomes:
    """Changes of these titles, one a day, and deployments of what was merged by the evening of these days."""
    for number, title in titles.items():
        company.change(number, title=title, **(said if number == max(titles) else {}))
    for day in deployed:
        company.deployment(day, company.merge(day), company.at(day, 20))
    return outcomes(company)


FINE = (None, None, False)


def test_what_left_with_its_revert_has_never_run(company: Any) -> None:
    titles = {1: "good", 2: "bad idea", 3: 'Revert "bad idea"', 4: "good again"}
    assert shipped(company, titles, (1, 4)) == {1: FINE, 4: FINE}


def test_what_ran_and_was_taken_back_has_failed(company: Any) -> None:
    titles = {1: "good", 2: "bad idea", 3: "more", 4: 'Revert "bad idea"'}
    found = shipped(company, titles, (1, 2, 3, 4))
    assert found == {1: FINE, 2: ("revert", 4, False), 3: FINE, 4: (None, None, True)}


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ('Revert "bad idea (#2)"', {}),
        ("Take it back", {"head_branch": "revert-2-bad-idea"}),
        ('Revert "bad idea"', {"head_branch": "revert-99999999999999999999-bad-idea"}),
    ],
)
def test_what_is_taken_back_is_known_by_number_or_by_title(company: Any, title: str, said: dict[str, Any]) -> None:
    titles = {1: "bad idea (#7)", 2: "bad idea", 3: "more", 4: title}
    assert shipped(company, titles, (1, 2, 3, 4), **said)[2] == ("revert", 4, False)


def test_of_two_with_one_title_the_last_is_taken_back(company: Any) -> None:
    titles = {1: "bump", 2: "more", 3: "bump", 4: 'Revert "bump"'}
    found = shipped(company, titles, (1, 2, 3, 4))
    assert found[3] == ("revert", 4, False)
    assert found[1] == FINE


def test_a_revert_of_a_revert_brings_what_was_planned(company: Any) -> None:
    titles = {1: "idea", 2: 'Revert "idea"', 3: 'Revert "Revert "idea""'}
    found = shipped(company, titles, (1, 2, 3))
    assert found == {1: ("revert", 2, False), 2: (None, None, True), 3: FINE}


def test_a_revert_of_something_unknown_speaks_of_what_ran_before(company: Any) -> None:
    titles = {1: "good", 2: 'Revert "something that nobody has seen"'}
    assert shipped(company, titles, (1, 2)) == {1: ("revert", 2, False), 2: (None, None, True)}
