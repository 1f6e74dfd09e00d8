"""Configuration: what is read, what is refused, and that every fault is told at once with its place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.config.load import find_file, home_folder, load
from fairlead.model.errors import Abort, ConfigFaults

GOOD = """
[organisation]
name = "Acme"
time_zone = "Europe/Berlin"

[sources.github]
repositories = ["acme/payments"]
token = { env = "GITHUB_TOKEN" }
webhook_secrets = [{ env = "ONE" }, { file = "~/two" }]

[teams.payments]
members = ["kim", "lee"]

[services.payments-api]
repository = "github:acme/payments"
paths = ["api/**"]
team = "payments"
"""

BAD = """
[organisation]
time_zone = "Europe/Berln"

[sources.GitHub]
tool = "github"

[sources.code]
token = { env = "A", file = "b" }
repositry = ["acme/payments"]

[server]
port = "9000"

[services.api]
team = "payment"

[teams.payments]
members = "kim"

[deployment]
tags = ["v*"]

[organisation2]
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "fairlead.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_gives_typed_settings(tmp_path: Path) -> None:
    settings = load(_write(tmp_path, GOOD), {}).settings
    assert settings.sources["github"].repositories == ("acme/payments",)
    assert settings.setup().teams["payments"].members == ("kim", "lee")
    assert settings.server.port == 8484


def test_every_fault_is_told_at_once_with_its_place_and_a_suggestion(tmp_path: Path) -> None:
    path = _write(tmp_path, BAD)
    with pytest.raises(ConfigFaults) as caught:
        load(path, {})
    told = {(fault.line, fault.column): fault.message for fault in caught.value.faults}
    assert "did you mean `Europe/Berlin`" in told[3, 1]
    assert "use a-z" in told[5, 1]
    assert "name one place" in told[9, 1]
    assert "did you mean `repositories`" in told[10, 1]
    assert told[13, 1] == "server.port: expected a whole number, got '9000'"
    assert "did you mean `payments`" in told[16, 1]
    assert "expected a list" in told[19, 1]
    assert "did you mean `deployments`" in told[21, 1]
    assert "did you mean `organisation`" in told[24, 1]
    assert len(told) == 9


def test_broken_toml_names_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(ConfigFaults) as caught:
        load(_write(tmp_path, "[server]\nport = = 1\n"), {})
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == (2, 8)


def test_calendars_and_repositories_that_records_may_bring_are_no_fault(tmp_path: Path) -> None:
    text = """
    [organisation]
    calendar = "default"
    [calendars.berlin]
    [teams.a]
    calendar = "berlin"
    repositories = ["*", "?it*:x", "github:acme/*", "git:pay"]
    [people.kim]
    calendar = "hr:shared"
    [services.api]
    repository = "forge:deep/er/path"
    [sources.gitlab]
    repositories = ["acme/pay"]
    """
    assert load(_write(tmp_path, text), {}).settings.teams["a"].calendar == "berlin"


def test_the_environment_is_laid_over_the_file(tmp_path: Path) -> None:
    environ = {
        "FAIRLEAD_SERVER__PORT": "9000",
        "FAIRLEAD_STORE__URL": "postgresql://db/fairlead",
        "FAIRLEAD_HOME": "/x",
    }
    loaded = load(_write(tmp_path, GOOD), environ)
    assert loaded.settings.server.port == 9000
    assert loaded.settings.store.url == "postgresql://db/fairlead"
    assert loaded.overridden == ("FAIRLEAD_SERVER__PORT", "FAIRLEAD_STORE__URL")


def test_without_a_file_the_defaults_hold() -> None:
    assert load(None, {}).settings.organisation.time_zone == "UTC"


