"""Pages of rules: titles in words, all that is wrong, and a past that comes by itself, as a chart and its table."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from fairlead.signals.rules import read

PAST = "/rules/change-waits-for-review/past?days=90"


def test_a_rule_is_told_in_words(demo: TestClient) -> None:
    page = demo.get("/rules/change-waits-for-review").text
    assert "<h1>Has waited for a review since some time</h1>" in page
    assert f'data-later="{PAST}"' in page and f'href="{PAST}"' in page
    listed = demo.get("/rules").text
    assert "Has waited for a review since some time" in listed and not re.search(r"\{[a-z_]+\}", listed)


def test_the_past_of_a_rule_is_a_chart_with_its_table(demo: TestClient) -> None:
    part = demo.get(PAST, headers={"HX-Request": "true"}).text
    assert not part.lstrip().startswith("<!doctype") and "<h1>" not in part
    fired = int(re.search(r"<figcaption>Fired (\d+) times in 90 days</figcaption>", part)[1])  # type: ignore[index]
    assert 'role="img"' in part and ("<svg" in part or 'data-later="/charts/' in part)
    [counts, stretches] = re.findall(r"<tbody>(.*?)</tbody>", part, re.DOTALL)
    assert sum(map(int, re.findall(r'class="number">\s*<bdi>(\d+)</bdi>', counts))) == fired > 0
    assert len(re.findall("<tr", stretches)) >= fired and "payments" in counts
    whole = demo.get(PAST).text
    assert "<h1>Has waited for a review since some time</h1>" in whole and f"Fired {fired} times" in whole
    assert "in 365 days" in demo.get(PAST.replace("90", "365")).text
    assert "only the newest arrival is kept" in demo.get("/rules/source-silent/past").text


@pytest.mark.parametrize("address", ["/rules/nothing/past", "/rules/main-red/past?days=7"])
def test_what_is_not_there_is_told(demo: TestClient, address: str) -> None:
    assert demo.get(address).status_code in (400, 404, 422)


def test_every_title_stands_without_names_of_columns() -> None:
    for rule in read()[0].values():
        assert "{" not in rule.title and "_" not in rule.title and rule.title[0].isupper(), rule.title
