"""The way out: what may be sent where, and that a name is not believed twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import httpx
import pytest

from fairlead.connectors.kit.outgoing import LARGEST, Guarded, Ways
from fairlead.model.errors import Denied, Retry

PUBLIC = "93.184.215.14"


class _Watched(httpx.BaseTransport):
    """Keeps what would go out, and answers."""

    def __init__(self, parts: Sequence[bytes] = (b"{}",)) -> None:
        self.parts = parts
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return httpx.Response(200, stream=_Parts(self.parts))


class _Parts(httpx.SyncByteStream):
    def __init__(self, parts: Sequence[bytes]) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[bytes]:
        yield from self.parts


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def _client(watched: _Watched, answers: Sequence[Sequence[str]], **more: Sequence[str]) -> httpx.Client:
    waiting = iter(answers)
    ways = Ways.of(["https://api.harbor.example/v3"], **more)
    return httpx.Client(transport=Guarded(ways, lambda _host, _port: next(waiting), watched))


def test_it_connects_to_the_address_that_was_judged_in_the_name_of_the_host() -> None:
    watched = _Watched()
    # a name that would lead inside at a second look
    client = _client(watched, [[PUBLIC], ["127.0.0.1"]])
    client.post("https://api.harbor.example/v3/x", json={})
    [sent] = watched.seen
    assert sent.url.host == PUBLIC
    assert sent.headers["host"] == "api.harbor.example"
    assert sent.extensions["sni_hostname"] == "api.harbor.example"
    with pytest.raises(Denied, match=r"127\.0\.0\.1"):
        client.post("https://api.harbor.example/v3/x", json={})
    assert len(watched.seen) == 1


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.16.0.9", "192.168.7.7", "127.0.0.1", "0.0.0.0", "100.64.9.9", "169.254.169.254",
        "224.0.0.9", "::1", "::", "fe80::1", "fd00:ec2::254", "fc00::7", "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "2002:a00:1::", "240.0.0.1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_in_whatever_form(address: str) -> None:
    watched = _Watched()
    # among good ones as well: a connection may take any of them
    with pytest.raises(Denied):
        _client(watched, [[PUBLIC, address]]).post("https://api.harbor.example/x")
    assert not watched.seen


def test_networks_of_the_settings_are_meant_but_metadata_never() -> None:
    watched = _Watched()
    _client(watched, [["10.1.2.3"]], networks=["10.1.0.0/16"]).post("https://api.harbor.example/x")
    assert watched.seen[0].url.host == "10.1.2.3"
    for address in ("169.254.169.254", "fe80::1", "::ffff:169.254.169.254"):
        with pytest.raises(Denied, match="link-local"):
            _client(watched, [[address]], networks=["*"]).post("https://api.harbor.example/x")


def test_without_tls_only_to_a_loopback_that_is_meant() -> None:
    watched = _Watched()
    with pytest.raises(Denied, match="without https"):
        _client(watched, [[PUBLIC]]).post("http://api.harbor.example/x")
    with pytest.raises(Denied, match="private"):
        _client(watched, [["127.0.0.1"]]).post("http://api.harbor.example/x")
    _client(watched, [["127.0.0.1"]], networks=["127.0.0.0/8"]).post("http://api.harbor.example:8099/x")
    assert str(watched.seen[0].url) == "http://127.0.0.1:8099/x"


def test_only_named_hosts() -> None:
    watched = _Watched()
    with pytest.raises(Denied, match=r"evil\.example") as told:
        _client(watched, [[PUBLIC]]).post("https://evil.example/x")
    assert "allowed_hosts" in told.value.hint
    _client(watched, [[PUBLIC]], hosts=["Hooks.Harbor.example"]).post("https://hooks.harbor.example/x")
    assert len(watched.seen) == 1


def test_a_proxy_looks_names_up_and_only_named_hosts_are_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.harbor.example:3128")
    watched = _Watched()
    _client(watched, []).post("https://api.harbor.example/x")
    assert watched.seen[0].url.host == "api.harbor.example"
    with pytest.raises(Denied):
        _client(watched, []).post("https://evil.example/x")


def test_an_answer_without_an_end_is_cut_off() -> None:
    watched = _Watched([b"x" * 1_000_000] * (LARGEST // 1_000_000 + 2))
    with pytest.raises(httpx.RemoteProtocolError, match="larger"):
        _client(watched, [[PUBLIC]]).get("https://api.harbor.example/x")


def test_a_name_that_nobody_knows_may_be_known_later() -> None:
    def lookup(host: str, _port: int) -> list[str]:
        raise Retry(f"{host} cannot be found")

    with pytest.raises(Retry):
        httpx.Client(transport=Guarded(Ways.of(["https://api.harbor.example"]), lookup)).get(
            "https://api.harbor.example"
        )
