"""The stream that holds the log: what is asked of its leader, and what any of its replicas may answer.

Publishing and single messages go through the leader, whose answer is the truth. Pages come from any replica, which
may lag behind but is never out of order; that there is nothing more is for the leader to say.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg

from fairlead.bus.nats_form import APPEND, PARTS, Draft, Found, part_subject, subjects
from fairlead.bus.nats_link import Link
from fairlead.bus.shelf import ShelfDown
from fairlead.model.errors import Abort

_ANSWER_WITHIN_S = 5.0
_PAGE_BYTES = 16 << 20

_OLDEST_SERVER = (2, 12)
"""The first that publishes several messages as one."""

_SMALLEST_PAYLOAD = 64 << 10
"""Below, the largest body would need more messages than one batch takes."""

_HEADER_ROOM = 8 << 10

_NOT_DROPPED = 10057
"""Another process was faster; any other reason shows where the message still stands in the way."""

_NO_MESSAGE, _NO_STREAM, _NAME_TAKEN, _WRONG_SEQUENCE, _BATCH_TOO_LARGE = 10037, 10059, 10058, 10071, 10199
"""Error codes of the server."""


class Conflict(Exception):  # noqa: N818 - says what is
    """Something that was to be published is there already."""


class State(NamedTuple):
    """How a stream stands."""

    first: int
    last: int
    messages: int
    bytes: int
    copies: int
    leader: str
    """Server that all of publishing goes through."""
    behind: list[str]
    """Servers whose copy is not complete now."""
    now: str
    """The leader's time, by which its messages are dated as well."""


