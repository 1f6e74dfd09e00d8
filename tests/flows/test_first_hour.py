"""The first hour of a team that nobody helps: real processes against GitHub's fake, from `init` to SIGTERM."""

import os
import re
import signal
import stat
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.flows.servers import Shell, served, signed_in, until

from fairlead.connectors.github.fake.api.desk import Desk
from fairlead.connectors.github.fake.code import FileChange
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.github.fake.state import Pull
from fairlead.store import schedules
from fairlead.store.database import Database

MERGED, HOUR = 12, timedelta(hours=1)


class Team:
    """A company of two people with one repository, a few weeks old."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=28)
        self.fake = FakeGitHub("acme", secret="s3cret")
        for login, name in (("kim", "Kim Park"), ("ana", "Ana Lopes")):
            self.fake.add_user(login, name=name, at=self.now, emails=(f"{login}@acme.example",))
        self.repo = self.fake.create_repository("payments", by="kim", at=self.now)
        for number in range(MERGED):
            pull = self.propose(f"Step {number}")
            self.fake.review(self.repo, pull, "approved", by="ana", at=self.later(3))
            sha = self.fake.merge(self.repo, pull, by="kim", at=self.later(), how="squash")
            made = self.fake.deploy(self.repo, ref=sha, environment="production", by="kim", at=self.later())
            self.fake.deployment_status(self.repo, made, "success", by="kim", at=self.later())
            self.now += timedelta(hours=40)
        self.desk = Desk(self.fake)
        self.desk.sign_in.tokens["ghp_kim"] = "kim"

    def later(self, hours: int = 1) -> datetime:
        """The clock of the story, moved on."""
        self.now += hours * HOUR
        return self.now

    def propose(self, title: str) -> Pull:
        """A pull request of one commit."""
        branch = title.lower().replace(" ", "-")
        at = self.later()
        work = NewCommit(title, (FileChange(f"src/{branch}.py", 5, 1),), self.fake.signature("kim", at))
        self.fake.push(self.repo, branch, [work], by="kim", at=at, onto=self.repo.branches["main"])
        return self.fake.open_pull(self.repo, title, head=branch, by="kim", at=self.later())


@pytest.fixture(scope="module")
def team() -> Team:
    """The company behind the fake."""
    return Team()


@pytest.fixture(scope="module")
def github(team: Team) -> Iterator[str]:
    """Address of the fake."""
    with served(team.desk) as address:
        yield address


@pytest.fixture(scope="module")
def shell(github: str, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A folder after `fairlead init`, the address of the team's GitHub written into it, and nothing read yet."""
    made = Shell(tmp_path_factory.mktemp("first"), {"FAIRLEAD_WEBHOOKS": "s3cret"})
    made.run("init", "--github", "acme", "--time-zone", "Europe/Berlin", "--webhook-variable", "FAIRLEAD_WEBHOOKS")
    written = made.settings.read_text()
    assert tomllib.loads(written)["organisation"]["name"] == "acme"
    made.settings.write_text(written.replace('tool = "github"', f'tool = "github"\nurl = "{github}"'))
    return made


def test_doctor_says_what_to_type(shell: Shell, team: Team) -> None:
    said = shell.run("doctor", code=1).stdout
    assert "`GITHUB_TOKEN` is not set" in said
    assert "type: export GITHUB_TOKEN=" in said
    shell.environ["GITHUB_TOKEN"] = "ghp_kim"
    team.desk.sign_in.scopes = "repo"
    said = shell.run("doctor", code=1).stdout
    assert "make a token with read:org" in said
    team.desk.sign_in.scopes = "read:org, repo"
    said = shell.run("doctor").stdout
    assert re.search(r"core: \d+ of 5000 left, all again at \d\d:\d\d UTC", said)
    assert "acme/payments" in said


def test_a_killed_sync_goes_on_and_reads_nothing_twice(shell: Shell, team: Team) -> None:
    before = len(team.desk.seen)
    killed = shell.start("sync")
    until(lambda: len(team.desk.seen) > before + 12)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    done = shell.json("sync")
    assert [one["result"] for one in done] == ["success"]
    (again,) = shell.json("sync")
    assert again["new_pages"] <= 3
    (held,) = shell.rows("select count(*) as n, count(distinct number) as numbers from changes")
    assert held == {"n": MERGED, "numbers": MERGED}


def test_answers_before_anything_is_configured(shell: Shell) -> None:
    assert "deployment records" in shell.run("brief").stdout
    figures = {figure["name"]: figure for figure in shell.json("metrics", "dora")["figures"]}
    assert figures["lead_time"]["n"] >= MERGED - 1
    assert figures["lead_time"]["value"] > 0
    said = shell.run("doctor").stdout
    assert 'sources = ["deployment"]' in said
    assert "[services.payments]" in said