HOSTILE = {
    'name = "x"\nname = "y"': (2, "twice"),
    "[server]\n[server]": (2, "twice"),
    '[organisation]\nname = "x': (2, "close the quotes"),
    '[organisation]\ntime_zone = "berlin"': (2, "did you mean `Europe/Berlin`?"),
    '[people.kim]\ntime_zone = "Mars"': (2, "write it like `Europe/Berlin`"),
    '[sources.github]\nsince = "yesterday"': (2, "is no day"),
    "[sources.github]\nsince = 2026-01-31": (2, "put it in quotes"),
    '[sources.github]\nurl = "github.acme.example"': (2, "an address like `https://"),
    '[sources.github]\nwebhook_secrets = [{ envv = "X" }]': (2, "did you mean `env`?"),
    "[sources.github]\nevery_minutes = -5": (2, "0 or more"),
    '[sources.github]\nrepositories = [\n"acme/a",\n3]\norganizations = []': (5, "did you mean `organisations`?"),
    '[[sources]]\ntool = "git"': (1, "expected a table, got a list"),
    '[calendars.default]\nholidays = ["2026-02-30 Never"]': (2, "begins with no day"),
    '[calendars.default]\nhours = "Mon-Fun 09:00-17:00"': (2, "`Fun` is no weekday"),
    '[schedule]\nbrief_at = "25:00"': (2, "no time of day"),
    "[schedule]\nsweep_at = 0300": (2, ""),
    '[warehouse]\nmemory_limit = "lots"': (2, "write it like 256MB"),
    "[server]\nport = 70000": (2, "0 to 65535"),
    '[server]\ntrusted_proxies = ["10.0.0.0/33"]': (2, "no IP address or network"),
    '[server]\npublic_url = "fairlead.acme.example"': (2, "an address like `https://"),
    '[server]\npublic_url = "https://kim:hush@fairlead.acme.example"': (2, "leave out what stands before the `@`"),
    '[webhooks.a]\nurl = "http://169.254.169.254/latest"': (2, "where clouds keep credentials"),
    '[webhooks.a]\nurl = "https://[::ffff:10.1.2.3]/in"': (2, 'if it is meant: networks = ["10.1.2.3"]'),
    '[webhooks.a]\nurl = "https://localhost/in"': (2, "127.0.0.1, an address of a private network"),
    '[webhooks.a]\nurl = "http://hooks.acme.example/in"': (2, "nothing is sent to hooks.acme.example without https"),
    '[endpoints.pay]\nurl = "http://kim:hush@pay/"': (2, "leave out what stands before the `@`"),
    '[store]\nurl = "mysql://kim:hush@db/x"': (2, "expected `postgresql://"),
    '[bus]\nurl = "nats://a:4222, amqp://kim:hush@b"': (2, "expected `nats://host:4222`"),
    '[bus]\nstream = "raw.events"': (2, "no name of a stream"),
    "[thresholds]\nfirst_review_hours = nan": (2, "0 or more"),
    "[privacy]\nminimum_group = 0": (2, "1 or more"),
    '[teams.a]\nparent = "b"\n[teams.b]\nparent = "a"': (2, "is above itself"),
    '[teams.a]\nlead = "kim"\n[people.kym]': (2, "did you mean `kym`?"),
    '[teams.a]\nservices = ["api"]\n[services.apis]': (2, "did you mean `apis`?"),
    '[teams.a]\ncalendar = "nope"\n[calendars.nop]': (2, "did you mean `nop`?"),
    '[people.a]\ncalendar = "nope"': (2, "no calendar `nope`; known: default"),
    '[organisation]\ncalendar = "easter"': (2, "no calendar `easter`"),
    '[sources.days]\ntool = "ics"\n[sources.days.options]\ncalendars = ["default", "x"]': (4, "no calendar `x`"),
    '[services.a]\nrepository = "acme/pay"': (
        2,
        "`acme/pay` lacks its source in front; did you mean `github:acme/pay`?",
    ),
    '[services.a]\nrepository = "acme/*"': (2, "one repository is named here"),
    '[services.a]\nrepository = "acme/pay"\n[sources.lab]\ntool = "gitlab"': (2, "did you mean `lab:acme/pay`?"),
    '[services.a]\nrepository = "pay"\n[sources.git]\nknown_as = "x:acme/pay"': (2, "did you mean `x:acme/pay`?"),
    '[services.a]\nrepository = "acme/api"\n[sources.lab]\nrepositories = ["acme/apx", "Acme/api"]': (2, "lab:Acme"),
    '[teams.a]\nrepositories = ["*/web", "github:acme/pay*", "acme/*"]': (2, "did you mean `github:acme/*`?"),
    '[sources.git]\npaths = ["x"]\nknown_as = "acme/pay"': (3, "did you mean `github:acme/pay`?"),
    '[sources.github]\nrepositories = ["github:acme/pay"]': (2, "did you mean `acme/pay`?"),
    '[deployments]\nsources = ["tags"]': (2, "did you mean `tag`?"),
    '[organisation]\nname = """\n[server]\nport = 1"""\n[server]\nport = "x"': (6, "a whole number"),
    'server = { hots = "x" }': (1, "did you mean `host`?"),
    "server.prot = 1": (1, "did you mean `port`?"),
    "\ufeff[server]\nprot = 1": (2, "did you mean `port`?"),
    "[server]\r\nprot = 1": (2, "did you mean `port`?"),
}