class Stream:
    """Calls to one stream; each raises `ShelfDown` where the servers do not answer."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._name = link.place.stream

    def ensure(self, first: int) -> int:
        """Makes the stream where it is not there, with positions from `first` on; gives the largest message it takes.

        A stream of that name that could lose events or mix them up is refused.
        """
        largest = self._link.run(_fit_server, _ANSWER_WITHIN_S)
        wanted = self._config(first)
        found = self._ask("STREAM.INFO", {}, missing=_NO_STREAM)
        if found is None:
            # the name is taken where another process was faster and began elsewhere
            found = self._ask("STREAM.CREATE", wanted, missing=_NAME_TAKEN) or self._ask("STREAM.INFO", {})
        assert found is not None
        # how many copies is the operator's to change while it runs, and where it began nobody can
        fixed = wanted.keys() - {"num_replicas", "first_seq"}
        if odd := sorted(name for name in fixed if found["config"].get(name) != wanted[name]):
            said = ", ".join(f"{name} = {found['config'].get(name)!r}" for name in odd)
            raise Abort(
                f"the NATS stream `{self._name}` is not made for raw events: {said}",
                hint="name another in [bus] stream, and it is made",
            )
        if found["state"]["last_seq"] < first - 1:
            raise Abort(
                f"the NATS stream `{self._name}` ends at {found['state']['last_seq']}, and events up to {first - 1}"
                " were applied: it is another installation's, or was restored from an older copy",
                hint="restore the store of the same time, or name a new stream in [bus] stream",
            )
        return largest - _HEADER_ROOM

    def publish(self, drafts: Sequence[Draft], append: str) -> dict[str, int]:
        """Appends all or none; gives positions by subject. Raises `Conflict` if one does not fit what is there."""
        messages: list[tuple[str, bytes, dict[str, str]]] = []
        for one in drafts:
            *before, own = one.parts
            messages += [(part_subject(self._name), part, {}) for part in before]
            # nothing may have come under this subject meanwhile: the server compares and writes in one step
            headers = {"Nats-Expected-Last-Subject-Sequence": str(one.expected), APPEND: append, **one.marks}
            messages.append((one.subject, own, headers | ({PARTS: str(len(before))} if before else {})))

        # not the append's: what is left of a try that broke off must not become part of the next
        batch = secrets.token_hex(8)

        async def send(client: Client) -> Msg:
            for at, (subject, data, headers) in enumerate(messages, 1):
                if len(messages) > 1:
                    headers = headers | {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(at)}
                if at < len(messages):
                    await client.publish(subject, data, headers=headers)
                    continue
                if len(messages) > 1:
                    headers |= {"Nats-Batch-Commit": "1"}
            return await client.request(subject, data, timeout=within_s, headers=headers)

        size = sum(len(data) for _, data, _ in messages)
        within_s = _ANSWER_WITHIN_S + size / (4 << 20)
        answer = _checked(msgspec.json.decode(self._link.run(send, within_s).data), len(messages))
        assert answer is not None
        return _positions(drafts, int(answer["seq"]) - len(messages))

    def page(self, after: int, limit: int, subject: str) -> list[Found]:
        """The next messages under a subject above a position; none only if there are none."""
        asked = {"seq": after + 1, "next_by_subj": subject, "batch": limit, "max_bytes": _PAGE_BYTES}
        found = self._link.run(lambda client: _direct(client, self._name, asked), _ANSWER_WITHIN_S)
        if found:
            return found
        # a replica that lags must not end a replay early
        one = self._message({"seq": after + 1, "next_by_subj": subject})
        return [one] if one else []

    def at(self, seq: int) -> Found | None:
        """The message at a position."""
        return self._message({"seq": seq})

    def under(self, wanted: Sequence[str]) -> dict[str, Found]:
        """Those of the subjects under which there is a message."""

        async def ask(client: Client) -> list[Found | None]:
            # all at once: a thousand answers take as long as a few one after the other
            return await asyncio.gather(*(self._get(client, {"last_by_subj": subject}) for subject in wanted))

        found = self._link.run(ask, _ANSWER_WITHIN_S + len(wanted) / 1000)
        return {one.subject: one for one in found if one}

    def state(self) -> State:
        """Positions, size and copies, by the leader."""
        answer = self._ask("STREAM.INFO", {})
        assert answer is not None
        state, cluster = answer["state"], answer.get("cluster", {})
        return State(
            first=state["first_seq"],
            last=state["last_seq"],
            messages=state["messages"],
            bytes=state["bytes"],
            copies=answer["config"]["num_replicas"],
            leader=cluster.get("leader", ""),
            behind=[
                one["name"] for one in cluster.get("replicas") or [] if one.get("offline") or not one.get("current")
            ],
            now=answer.get("ts", ""),
        )

    def drop(self, seq: int) -> None:
        """Takes one message away, if it is there."""
        self._ask("STREAM.MSG.DELETE", {"seq": seq, "no_erase": True}, missing=_NOT_DROPPED)

    def purge(self, upto: int) -> None:
        """Drops all messages up to a position; positions go on from where they were."""
        self._ask("STREAM.PURGE", {"seq": upto + 1})

    def _message(self, asked: Mapping[str, Any]) -> Found | None:
        return self._link.run(lambda client: self._get(client, asked), _ANSWER_WITHIN_S)

    async def _get(self, client: Client, asked: Mapping[str, Any]) -> Found | None:
        answer = await api(client, f"STREAM.MSG.GET.{self._name}", asked, missing=_NO_MESSAGE)
        return _found(answer["message"]) if answer else None

    def _ask(self, what: str, asked: Mapping[str, Any], missing: int = 0) -> dict[str, Any] | None:
        subject = f"{what}.{self._name}"
        return self._link.run(lambda client: api(client, subject, asked, missing), _ANSWER_WITHIN_S)

    def _config(self, first: int) -> dict[str, Any]:
        return {
            "name": self._name,
            "subjects": subjects(self._name),
            "storage": "file",
            "retention": "limits",
            # full means refused, and never that the oldest goes unread
            "discard": "new",
            "max_age": 0,
            "max_msgs_per_subject": -1,
            "num_replicas": self._link.place.replicas,
            "allow_direct": True,
            "allow_atomic": True,
            "first_seq": first,
        }


async def api(client: Client, subject: str, asked: Mapping[str, Any], missing: int = 0) -> dict[str, Any] | None:
    """An answer of JetStream; `None` where it says that something is missing."""
    body = msgspec.json.encode(asked) if asked else b""
    answer = await client.request(f"$JS.API.{subject}", body, timeout=_ANSWER_WITHIN_S)
    return _checked(msgspec.json.decode(answer.data), missing=missing)


def _checked(answer: dict[str, Any], count: int = 0, missing: int = 0) -> dict[str, Any] | None:
    if "error" not in answer:
        return answer
    code, said = answer["error"].get("err_code"), answer["error"].get("description", "")
    if code == missing:
        return None
    if code == _WRONG_SEQUENCE:
        raise Conflict(said)
    if code == _BATCH_TOO_LARGE:
        raise Abort(
            f"{count} messages are more than the NATS server takes as one ({said})",
            hint="raise `max_msgs` of `batch` in the `limits` of its `jetstream`",
        )
    raise ShelfDown(f"NATS says: {said}")


async def _fit_server(client: Client) -> int:
    """The largest message that a server takes; raises `Abort` if it cannot keep what the log promises."""
    version = client.connected_server_version
    if (version.major, version.minor) < _OLDEST_SERVER:
        oldest = ".".join(map(str, _OLDEST_SERVER))
        raise Abort(f"the NATS server is {version}", hint=f"{oldest} or later publishes several events as one")
    if client.max_payload < _SMALLEST_PAYLOAD:
        raise Abort(f"the NATS server takes messages of {client.max_payload} bytes", hint="set max_payload to 1MB")
    return client.max_payload


async def _direct(client: Client, stream: str, asked: Mapping[str, Any]) -> list[Found]:
    """Several messages by one request, from any replica."""
    found: list[Found] = []
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    last = 0

    async def take(message: Msg) -> None:
        nonlocal last
        headers = message.headers or {}
        # What is sent may get lost on the way, and says itself what came before it: a gap would be events that no
        # consumer ever sees.
        whole = headers.get("Nats-Last-Sequence", "0") == str(last)
        if ended.done():
            return
        if status := headers.get("Status"):
            ended.set_result(status if whole or status != "204" else "a gap")
        elif not whole:
            ended.set_result("a gap")
        else:
            last = int(headers["Nats-Sequence"])
            found.append(Found(last, headers["Nats-Subject"], headers, message.data, headers["Nats-Time-Stamp"]))

    inbox = client.new_inbox()
    answers = await client.subscribe(inbox, cb=take)
    try:
        await client.publish(f"$JS.API.DIRECT.GET.{stream}", msgspec.json.encode(asked), reply=inbox)
        status = await ended
    finally:
        with suppress(Exception):
            await answers.unsubscribe()
    if status not in ("204", "404"):
        raise ShelfDown(f"NATS did not send a page of the stream ({status})")
    return found


def _found(message: Mapping[str, Any]) -> Found:
    head = base64.b64decode(message.get("hdrs", "")).decode("utf-8", "replace")
    headers = dict(line.split(": ", 1) for line in head.split("\r\n") if ": " in line)
    return Found(
        message["seq"], message["subject"], headers, base64.b64decode(message.get("data", "")), message["time"]
    )


def _positions(drafts: Sequence[Draft], at: int) -> dict[str, int]:
    """Positions of what was published as one after a position: nothing of others comes in between."""
    found = {}
    for one in drafts:
        at += len(one.parts)
        found[one.subject] = at
    return found
