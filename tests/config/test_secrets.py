"""Secrets by reference: a file of SOPS by its command, and Vault by its protocol over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from fairlead.config import vault as vaults
from fairlead.config.load import load
from fairlead.config.secrets import Places, resolve
from fairlead.config.settings import SecretRef, Vault
from fairlead.model.errors import Abort, ConfigFaults


class FakeVault(BaseHTTPRequestHandler):
    """Vault's answers to the four requests that are made of it, in its shapes and with its codes."""

    held: ClassVar[dict[str, dict[str, Any]]] = {}
    tokens: ClassVar[set[str]] = set()
    asked: ClassVar[list[tuple[str, str | None]]] = []
    sealed: ClassVar[bool] = False
    elsewhere: ClassVar[str] = ""

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("X-Vault-Namespace")))
        if self.sealed:
            return self._answer(503, {"errors": ["Vault is sealed"]})
        if self.elsewhere:
            self.send_response(307)
            self.send_header("Location", self.elsewhere)
            return self.end_headers()
        if self.headers.get("X-Vault-Token") not in self.tokens:
            return self._answer(403, {"errors": ["2 errors occurred: permission denied, invalid token"]})
        if self.path == "/v1/auth/token/lookup-self":
            said = {"display_name": "approle", "policies": ["default", "fairlead"], "ttl": 3590}
            return self._answer(200, {"data": said})
        mount, _, path = self.path.removeprefix("/v1/").partition("/data/")
        found = self.held.get(f"{mount}:{path}")
        if found is None:
            return self._answer(404, {"errors": []})
        return self._answer(200, {"data": {"data": found, "metadata": {"version": 3, "deletion_time": ""}}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers.get("X-Vault-Namespace")))
        if self.path != "/v1/auth/approle/login" or body != {"role_id": "r-1", "secret_id": "s-1"}:
            return self._answer(400, {"errors": ["invalid role or secret ID"]})
        token = f"hvs.{len(self.asked)}"
        self.tokens.add(token)
        return self._answer(200, {"auth": {"client_token": token, "lease_duration": 3600, "renewable": True}})

    def _answer(self, code: int, said: object) -> None:
        body = json.dumps(said).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[FakeVault]]]:
    """A Vault of this test alone, with its address: what is kept in memory is kept by address."""
    kind = type(
        "OneVault",
        (FakeVault,),
        {
            "held": {"secret:fairlead/github": {"token": "ghp_held\n", "count": 3}},
            "tokens": {"hvs.root"},
            "asked": [],
            "sealed": False,
            "elsewhere": "",
        },
    )
    running = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", kind
    running.shutdown()
    running.server_close()
    thread.join()


TOKEN = SecretRef(env="VAULT_TOKEN")
GITHUB = SecretRef(vault="fairlead/github", key="token")


def test_a_token_reads_a_field_once_a_minute(server: tuple[str, type[FakeVault]]) -> None:
    url, vault = server
    where = Places({"VAULT_TOKEN": "hvs.root"}, None, Vault(url=url, namespace="team-a", token=TOKEN))
    assert resolve(GITHUB, where) == "ghp_held"
    assert resolve(GITHUB, where) == "ghp_held"
    assert vault.asked == [("/v1/secret/data/fairlead/github", "team-a")]


def test_an_approle_signs_in_and_again_when_its_token_was_revoked(server: tuple[str, type[FakeVault]]) -> None:
    url, vault = server
    role = Vault(url=url, role_id="r-1", secret_id=SecretRef(env="ROLE_SECRET"))
    where = Places({"ROLE_SECRET": "s-1"}, None, role)
    assert resolve(GITHUB, where) == "ghp_held"
    vault.held["secret:fairlead/jira"] = {"token": "jt"}
    vault.tokens.clear()
    assert resolve(SecretRef(vault="fairlead/jira", key="token"), where) == "jt"
    assert [path for path, _ in vault.asked].count("/v1/auth/approle/login") == 2
    said = vaults.check(role, lambda own: resolve(own, where))
    assert said.endswith("as approle, policies default, fairlead, 3590 s left")


