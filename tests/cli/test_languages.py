"""The languages that the command line takes are those that reports speak."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from tests.cli.test_commands import fairlead

from fairlead.cli.asking import Language
from fairlead.reports.wording import LANGUAGES


def test_the_command_line_knows_all_languages() -> None:
    spoken, _ = get_args(get_args(Language)[0])
    assert get_args(spoken) == LANGUAGES


@pytest.mark.parametrize("command", ["brief", "triage", "metrics"])
def test_another_language_is_a_wrong_call_and_lists_those_there_are(command: str, tmp_path: Path) -> None:
    done = fairlead(command, "--language", "fr", home=tmp_path / "home")
    assert done.returncode == 2
    assert all(f"'{language}'" in done.stderr for language in LANGUAGES)
