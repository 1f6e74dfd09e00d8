"""Every command has a summary, help with an example and `--json`; faults leave by the right exit code."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.typed import typed

from fairlead.cli.main import APP, Commands, _summary

COMMANDS = Commands(name="fairlead").list_commands(None)


def _leaves(command: Any, words: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    children = getattr(command, "commands", None)
    if not children:
        return [(words, command)]
    own = [(words, command)] if command.invoke_without_command else []
    return [*own, *(leaf for name, child in children.items() for leaf in _leaves(child, (*words, name)))]


LEAVES = [leaf for name in COMMANDS for leaf in _leaves(Commands(name="fairlead").get_command(None, name), (name,))]


def fairlead(*arguments: str, home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs the program as a user would, in a home of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FAIRLEAD")}
    environ = {**kept, "FAIRLEAD_HOME": str(home), "NO_COLOR": "1", **environ}
    return typed(*arguments, folder=home.parent, environ=environ)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_a_summary_of_one_line(name: str) -> None:
    assert _summary(name).endswith(".")


@pytest.mark.parametrize(
    ("words", "command"), LEAVES, ids=lambda part: " ".join(part) if isinstance(part, tuple) else ""
)
def test_a_command_has_help_an_example_and_json(words: tuple[str, ...], command: Any) -> None:
    assert command.help, "says what it does"
    assert "Example: fairlead" in (command.epilog or ""), "shows an example"
    assert any("--json" in option.opts for option in command.params), "answers as JSON"


def test_help_lists_every_command_without_importing_them() -> None:
    code = (
        "import sys; from fairlead.cli.main import run\n"
        "try: run(['--help'])\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in COMMANDS:
        assert f"\n  {name}" in done.stdout
    for heavy in ("duckdb", "sqlalchemy", "fastapi", "pyarrow", "httpx", "rich", "fairlead.wiring.services"):
        assert f"'{heavy}'" not in done.stdout


def test_unknown_words_are_a_wrong_call(tmp_path: Path) -> None:
    done = fairlead("breif", home=tmp_path / "home")
    assert done.returncode == 2
    assert "breif" in done.stderr


def test_faulty_settings_are_told_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "fairlead.toml").write_text("[server]\nport = 'x'\nhots = 1\n")
    done = fairlead("config", "check", home=home)
    assert done.returncode == 2
    assert f"{home}/fairlead.toml:2:1: server.port: expected a whole number, got 'x'" in done.stderr
    assert f"{home}/fairlead.toml:3:1: server.hots: unknown key `hots`; did you mean `host`?" in done.stderr


def test_faults_of_own_metrics_are_told_with_those_of_the_settings(tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = home / "fairlead.d" / "metrics"
    folder.mkdir(parents=True)
    (home / "fairlead.toml").write_text("[server]\nprt = 1\n")
    entry = {
        "name": "weekend_merges",
        "group": "house",
        "title": "{en: Weekend merges, de: Merges am Wochenende}",
        "definition": "{en: Merges of weekends, de: Merges von Wochenenden}",
        "unit": "count",
        "direction": "neither",
        "source": "Own",
        "entity": "change",
        "segments": "[repository]",
        "value": "count(*)",
        "rows": (
            "select change as id, merged_at as moment, 1 as value, null as reason, repository from change_lead_times"
        ),
    }

    def written(file: str, **changed: str) -> None:
        lines = [f"    {key}: {value}" for key, value in {**entry, **changed}.items()]
        (folder / file).write_text("metrics:\n  -" + "\n".join(lines)[3:] + "\n", encoding="utf-8")

    written("a.yaml", gruop="house", unit="cuont")
    written("b.yaml", guardrail="lead_tme", segments="[repository, person]")
    (folder / "c.yaml").write_bytes(b"metrics:\n  - caf\xe9\n")
    (folder / "d.yaml").write_text("metrcs:\n  - name: x\n")
    written("e.yaml", name="weekday_merges", rows=entry["rows"].replace("merged_at", "merged_on"))
    done = fairlead("config", "check", home=home)
    assert done.returncode == 2
    told = done.stderr.replace(f"{home}/", "").replace("fairlead.d/metrics/", "").splitlines()
    [unit] = [line for line in told if line.startswith("a.yaml:6:5: ")]
    assert unit.endswith("got 'cuont'; did you mean `count`?")
    for said in (
        "fairlead.toml:2:1: server.prt: unknown key `prt`; did you mean `port`?",
        "a.yaml:13:5: unknown key `gruop`; did you mean `group`?",
        "b.yaml:10:5: weekend_merges: a person is no segment",
        "b.yaml:13:5: weekend_merges: there is no metric `lead_tme`; did you mean `lead_time`?",
        "c.yaml:1:1: this is no text in UTF-8",
        "d.yaml:1:1: a list `metrics` is expected; did you mean `metrics`?",
        "e.yaml:12:5: weekday_merges: no column `merged_on`; did you mean `merged_at`?",
    ):
        assert said in told
    as_json = fairlead("config", "check", "--json", home=home)
    assert as_json.returncode == 2
    assert len(json.loads(as_json.stdout)["faults"]) == len(told)
    for path in folder.iterdir():
        path.unlink()
    (home / "fairlead.toml").write_text('[kpi]\non = ["throughput", "weekend_merges"]\n')
    written("a.yaml")
    assert fairlead("config", "check", home=home).returncode == 0


def test_init_writes_a_file_that_loads(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    target = home / "fairlead.toml"
    words = ["--name", "Acme", "--time-zone", "Europe/Berlin", "--github", "acme", "--github", "acme/payments"]
    done = fairlead("init", str(target), *words, "--git", str(tmp_path), home=home)
    assert done.returncode == 0, done.stderr
    shown = fairlead("config", "show", "--json", home=home)
    assert '"organisations": [\n        "acme"\n      ]' in shown.stdout
    # What editors check by lies where the first line says, and is what the command prints.
    assert target.read_text(encoding="utf-8").startswith("#:schema ./fairlead.schema.json\n")
    schema = fairlead("config", "schema", home=home).stdout
    assert json.loads((home / "fairlead.schema.json").read_text(encoding="utf-8")) == json.loads(schema)
    defs = json.loads(schema)["$defs"]
    assert "cycle_time" in defs["Kpi"]["properties"]["on"]["items"]["enum"]
    assert "weekly" in defs["DeliverySetup"]["properties"]["report"]["enum"]
    # a folder stands for the file in it
    again = fairlead("init", str(home), *words, home=home)
    assert again.returncode == 1
    assert f"{target} exists" in again.stderr
    assert "hint: edit it, or overwrite it with --force" in again.stderr


def test_init_writes_every_tool_that_is_named_and_says_where_its_token_is_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    target = home / "fairlead.toml"
    words = [
        "--gitlab",
        "https://gitlab.acme.example/quay",
        "--jira",
        "acme.atlassian.net/browse/QUAY-7",
        "--pagerduty",
    ]
    done = fairlead("init", str(target), *words, "--jira-user", "kim@acme.example", "--time-zone", "UTC", home=home)
    assert done.returncode == 0, done.stderr
    for said in (
        "GITLAB_TOKEN=...   # scope read_api",
        "JIRA_TOKEN=...   # https://id.atlassian.com",
        "PAGERDUTY_TOKEN",
    ):
        assert said in done.stdout
    sources = tomllib.loads(target.read_text(encoding="utf-8"))["sources"]
    assert sources == {
        "gitlab": {
            "tool": "gitlab", "url": "https://gitlab.acme.example", "organisations": ["quay"],
            "token": {"env": "GITLAB_TOKEN"},
        },
        "jira": {
            "tool": "jira", "url": "https://acme.atlassian.net", "user": "kim@acme.example",
            "token": {"env": "JIRA_TOKEN"},
        },
        "pagerduty": {"tool": "pagerduty", "token": {"env": "PAGERDUTY_TOKEN"}},
    }  # fmt: skip
    wrong = fairlead("init", str(home / "new.toml"), "--jira", "acme.atlassian.net", "--time-zone", "UTC", home=home)
    assert (wrong.returncode, (home / "new.toml").exists()) == (1, False)
    assert "--jira-user" in wrong.stderr


def test_the_application_is_typer() -> None:
    assert isinstance(APP, typer.Typer)


def test_wrong_words_get_one_line_and_never_a_traceback(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for words, said in (
        (("sql", ""), "there is no statement"),
        (("--config", "none.toml", "brief"), "no such file: none.toml"),
        (("metrics", "dora", "--grain", "decade"), "'day', 'week', 'month'"),
        (("metrics", "dora", "--team", "nosuch"), "no team `nosuch`"),
        (("metrics", "dora", "--segment", "repository=github:acme/none"), "no repository `github:acme/none`"),
        (("metrics", "dora", "--segment", "service=none"), "no service `none`"),
        (("export", str(tmp_path / "file" / "in")), ""),
    ):
        (tmp_path / "file").touch()
        done = fairlead(*words, home=home)
        assert done.returncode in (1, 2), words
        assert "Traceback" not in done.stderr, done.stderr
        assert said in done.stderr


def test_figures_are_shown_in_each_form(tmp_path: Path) -> None:
    shown = fairlead("metrics", "dora", "--md", home=tmp_path / "home")
    assert shown.stdout.startswith("#"), shown.stderr
    page = fairlead("metrics", "dora", "--html", home=tmp_path / "home")
    assert "<article" in page.stdout


def test_help_of_metrics_names_the_groups_that_exist() -> None:
    from fairlead.metrics.catalogue import load

    command = Commands(name="fairlead").get_command(None, "metrics")
    said = next(option.help for option in command.params if option.name == "name")
    assert all(entry.group in said for entry in load(()).values())
    assert "build" not in said


def test_an_unknown_tool_is_told_with_the_other_faults_and_a_secret_never(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    text = '[sources.code]\ntool = "githb"\ntoken = "ghp_secret"\nwebhook_secrets = "whs_secret"\n[server]\nprt = 1\n'
    (home / "fairlead.toml").write_text(text)
    done = fairlead("config", "check", home=home)
    assert done.returncode == 2
    assert "fairlead.toml:2:1: sources.code.tool: no connector `githb`; did you mean `github`?" in done.stderr
    assert "server.prt: unknown key `prt`" in done.stderr
    assert 'write `{ env = "NAME" }` or `{ file = "PATH" }`' in done.stderr
    assert "_secret" not in done.stderr.replace("webhook_secrets", "")


def test_import_of_git_says_what_it_read_or_why_not(tmp_path: Path) -> None:
    home = tmp_path / "home"
    empty = tmp_path / "none"
    empty.mkdir()
    missing = fairlead("import", "git", str(empty), home=home)
    assert missing.returncode == 1
    assert (missing.stdout + missing.stderr).count("this is no git repository") == 1
    code = tmp_path / "code"
    for words in (["init", "-q", str(code)], ["-C", str(code), "commit", "-q", "--allow-empty", "-m", "Begin"]):
        subprocess.run(["git", "-c", "user.name=Kim", "-c", "user.email=kim@x.example", *words], check=True)
    assert "new: 1 commit, 0 changes, 0 tags" in fairlead("import", "git", str(code), home=home).stdout
    assert "nothing new" in fairlead("import", "git", str(code), home=home).stdout


def test_every_command_that_a_text_names_does_something() -> None:
    """A hint that names a group alone would answer with its usage."""
    groups = {words[0] for words, _ in LEAVES if len(words) > 1}
    leaves = {" ".join(words) for words, _ in LEAVES}
    source = Path(__file__).parents[2] / "src" / "fairlead"
    named = [
        (path.name, found[1], found[2])
        for path in sorted([*source.rglob("*.py"), *source.rglob("*.po"), *source.rglob("*.html")])
        for found in re.finditer(r"`fairlead (?:--demo )?([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", path.read_text("utf-8"))
    ]
    assert len(named) > 60
    wrong = [one for one in named if one[1] in groups and " ".join(filter(None, one[1:])) not in leaves]
    assert wrong == []
    assert {one for _, one, _ in named} <= set(COMMANDS)


def test_a_folder_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    for what in ("records", "events", "git"):
        done = fairlead("import", what, "nowhere", home=tmp_path / "home")
        assert done.returncode == 2
        assert "'nowhere' does not exist" in done.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(("words", "said"), [
    (("breif",), "did you mean `brief`?"),
    (("sql", "select 1", "--limit", "-5"), "is not in the range"),
    (("up", "--only", "cook"), "'cook' is not one of 'gateway', 'workers'"),
    (("restore", "nowhere.tar.gz"), "'nowhere.tar.gz' does not exist"),
    (("login", "--token", "x", "--days", "0"), "is not in the range"),
])  # fmt: skip
def test_a_wrong_call_says_what_would_be_right(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = fairlead(*words, home=tmp_path / "home")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())


def test_a_folder_named_as_settings_is_not_to_be_removed(tmp_path: Path) -> None:
    (tmp_path / "settings").mkdir()
    done = fairlead("--config", str(tmp_path / "settings"), "brief", home=tmp_path / "home")
    assert done.returncode == 1
    assert "rmdir" not in done.stderr


def test_a_terminal_of_an_older_encoding_gets_all_but_the_letters_that_it_lacks(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "fairlead", "sql", "select 'Małgorzata → Zoë' as name", "--csv"]
    # The interpreter reads it as it starts, so this is a process from its very beginning.
    environ = {**os.environ, "FAIRLEAD_HOME": str(tmp_path / "home"), "PYTHONIOENCODING": "ascii"}
    assert subprocess.run(words, env=environ, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert fairlead("login", home=tmp_path / "home").stderr.endswith("start it with `fairlead up`\n")


def test_a_window_that_is_none_is_told_by_its_word(tmp_path: Path) -> None:
    done = fairlead("metrics", "dora", "--from", "9zz", home=tmp_path / "home")
    assert (done.returncode, done.stdout) == (1, "")
    assert "`from`: `9zz` is no day" in done.stderr


def test_a_sync_that_leaves_something_out_ends_with_1(tmp_path: Path) -> None:
    """A script that goes on with the data must hear of the gap."""
    (tmp_path / "good.ics").write_bytes(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n")
    settings = tmp_path / "fairlead.toml"
    settings.write_text('[sources.away]\ntool = "ics"\npaths = ["good.ics", "gone.ics"]\n')
    done = fairlead("sync", home=tmp_path / "home")
    assert done.returncode == 1
    assert "left out" in done.stdout
    assert "gone.ics" in done.stdout
    assert "not all was read of away" in done.stderr
    told = fairlead("sync", "--json", home=tmp_path / "home")
    assert (told.returncode, json.loads(told.stdout)[0]["result"]) == (1, "partial")
    settings.write_text(settings.read_text().replace(', "gone.ics"', ""))
    assert fairlead("sync", home=tmp_path / "home").returncode == 0
