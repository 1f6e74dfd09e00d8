"""What policies are handed: freezes and quiet hours of a team, secrets and personal data in texts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fairlead.governance.policy import document as d
from fairlead.governance.policy import policies, rights
from fairlead.governance.policy.freezes import read_freezes
from fairlead.governance.policy.moments import Quiet, moment_of
from fairlead.governance.policy.screening import screen, without_secrets
from fairlead.model.calendar.working import WorkingCalendar

BERLIN = ZoneInfo("Europe/Berlin")
FREEZES = """\
freezes:
  - name: release-week
    reason: 4.0 is being cut
    from: 2026-12-14T08:00
    to: 2026-12-18T18:00
    teams: [payments]
    except:
      - {label: hotfix, reason: it repairs production}
  - name: weekend
    reason: nobody is there
    every: fri 16:00 - mon 08:00
    kinds: [merge, webhook]
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_freezes_hold_from_to_and_each_week_in_their_zone(tmp_path: Path) -> None:
    (tmp_path / "freezes.yaml").write_text(FREEZES)
    freezes, faults = read_freezes([tmp_path], "Europe/Berlin")
    assert faults == []

    def holding(text: str) -> list[str]:
        return [one.name for one in freezes.in_force(at(text))]

    assert holding("2026-12-14T07:59") == ["weekend"]
    assert holding("2026-12-14T08:00") == ["release-week"]
    assert holding("2026-12-18T16:00") == ["release-week", "weekend"]
    assert holding("2026-12-18T18:00") == ["weekend"]
    # over the change to winter time, by the clock on the wall
    assert holding("2026-10-26T07:59") == ["weekend"]
    assert holding("2026-10-26T08:00") == []
    first = freezes.in_force(at("2026-12-15T12:00"))[0]
    assert (first.kinds, first.teams, first.exceptions[0].label) == (("merge",), ("team:payments",), "hotfix")
    assert first.until_ns == int(at("2026-12-18T18:00").timestamp()) * 10**9


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("  - name: a\n    reason: b\n    every: friday\n", 4, "no span of a week"),
        ("  - name: a\n    reason: ''\n    every: fri 16:00 - mon 08:00\n", 3, "say why"),
        ("  - name: a\n    reason: b\n    from: tomorrow\n    to: 2026-12-18T18:00\n", 4, "no moment"),
        ("  - name: a\n    reason: b\n", 2, "say `from` and `to`"),
        (
            "  - name: a\n    reason: b\n    every: fri 16:00 - mon 08:00\n    kinds: [merg]\n",
            5,
            "did you mean `merge`",
        ),
        ("  - name: a\n    reason: b\n    until: x\n", 4, "until"),
        (
            "  - name: a\n    reason: b\n    every: fri 16:00 - mon 08:00\n    except: [{reason: c}]\n",
            5,
            "whole freeze",
        ),
    ],
)
def test_a_freeze_that_is_wrong_is_told_with_its_place_and_nothing_is_decided(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    (tmp_path / "freezes.yaml").write_text(f"freezes:\n{text}")
    faults = policies.load([], {}, [tmp_path]).faults
    assert any(fault.line == line and words in fault.message for fault in faults), faults


def test_quiet_hours_end_when_the_team_is_there_again(tmp_path: Path) -> None:
    freezes, _ = read_freezes([tmp_path], "UTC")
    calendar = WorkingCalendar("c", zone="Europe/Berlin")
    quiet = Quiet.read("20:00-07:00", ("sat", "sun"))

    def moment(text: str) -> d.Moment:
        return moment_of(at(text), calendar, quiet, freezes)

    def loud(text: str) -> int:
        return int(at(text).timestamp()) * 10**9

    assert (moment("2026-11-20T12:00").quiet, moment("2026-11-20T12:00").loud_ns) == (False, 0)
    assert moment("2026-11-19T23:30").loud_ns == loud("2026-11-20T07:00")
    # on Friday night the weekend lies between
    assert moment("2026-11-20T22:00").loud_ns == loud("2026-11-23T07:00")
    assert (moment("2026-11-21T12:00").weekday, moment("2026-11-21T12:00").working) == (6, False)
    assert not moment_of(at("2026-11-21T23:00"), calendar, Quiet.read("", ()), freezes).quiet


# put together, so that nobody who looks for secrets finds this file
SECRETS = {
    "github-token": "ghp" + "_" + "a1B2" * 9,
    "slack-token": "xoxb" + "-1234567890-abcdef",
    "aws-key-id": "AKIA" + "ABCDEFGHIJKLMNOP",
    "private-key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "sign-in-in-address": "postgres://kim:" + "hunter22@db.acme.example/payments",
    "written-out": "password" + ' = "correct-horse"',
    "written-bare": "password" + "=hunter2supersecret",
    "signed-token": "eyJhbGciOiJI.eyJzdWIiOiIx" + ".SflKxwRJSMeKKF",
}


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_found_by_their_shape_and_never_repeated(name: str) -> None:
    patterns = policies.load().patterns
    text = f"look at {SECRETS[name]} please"
    # a sign that shows nothing, in the middle of it
    hidden = text[:14] + "\u200b" + text[14:]
    for said in (text, hidden):
        found = screen(patterns, [said])
        assert d.Found(kind="secret", name=name) in found
        assert all(not one.text for one in found if one.kind == "secret")
        # what is kept of it names it, and is refused by that name
        kept = without_secrets(patterns, said)
        assert kept.startswith("look at ")
        assert f"[secret taken out: {name}]" in kept
        assert SECRETS[name][15:22] not in kept
        assert d.Found(kind="secret", name=name) in screen(patterns, [kept])


@pytest.mark.parametrize(
    "text",
    [
        "passwd: " + "Tr0ub4dor&3", "API_KEY=" + "9f2c7d1e8b3a", "DB_PASSWORD=" + "s3cr3tly",
        "AKIA " + "IOSFODNN7EXAMPLE", "Bearer " + "9f2c7d1e8b3a4c5d6e7f8a", "ya29." + "a0AfH6SMBx1234567890",
        "ghp" + "_" + "a" * 20 + "\u034f\ufe0f\u3164" + "b" * 16, "mysql://root:" + "p@ss@db/payments",
        "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "Password: " + "hunter2",
        "postgres://u:" + "pw@db/payments", "p\uff41ssword\uff1d" + "hunter2supersecret",
    ],
)  # fmt: skip
def test_passwords_are_found_as_people_write_them(text: str) -> None:
    assert [one.kind for one in screen(policies.load().patterns, [text])] == ["secret"]


@pytest.mark.parametrize(
    "text",
    [
        "Waits for Noor since Tuesday: acme/payments#42 at 9f2c7d1e8b3a4c5d6e7f8a9b0c1d2e3f4a5b6c7d",
        "https://github.com/acme/payments/pull/42#discussion_r1234567890 took 3:14:15, v1.22.333",
        "the token of the password form is checked; secret: see the vault",
        "2026-11-21T10:00:00Z, 192.168.10.12, 1795255200000, id 4111-22",
        "clone git@github.com:acme/payments.git",
        "the bearer of bad news, Bearer authentication and postgres://user:$PASSWORD@host or redis://:${PASS}@host",
        "password reset flow: step 2; the secret: rotate it, password=$DB_PASSWORD, secret=<from the vault>",
        "docker pull registry.acme.example:5000/api@sha256:9f2c; password: {{ vault }}, next_page_token=abc",
    ],
)
def test_usual_texts_hold_nothing(text: str) -> None:
    assert screen(policies.load().patterns, [text]) == ()


def test_addresses_and_numbers_of_people_are_found_but_not_our_own() -> None:
    patterns = policies.load().patterns
    text = "ask ada@home.example or kim@acme.example, +49 30 901820, DE89 3704 0044 0532 0130 00"
    found = {(one.name, one.text) for one in screen(patterns, [text], ["acme.example"])}
    assert found == {
        ("mail-address", "ada@home.example"),
        ("telephone", "+49 30 901820"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
    }


def test_an_address_in_wide_or_broken_letters_is_found_whole() -> None:
    text = "ask ada\uff20home.example and lin\u200da@home.example now"
    found = [one.text for one in screen(policies.load().patterns, [text])]
    assert found == ["ada\uff20home.example", "lin\u200da@home.example"]


def test_every_kind_of_act_has_its_row_of_rights_and_a_team_changes_cells(tmp_path: Path) -> None:
    shipped = policies.load().data["fairlead"]["rights"]
    assert set(shipped) == set(d.KINDS)
    assert all(set(row) == set(rights.WHO) for row in shipped.values())
    (tmp_path / "rights.yaml").write_text(
        "rights:\n  merge: {manager: 2 members and owner, mangaer: alone}\n  merg: {rule: alone}\n"
        "teams:\n  payments:\n    comment: {rule: alone, agent: perhaps}\n"
    )
    loaded = policies.load([tmp_path])
    held = loaded.data["fairlead"]
    assert held["rights"]["merge"]["manager"]["needs"] == [
        {"role": "member", "count": 2}, {"role": "owner", "count": 1},
    ]  # fmt: skip
    assert held["rights"]["merge"]["rule"] == shipped["merge"]["rule"]
    assert held["team_rights"]["team:payments"]["comment"]["rule"]["may"] == "alone"
    said = [str(fault).partition(".yaml:")[2] for fault in loaded.faults]
    assert [one.partition(": ")[0] for one in said] == ["2:41", "3:3", "6:28"]
    assert "did you mean `manager`" in said[0]
