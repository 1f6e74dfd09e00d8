"""Anchors: places outside that see a checkpoint, so that nobody can go back behind it unseen."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from fairlead.governance.ledger.notes import read_note, read_statement
from fairlead.governance.letter import Letter
from fairlead.governance.outbox import Order, Outbox
from fairlead.model.errors import Abort, Fault, Retry, Skip
from fairlead.model.times import Clock, entered_at
from fairlead.store import ledger as kept
from fairlead.store.database import Database

_FILE = "fairlead-ledger.txt"
_PATIENCE_S = 30.0


class Place(Protocol):
    """Somebody outside."""

    def show(self, note: str) -> bytes:
        """Shows a checkpoint; gives what the place answered. Raises a `Fault` where it did not take it."""
        ...


@dataclass(frozen=True, slots=True)
class GitPlace:
    """A repository into which each checkpoint is committed; whoever pulls it has seen it."""

    folder: Path

    def show(self, note: str) -> bytes:
        """Commits the checkpoint; gives the id of the commit that holds it."""
        said = read_statement(read_note(note))
        path = self.folder / _FILE
        try:
            path.write_text(note, encoding="utf-8")
        except OSError as fault:
            raise Skip(f"{path} cannot be written: {fault.strerror}", hint="name a repository of yours") from fault
        self._git("add", "--", _FILE)
        # as after a kill: what is committed already is not committed again
        if self._git("status", "--porcelain", "--", _FILE):
            who = ("-c", "user.name=Fairlead", "-c", "user.email=fairlead@localhost", "-c", "commit.gpgsign=false")
            self._git(*who, "commit", "-q", "-m", f"{said.origin}: {said.size} entries", "--", _FILE)
        return self._git("rev-parse", "HEAD")

    def _git(self, *words: str) -> bytes:
        command = ["git", "-C", str(self.folder), *words]
        # what a hook or a shell around us has set up is for another repository
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_PATIENCE_S, env=environ)
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise Retry(f"git in {self.folder}: {fault}") from fault
        if done.returncode:
            words_of_git = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["failed"]
            raise Skip(f"git in {self.folder}: {words_of_git[0]}", hint="is it a repository that we may write to?")
        return done.stdout.strip()


@dataclass(frozen=True, slots=True)
class SlackPlace:
    """A channel into which each checkpoint is posted, by the outbox."""

    database: Database
    clock: Clock
    channel: str

    def show(self, note: str) -> bytes:
        """Puts a message into the outbox; gives its id."""
        said = read_statement(read_note(note))
        order = Order(
            channel="slack", address=self.channel, kind="anchor", made_from="ledger", asked_by="ledger",
            as_of=self.clock.now(), once=f"{said.origin}/{said.size}",
        )  # fmt: skip
        Outbox(self.database, self.clock).post([order], Letter(subject=f"Ledger: {said.size} entries", text=note))
        return order.id.encode()


@dataclass(frozen=True, slots=True)
class StampPlace:
    """An authority for time stamps, by RFC 3161."""

    url: str
    roots: bytes
    """Certificates in PEM that its stamps must lead to."""

    def show(self, note: str) -> bytes:
        """Has the checkpoint's hash stamped, and checks the stamp; gives it as it came."""
        # late: nobody without such an anchor loads them
        import httpx
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

        request = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
        headers = {"content-type": "application/timestamp-query", "accept": "application/timestamp-reply"}
        try:
            answer = httpx.post(self.url, content=request.as_bytes(), headers=headers, timeout=_PATIENCE_S)
        except httpx.HTTPError as fault:
            raise Retry(f"the authority did not answer: {type(fault).__name__}") from fault
        if answer.status_code != 200:
            raise Retry(f"the authority answered {answer.status_code}")
        check_stamp(answer.content, note, self.roots, request.nonce)
        return answer.content


def check_stamp(stamp: bytes, note: str, roots: bytes, nonce: int | None = None) -> None:
    """Whether a stamp is of this checkpoint and leads to one of the certificates; raises `Skip` where not."""
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        builder = VerifierBuilder(nonce=nonce)
        for root in x509.load_pem_x509_certificates(roots):
            builder = builder.add_root_certificate(root)
        builder.build().verify(decode_timestamp_response(stamp), sha256(note.encode()).digest())
    except (ValueError, VerificationError) as fault:
        raise Skip(f"the stamp of the authority does not hold: {fault}", hint="[ledger] authority") from fault


def place(word: str, database: Database, clock: Clock, beside: Callable[[str], Path], authority: str) -> Place:
    """The place that a word of the settings means."""
    kind, _, where = word.partition(":")
    if kind == "git" and where:
        return GitPlace(beside(where))
    if kind == "slack" and where:
        return SlackPlace(database, clock, where)
    if kind == "rfc3161" and where.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        try:
            return StampPlace(where, beside(authority).read_bytes() if authority else b"")
        except OSError as fault:
            raise Abort(f"[ledger] authority: {authority} cannot be read: {fault.strerror}") from fault
    raise Abort(f"no anchor is written `{word}`", hint="git:<folder>, slack:<channel> or rfc3161:<https address>")


def anchor(database: Database, clock: Clock, places: Iterable[tuple[str, Callable[[], Place]]]) -> list[Fault]:
    """Shows the last checkpoint at each place that has not seen it; gives what went wrong.

    Without the store's lock, for a place may take its time. What was shown and not noted is shown again, which does
    no harm.
    """
    faults: list[Fault] = []
    for name, opened in places:
        with database.read() as tx:
            last, seen = kept.last_checkpoint(tx), kept.anchored(tx, name)
        if last is None or last.size <= seen:
            continue
        try:
            receipt = opened().show(last.note)
        except Fault as fault:
            # one that is down must not keep the others from seeing it
            faults.append(type(fault)(f"anchor {name}: {fault.message}", hint=fault.hint))
            continue
        with database.begin() as tx:
            if kept.anchored(tx, name) < last.size:
                kept.put_anchor(tx, kept.Anchor(last.size, name, entered_at(clock), receipt))
    return faults