def test_a_server_takes_in_what_is_polled_and_what_is_sent(shell: Shell, team: Team) -> None:
    with shell.up() as (process, said):
        browser = signed_in(said["sign_in"])
        polled = team.propose("Found by polling")
        with closing(Database.open(f"sqlite:///{shell.home / 'facts.db'}")) as database:
            until(lambda: _brought_forward(database, "sync/github"))
        number = f"acme/payments#{polled.number}"
        until(lambda: number in shell.run("brief", "--changes", "--json").stdout)

        known = len(team.fake.hook.sent)
        team.propose("Told by webhook")
        for sent in team.fake.hook.sent[known:]:
            hook = f"http://localhost:{said['port']}/hooks/github"
            answer = httpx.post(hook, content=sent.body, headers=sent.headers)
            assert answer.status_code in (200, 202)
        until(lambda: "Told by webhook" in browser.get("/changes").text)

        query = "select id, title from changes order by id"
        from_server = shell.rows(query)
        assert browser.get("/data").status_code == 200
        assert "what counts: services" in shell.run("doctor").stdout
        assert f"localhost:{said['port']}/sign-in/" in shell.run("login").stdout
        assert shell.json("people", "list")
        # the brief tells days of the organisation's zone, whatever hour of UTC it is while this runs
        then = (team.now - timedelta(days=20)).astimezone(ZoneInfo("Europe/Berlin"))
        assert f"{then:%d %b}".lstrip("0") in shell.run("--as-of", then.isoformat(), "brief").stdout

        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert shell.rows(query) == from_server


def _brought_forward(database: Database, name: str) -> bool:
    """Whether the first run has ended, and the next is due by now: nobody waits five minutes in a test."""
    with database.begin() as tx:
        plan = schedules.get(tx, name)
        if plan is None or plan.finished_at is None:
            return False
        schedules.put(tx, replace(plan, next_at=datetime.now(UTC) - HOUR))
        return True


def test_people_come_in_by_invitation_and_see_what_their_role_allows(shell: Shell) -> None:
    (kim,) = (one for one in shell.json("people", "list") if one["name"] == "Kim Park")
    with shell.up() as (_, said):
        answer = shell.json("people", "invite", kim["id"], "--role", "viewer")
        browser = signed_in(answer["link"])
        assert browser.get("/").status_code == 200
        assert browser.get("/setup").status_code == 403
        spent = httpx.post(answer["link"], headers={"origin": f"http://localhost:{said['port']}"})
        assert spent.status_code == 403
        token = shell.json("login", "--token", "laptop")["token"]
        api = f"http://localhost:{said['port']}/api/v1/brief"
        assert httpx.get(api, timeout=60).status_code == 401
        assert httpx.get(api, headers={"authorization": f"Bearer {token}"}, timeout=60).status_code == 200


