"""Accounts become people: what merges by itself, what is suggested, what people decided, and never by order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.fairlead import identity_decided, link_id
from fairlead.connectors.kit.connector import Options
from fairlead.ingest.apply import Ingest
from fairlead.ingest.identity.clusters import join, person_id
from fairlead.ingest.identity.evidence import STRENGTH, Known, Tie
from fairlead.ingest.identity.resolve import after_batch, needed, resolve
from fairlead.model.patch import Patch
from fairlead.model.records.code import Change
from fairlead.model.records.conversation import Document
from fairlead.model.records.kinds import Record
from fairlead.model.records.people import Account, IdentityLink, Membership
from fairlead.model.setup import IdentityRules, PersonSetup, Setup
from fairlead.store import records
from fairlead.store.database import Database

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
_NOTHING = Setup()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'facts.db'}")
    yield opened
    opened.close()


def _tell(store: Database, *told: Record, setup: Setup = _NOTHING) -> None:
    with store.begin() as tx:
        records.apply(tx, [Patch(record, AT) for record in told])
        resolve(tx, setup)


def _rows(store: Database, table: str) -> dict[str, dict[str, Any]]:
    with store.read() as tx:
        return {row["id"]: row for row in records.rows(tx, table) if not row["deleted_at"]}


def _owners(store: Database) -> dict[str, str]:
    return {name: row["person"] for name, row in _rows(store, "accounts").items()}


def _git(address: str, name: str = "") -> Account:
    return Account(id=f"email:{address}", source="git", email=address, name=name)


def _hub(login: str, **more: Any) -> Account:
    return Account(id=f"github:@{login}", source="github", handle=login, **more)


def test_what_tools_prove_merges_by_itself(store: Database) -> None:
    _tell(
        store,
        _hub("kim", name="Kim Doe", external_id="77", email="kim@acme.example", email_verified=True),
        _git("kim@acme.example", "Kim"),
        _git("77+kim-old@users.noreply.github.com", "Kim Doe"),
        _git("kim@home.example", "kim"),
        Document(id="git:a/file/.mailmap", path=".mailmap", body="Kim Doe <kim@acme.example> <kim@home.example>\n"),
        _git("lee@acme.example", "Lee Roe"),
        _hub("lroe", external_id="78"),
        IdentityLink(
            id=link_id("email:lee@acme.example", "github:@lroe"), source="github", account="email:lee@acme.example",
            other="github:@lroe", method="commit_author", status="automatic", score=1.0,
        ),
    )  # fmt: skip
    owners = _owners(store)
    assert {owners[one] for one in owners if "kim" in one} == {"person:kim"}
    assert {owners["email:lee@acme.example"], owners["github:@lroe"]} == {"person:lroe"}
    people = _rows(store, "people")
    assert set(people) == {"person:kim", "person:lroe"}
    assert (people["person:kim"]["name"], people["person:kim"]["email"]) == ("Kim Doe", "kim@acme.example")
    methods = {row["method"] for row in _rows(store, "identity_links").values()}
    assert methods == {"verified_email", "noreply_email", "mailmap", "commit_author"}


def test_addresses_of_nobody_and_of_two_merge_nothing(store: Database) -> None:
    _tell(
        store,
        _hub("kim", email="noreply@github.com", email_verified=True),
        _git("noreply@github.com", "GitHub"),
        _hub("lee", email="team@acme.example", email_verified=True),
        _hub("max", email="team@acme.example", email_verified=True),
        _git("team@acme.example", "Team"),
    )
    owners = _owners(store)
    assert owners["github:@kim"] != owners["email:noreply@github.com"]
    assert owners["github:@lee"] != owners["github:@max"]
    held = [row for row in _rows(store, "identity_links").values() if row["status"] == "suggested"]
    assert any("yet they seem to be two" in row["reason"] for row in held)


def test_a_renamed_login_is_the_same_person(store: Database) -> None:
    _tell(store, _hub("kim-old", external_id="77"), _hub("kim", external_id="77"))
    assert set(_owners(store).values()) == {"person:kim"}


def test_look_alikes_are_suggested_and_decisions_hold(tmp_path: Path, store: Database) -> None:
    log = SqlEventLog.open(f"sqlite:///{tmp_path / 'raw.db'}")
    ingest = Ingest(store, log, options=Options, after=[after_batch(Setup())])
    change = Change(id="github:acme/api#1", repository="github:acme/api", author="github:@kdoe")
    _tell(
        store,
        _hub("kdoe", name="Kim Döe"),
        _git("kim.doe@home.example", "Kim Doe"),
        _git("lee@x.example", "Lee Roe"),
        change,
    )
    (link,) = _rows(store, "identity_links").values()
    assert (link["account"], link["other"], link["status"]) == (
        "email:kim.doe@home.example",
        "github:@kdoe",
        "suggested",
    )
    assert link["score"] >= 0.85
    assert "the same name" in link["reason"]
    assert len(set(_owners(store).values())) == 3

    def decide(decision: str, hours: int) -> dict[str, str]:
        at = AT + timedelta(hours=hours)
        log.append([identity_decided(decision, link["account"], link["other"], "person:boss", at)])
        while ingest.step().raw_events:
            pass
        return _owners(store)

    owners = decide("confirmed", 1)
    assert owners[link["account"]] == owners[link["other"]] == "person:kdoe"
    assert set(_rows(store, "people")) == {"person:kdoe", owners["email:lee@x.example"]}
    owners = decide("reverted", 2)
    assert owners[link["account"]] != owners[link["other"]]
    assert _rows(store, "identity_links")[link["id"]]["status"] == "suggested"
    decide("refused", 3)
    _tell(store, _git("new@x.example", "New One"))
    assert _rows(store, "identity_links")[link["id"]]["status"] == "refused"
    again = Database.open(f"sqlite:///{tmp_path / 'again.db'}")
    _tell(again, _hub("kdoe", name="Kim Döe"), _git("kim.doe@home.example", "Kim Doe"))
    replayed = Ingest(again, log, options=Options, after=[after_batch(Setup())])
    while replayed.step().raw_events:
        pass
    assert _rows(again, "identity_links")[link["id"]]["status"] == "refused"
    log.close()


def test_a_refused_proof_stays_refused_by_every_way(store: Database) -> None:
    kim, bare = _hub("kim", email="k@acme.example", email_verified=True), _git("k@acme.example")
    refused = IdentityLink(
        id=link_id(kim.id, bare.id), account=bare.id, other=kim.id, status="refused", source="fairlead", decided_at=AT
    )
    _tell(store, kim, bare, refused)
    owners = _owners(store)
    assert owners[kim.id] != owners[bare.id]


def test_what_the_team_states_wins(store: Database) -> None:
    setup = Setup(
        people={
            "kim": PersonSetup(
                name="Kim Doe", email="kim@acme.example", accounts=("github:@kd", "kimmy"), time_zone="Asia/Tokyo"
            ),
            "robo": PersonSetup(name="Robo", accounts=("github:@robo",), kind="coding_agent"),
        },
        identity=IdentityRules(bots=("deployer",), humans=("renovate",)),
    )  # fmt: skip
    told = [
        _hub("kd"),
        _hub("kimmy"),
        _hub("robo"),
        _hub("deployer"),
        _hub("renovate"),
        _hub("dependabot[bot]", tool_kind="Bot"),
    ]
    _tell(store, *told, setup=setup)
    people = _rows(store, "people")
    assert (people["person:kim"]["time_zone"], people["person:robo"]["kind"]) == ("Asia/Tokyo", "coding_agent")
    kinds = {name.removeprefix("github:@"): row["kind"] for name, row in _rows(store, "accounts").items()}
    assert (kinds["deployer"], kinds["renovate"], kinds["dependabot[bot]"], kinds["robo"]) == (
        "bot",
        "human",
        "bot",
        "coding_agent",
    )
    assert {_owners(store)[one] for one in ("github:@kd", "github:@kimmy", "email:kim@acme.example")} == {
        "person:kim"
    }


def test_members_of_teams_get_their_person_and_nothing_is_done_twice(store: Database) -> None:
    _tell(
        store,
        _hub("kim"),
        Membership(id="github:@acme/core/github:@kim", team="github:@acme/core", account="github:@kim"),
    )
    assert _rows(store, "memberships")["github:@acme/core/github:@kim"]["person"] == "person:kim"
    with store.begin() as tx:
        assert not needed(tx, Setup())
        assert needed(tx, Setup(people={"kim": PersonSetup(name="Kim")}))
        assert resolve(tx, Setup()) == {}


_ACCOUNTS = [
    Known("github:@ann", "ann", external_id="1"), Known("github:@bob", "bob", external_id="2"),
    Known("gitlab:@ann", "ann"), Known("email:a@x.example", email="a@x.example"),
    Known("email:b@x.example", email="b@x.example"), Known("github:@ann2", "ann2", external_id="1"),
    Known("github:@robot", "robot", kind="bot"),
]  # fmt: skip
_IDS = st.sampled_from([one.id for one in _ACCOUNTS])
_PAIR = st.tuples(_IDS, _IDS).filter(lambda pair: pair[0] != pair[1])
_TIE = st.builds(lambda pair, method: Tie(*pair, method, "told"), _PAIR, st.sampled_from(sorted(STRENGTH)))


@settings(max_examples=150)
@given(st.lists(_TIE, max_size=10), st.lists(_PAIR, max_size=2), st.lists(_PAIR, max_size=3), st.randoms())
def test_order_never_matters_and_refusals_hold(
    told: Sequence[Tie], yes: Sequence[tuple[str, str]], no: Sequence[tuple[str, str]], luck: Any
) -> None:
    confirmed = {(min(pair), max(pair)) for pair in yes}
    refused = {(min(pair), max(pair)) for pair in no} - confirmed
    accounts = {one.id: one for one in _ACCOUNTS}
    first = join(accounts, told, confirmed, refused)
    shuffled = list(told)
    luck.shuffle(shuffled)
    mixed = list(accounts.values())
    luck.shuffle(mixed)
    assert join({one.id: one for one in mixed}, shuffled, confirmed, refused).of == first.of
    assert all(first.of[one] != first.of[other] for one, other in refused)
    names = [person_id(accounts[member] for member in members) for members in first.members().values()]
    assert len(set(names)) == len(names)
    if not confirmed and not any(tie.method in ("configured", "external_id") for tie in told):
        for members in first.members().values():
            logins = {
                (one.source, one.external_id or one.handle)
                for one in map(accounts.__getitem__, members)
                if one.handle
            }
            assert len({source for source, _ in logins}) == len(logins)


def test_unrelated_clusters_never_share_a_person(store: Database, tmp_path: Path) -> None:
    """What the team states keeps the id, whoever came first; a handle that reads like another's id is its own."""
    setup = Setup(people={"kim": PersonSetup(name="Kim Adler", accounts=("github:@kim-adler",))})
    kim_lab = Account(id="gitlab:@kim", source="gitlab", handle="kim")
    told = [_hub("kim"), _hub("kim-adler"), _hub("kim-gitlab"), kim_lab]
    for one in told:
        _tell(store, one, setup=setup)
    owners = _owners(store)
    assert owners["github:@kim-adler"] == "person:kim"
    assert owners["github:@kim-gitlab"] == "person:kim-gitlab"
    assert len(set(owners.values())) == 4
    assert set(_rows(store, "people")) == set(owners.values())
    assert _rows(store, "people")[owners["github:@kim"]]["name"] == "kim"
    other = Database.open(f"sqlite:///{tmp_path / 'other.db'}")
    for one in reversed(told):
        _tell(other, one, setup=setup)
    assert _owners(other) == owners
    other.close()