@pytest.mark.parametrize(
    ("reference", "token", "said"),
    [
        (SecretRef(vault="fairlead/gitlab", key="token"), "hvs.root", "has no secret secret/fairlead/gitlab"),
        (SecretRef(vault="fairlead/github", key="tokn"), "hvs.root", "has no field `tokn`"),
        (SecretRef(vault="fairlead/github", key="count"), "hvs.root", "is no text"),
        (GITHUB, "hvs.other", "does not allow this"),
        (GITHUB, "hvs.\nother", "the token holds signs that no header may"),
    ],
)
def test_what_vault_refuses_is_told_and_never_with_a_secret(
    server: tuple[str, type[FakeVault]], reference: SecretRef, token: str, said: str
) -> None:
    where = Places({"VAULT_TOKEN": token}, None, Vault(url=server[0], token=TOKEN))
    with pytest.raises(Abort) as raised:
        resolve(reference, where)
    told = f"{raised.value.message} {raised.value.hint}"
    assert said in told
    assert "hvs." not in told
    assert "ghp_" not in told


def test_a_sealed_one_a_redirect_and_none_at_all(server: tuple[str, type[FakeVault]]) -> None:
    url, vault = server
    where = Places({"VAULT_TOKEN": "hvs.root"}, None, Vault(url=url, token=TOKEN))
    vault.sealed = True
    with pytest.raises(Abort, match="sealed"):
        resolve(GITHUB, where)
    vault.sealed, vault.elsewhere = False, "http://127.0.0.1:9/v1/secret/data/fairlead/github"
    with pytest.raises(Abort, match="answered 307"):
        resolve(GITHUB, where)
    with pytest.raises(Abort, match="cannot be asked"):
        resolve(GITHUB, Places({"VAULT_TOKEN": "t"}, None, Vault(url="http://127.0.0.1:9", token=TOKEN)))


SOPS = """#!/bin/sh
[ "$1" = "--decrypt" ] && [ "$2" = "--extract" ] || { echo "usage" >&2; exit 1; }
echo "$3" >> "$LOG"
[ "$3" = '["github"]["tokens"][0]' ] || { echo "Error: component $3 not found" >&2; exit 100; }
echo "ghp_first"
"""


def test_sops_opens_one_value_by_its_own_command(tmp_path: Path) -> None:
    """Not against SOPS itself, which is not on every machine: against a command that takes the same arguments."""
    command = tmp_path / "bin" / "sops"
    command.parent.mkdir()
    command.write_text(SOPS)
    command.chmod(0o755)
    (tmp_path / "secrets.yaml").write_text("github: ENC[AES256_GCM,data:...]\n")
    environ = {"PATH": f"{command.parent}:/usr/bin:/bin", "LOG": str(tmp_path / "log")}
    where = Places(environ, tmp_path)
    first = SecretRef(sops="secrets.yaml", key="github.tokens.0")
    assert [resolve(first, where), resolve(first, where)] == ["ghp_first"] * 2
    assert (tmp_path / "log").read_text().splitlines() == ['["github"]["tokens"][0]']
    with pytest.raises(Abort, match=r"cannot open `x\"]\[\"y` .* not found"):
        resolve(SecretRef(sops="secrets.yaml", key='x"]["y'), where)
    assert (tmp_path / "log").read_text().splitlines()[-1] == '["x\\"][\\"y"]'
    with pytest.raises(Abort, match="no SOPS file"):
        resolve(SecretRef(sops="other.yaml", key="a"), where)
    with pytest.raises(Abort, match="`sops` is not installed"):
        resolve(SecretRef(sops="secrets.yaml", key="a"), Places({"PATH": str(tmp_path)}, tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('token = { sops = "a.yaml" }', "`key` says what of the sops secret: it is missing"),
        ('token = { env = "A", key = "b" }', "`key` belongs to `sops` and `vault`"),
        ('token = { vault = "a", key = "b" }', "`vault` needs a [vault] with its url"),
        ('token = { vault = "a", key = "b" }\n[vault]\nurl = "https://v.example"', "name a `token`, or `role_id`"),
        ('[vault]\nurl = "http://vault.acme.example"\ntoken = { env = "T" }', "expected https"),
        ('[vault]\nurl = "https://v.example"\ntoken = { sops = "x", key = "y" }', "in the environment or in a file"),
    ],
)
def test_faults_of_references_are_told_with_their_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "fairlead.toml"
    path.write_text(f"[sources.github]\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigFaults) as raised:
        load(path, {})
    assert said in str(raised.value)