def test_an_app_of_ones_own_is_made_step_by_step(shell: Shell, team: Team, github: str) -> None:
    with shell.up() as (_, said):
        browser = signed_in(said["sign_in"])
        assert browser.get("/setup/github").status_code == 200, "without a code it is the page that says how"
        assert browser.get("/setup/github", params={"code": "c", "state": "guessed"}).status_code == 422
        page = browser.get("/setup").text
        csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        assert csrf
        asked = browser.post("/setup/start", data={"csrf": csrf[1], "organisation": "acme", "host": github}).text
        for permission, reason in (("contents", "CODEOWNERS"), ("members", "teams of the organisation")):
            assert permission in asked
            assert reason in asked
        assert "write" not in re.findall(r"<dd>(\w+):", asked)
        target = re.search(r'action="([^"]*/organizations/acme/settings/apps/new[^"]*)"', asked)
        assert target
        word = parse_qs(urlsplit(target[1].replace("&amp;", "&")).query)["state"][0]
        team.desk.sign_in.manifests["c0de"] = {"name": "Fairlead acme"}
        shown = browser.get("/setup/github", params={"code": "c0de", "state": word})
    assert shown.status_code == 200
    assert "private_key = { file = " in shown.text.replace("&#34;", '"')
    # the ledger keeps its own there too
    kept = sorted(path for path in (shell.home / "keys").iterdir() if "ledger" not in path.name)
    assert [path.suffix for path in kept] == [".pem", ".webhook-secret"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert "PRIVATE KEY" not in shown.text


def test_a_merge_by_hand_survives_a_full_replay(shell: Shell) -> None:
    accounts = [row["id"] for row in shell.rows("select id from accounts order by id")]
    one, other = "github:@ana", "github:@kim"
    assert {one, other} <= set(accounts), accounts
    shell.run("people", "merge", one, other)
    everything = "select id, person from accounts order by id"
    before, figures = shell.rows(everything), shell.rows("select * from changes order by id")
    people = {row["id"]: row["person"] for row in before}
    assert people[one] == people[other]
    assert shell.json("replay")["changed"] == 0
    assert shell.rows(everything) == before
    assert shell.rows("select * from changes order by id") == figures
    shell.run("people", "revert", one, other)


@pytest.mark.parametrize("words", [("brief",), ("doctor",), ("sync",), ("up",), ("sql", "select 1"), ("replay",)])
def test_faults_of_the_file_are_told_at_once(words: tuple[str, ...], tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.settings.write_text('[organisation]\ntimezone = "UTC"\n[server]\nport = "many"\n')
    said = shell.run(*words, code=2).stderr
    assert "fairlead.toml:2:1" in said
    assert "time_zone" in said
    assert "fairlead.toml:4:1" in said


def test_wrong_calls_say_what_to_type(shell: Shell, tmp_path: Path) -> None:
    assert "there are: " in shell.run("brief", "--team", "nosuch", code=1).stderr
    assert "was named twice" in shell.run("people", "merge", "github:@kim", "github:@kim", code=1).stderr
    unknown = shell.run("people", "refuse", "github:@kim", "github:@ana", "--by", "person:nobody", code=1).stderr
    assert "`fairlead people list` shows them" in unknown
    assert "did you mean `Europe/Berlin`?" in shell.run("init", "new.toml", "--time-zone", "berlin", code=1).stderr
    assert "en or de" in shell.run("init", "new.toml", "--time-zone", "UTC", "--language", "fr", code=1).stderr
    assert "acme/payments" in shell.run("init", "new.toml", "--github", "acme corp", code=1).stderr
    assert not (shell.folder / "new.toml").exists()
    (tmp_path / "file").write_text("")
    blocked = Shell(tmp_path / "file" / "below")
    blocked.folder = tmp_path
    blocked.environ["FAIRLEAD_HOME"] = str(tmp_path / "file")
    assert "set FAIRLEAD_HOME" in blocked.run("brief", code=1).stderr
    with shell.up() as (_, said):
        beside = Shell(tmp_path)
        assert "--port 0" in beside.run("up", "--port", str(said["port"]), code=1).stderr
        assert "a server runs on this home already" in shell.run("up", "--port", "0", code=1).stderr


def test_a_reader_that_leaves_early_sees_no_trace(shell: Shell) -> None:
    process = shell.start("sql", "select * from generate_series(9000)", "--csv")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(30)


@pytest.mark.parametrize("tags", [True, False])
def test_a_repository_alone_gives_figures(tags: bool, tmp_path: Path) -> None:
    shell, repository = Shell(tmp_path), tmp_path / "shop"
    start = datetime.now(UTC) - timedelta(days=24)

    def git(day: float, *words: str) -> None:
        at = (start + timedelta(days=day)).isoformat()
        who = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        named = ["-c", "user.name=Kim", "-c", "user.email=kim@acme.example", "-c", "commit.gpgsign=false"]
        done = ["git", *named, "-C", str(repository), *words]
        subprocess.run(done, env={**os.environ, **who}, check=True, capture_output=True)

    repository.mkdir()
    git(0, "init", "-q", "-b", "main")
    git(0, "commit", "-q", "--allow-empty", "-m", "Begin")
    for number in range(1, 8):
        git(3 * number - 1, "switch", "-q", "-c", f"step-{number}")
        git(3 * number - 1, "commit", "-q", "--allow-empty", "-m", f"Step {number}")
        git(3 * number, "switch", "-q", "main")
        git(3 * number, "merge", "-q", "--no-ff", f"step-{number}", "-m", f"Merge pull request #{number} from a/step")
        if tags:
            git(3 * number + 0.5, "tag", "-a", f"v1.{number}.0", "-m", "Out")
    shell.run("import", "git", str(repository))
    figures = {figure["name"]: figure for figure in shell.json("metrics", "dora")["figures"]}
    assert figures["deployment_frequency"]["value"] is not None
    assert figures["lead_time"]["n"] >= 6
    days = figures["lead_time"]["value"] / 86400
    assert days == pytest.approx(1.5 if tags else 1.0, abs=0.01)
    (chosen,) = shell.rows("select made_from from what_counts where chosen")
    assert chosen["made_from"] == ("tag" if tags else "merge")
    assert ("tags" if tags else "merges to the main branch") in shell.run("brief").stdout
