"""The Data page tells of every source how it is, also of one that has never said a word."""

from __future__ import annotations

import re
from pathlib import Path

from tests.ui.sites import AS_OF, Site

from fairlead.config.load import load
from fairlead.model.raw import RawEvent
from fairlead.model.times import FixedClock
from fairlead.store import checked
from fairlead.wiring.services import Services

TOML = """
[sources.github]
tool = "github"
[sources.deployer]
tool = "cdevents"
"""


def test_a_source_that_never_spoke_and_one_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    file = tmp_path / "fairlead.toml"
    file.write_text(TOML, encoding="utf-8")
    broken = RawEvent("github", "github", "pull_request", "d1", b'{"action": "opened"}', AS_OF)
    with Services(load(file, {}), tmp_path / "home", FixedClock(AS_OF), {}) as services:
        services.log.append([broken])
        services.catch_up()
        limits = {"what": "rate limits", "ok": True, "detail": "core: 4,321 of 5000 left", "remedy": ""}
        scope = {"what": "scopes", "ok": False, "detail": "no <read:org>", "remedy": "make a token with read:org"}
        with services.database.begin() as tx:
            checked.keep(tx, "github", AS_OF, [limits, scope])
        with Site(services).signed_in() as client:
            page = client.get("/data").text
            rows = re.findall(r"<tr.*?</tr>", client.get("/data").text, re.S)
            brief = client.get("/").text
    said = {name: " ".join(row for row in rows if name in row) for name in ("deployer", "github")}
    # what the tool said of limits and scopes when it was asked, with what to do
    assert "core: 4,321 of 5000 left" in page
    assert "no &lt;read:org&gt;" in page
    assert "make a token with read:org" in page
    assert "not heard yet" in said["deployer"]
    assert "some of it cannot be read" in said["github"]
    assert "1 payload could not be read (github 1)" in brief