def test_a_webhook_to_a_private_network_that_is_meant(tmp_path: Path) -> None:
    text = '[actions]\nnetworks = ["127.0.0.0/8", "10.1.0.0/16"]\n[webhooks]\n'
    hooks = (
        'a = {url = "http://localhost:8080/in"}\nb = {url = "https://10.1.2.3/in"}\nc = {url = "https://hooks.x/"}'
    )
    load(_write(tmp_path, text + hooks), {})


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_meant_is_told_with_its_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "fairlead.toml"
    path.write_bytes(text.encode())
    with pytest.raises(ConfigFaults) as caught:
        load(path, {})
    line, said = HOSTILE[text]
    assert any(fault.line == line and said in fault.message for fault in caught.value.faults), caught.value
    assert len(str(caught.value)) < 600, "nobody reads more"
    assert "hush" not in str(caught.value)


def test_figures_are_known_by_name_where_names_are_given(tmp_path: Path) -> None:
    path = _write(tmp_path, '[kpi]\non = ["thruput", "cycle_time", "house"]\n')
    with pytest.raises(ConfigFaults) as caught:
        load(path, {}, figures=("throughput", "cycle_time"))
    assert [(fault.line, fault.column, fault.message) for fault in caught.value.faults] == [
        (2, 1, "kpi.on: no figure `house`"),
        (2, 1, "kpi.on: no figure `thruput`; did you mean `throughput`?"),
    ]
    assert load(path, {}).settings.kpi.on[-1] == "house"


def test_what_the_environment_says_is_told_by_its_variable(tmp_path: Path) -> None:
    environ = {"FAIRLEAD_SERVER__PRT": "1", "FAIRLEAD_SERVR__PORT": "1", "FAIRLEAD_ORGANISATION__TIME_ZONE": "berlin"}
    with pytest.raises(ConfigFaults) as caught:
        load(_write(tmp_path, GOOD), environ)
    assert {fault.path for fault in caught.value.faults} == set(environ)


@pytest.mark.parametrize("data", [b'# ok\n[organisation]\nname = "M\xfcller"', '# ok\nname = "x"'.encode("utf-16")])
def test_text_that_is_no_utf8_is_told_with_its_place(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_bytes(data)
    with pytest.raises(ConfigFaults) as caught:
        load(tmp_path / "fairlead.toml", {})
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == ((1, 1) if data[0] == 0xFF else (3, 10))
    assert "save the file as UTF-8" in fault.message


def test_a_mark_of_byte_order_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(tmp_path / "fairlead.toml", {}).settings.organisation.name == "Acme"


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").mkdir()
    found = find_file(tmp_path, tmp_path / "home")
    with pytest.raises(Abort, match="is a folder"):
        load(found, {})


def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Abort, match=r"cannot read .*: not a directory") as told:
        load(tmp_path / "file" / "fairlead.toml", {})
    assert "--config" in told.value.hint


def test_the_nearest_file_upwards_wins_over_the_home(tmp_path: Path) -> None:
    home, deep = tmp_path / "home", tmp_path / "project" / "a" / "b"
    home.mkdir()
    deep.mkdir(parents=True)
    at_home = _write(home, GOOD)
    assert find_file(deep, home) == at_home
    near = _write(tmp_path / "project", GOOD)
    assert find_file(deep, home) == near


def test_the_home_follows_the_environment() -> None:
    assert home_folder({"FAIRLEAD_HOME": "/srv/fairlead"}) == Path("/srv/fairlead")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["organisation", "sources", "teams", "server", "store", "x"]),
        st.dictionaries(st.sampled_from(["name", "port", "url", "github", "tool", "zz"]), _VALUES, max_size=4),
        max_size=4,
    )
)
def test_no_file_makes_it_fall_over(values: dict[str, dict[str, object]]) -> None:
    import tempfile

    import tomlkit

    text = tomlkit.dumps(
        {key: {k: v for k, v in table.items() if v is not None} for key, table in _clean(values).items()}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = _write(Path(folder), text)
        try:
            load(path, {})
        except ConfigFaults as faults:
            assert faults.faults


def _clean(value: object) -> dict[str, dict[str, object]]:
    def plain(item: object) -> object:
        if isinstance(item, dict):
            return {key: plain(part) for key, part in item.items() if part is not None}
        if isinstance(item, list):
            return [plain(part) for part in item if part is not None]
        return item

    cleaned = plain(value)
    assert isinstance(cleaned, dict)
    return cleaned


def test_every_key_says_what_it_means() -> None:
    from fairlead.config.reference import page

    assert not [line for line in page().splitlines() if line.startswith("| `") and line.endswith("|  |")]


def test_a_secret_file_is_found_beside_the_settings(tmp_path: Path) -> None:
    from fairlead.config.secrets import Places, credentials

    (tmp_path / "key").write_text("s3cret\n", encoding="utf-8")
    loaded = load(_write(tmp_path, '[sources.github]\ntoken = { file = "key" }\n'), {})
    assert credentials(loaded.settings.sources["github"], Places({}, tmp_path)) == {"token": "s3cret"}
