"""Webhooks of one's own: an act calls an address of the settings, signed by Standard Webhooks.

A receiver tells a repetition by its `webhook-id`, which is the act's key: a call whose answer was lost is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import httpx
import msgspec

from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.http import is_limit, limit_wait_s, shown_path
from fairlead.connectors.kit.marks import key_of
from fairlead.connectors.kit.writing import SHORTLY_S
from fairlead.model.acts import CallWebhook
from fairlead.model.errors import Denied, Retry, Skip
from fairlead.model.times import SystemClock, iso

LARGEST = 200_000
"""Bytes of a body: receivers commonly take a quarter of a megabyte."""


class Webhook:
    """Calls addresses of `[webhooks]`."""

    tool = "webhook"
    acts: Mapping[str, str] = MappingProxyType({"webhook": "an address and a secret in `[webhooks]`"})

    def plan(self, request: ActRequest) -> Sequence[Call]:
        """One post; id, moment and signature stand in its headers."""
        act = request.act
        if not isinstance(act, CallWebhook):
            raise Skip("a webhook is called, and nothing else can be done to it")
        allowed = request.settings.get("events") or ()
        if allowed and act.event not in allowed:
            raise Denied(
                f"`{act.event}` is not sent to `{act.hook}`", hint=f"add it to its events: {', '.join(allowed)}"
            )
        body = {"type": act.event, "timestamp": iso(request.now), "data": dict(act.data)}
        late = "the signature, and the moment of sending as timestamp"
        return [Call("POST", str(request.settings.get("url") or ""), body, {"webhook-id": _identity(request)}, late)]

    def act(self, request: ActRequest) -> Outcome:
        """Posts it; any 2xx is a yes, whatever its body."""
        [call] = self.plan(request)
        body = msgspec.json.encode(call.body)
        if len(body) > LARGEST:
            raise Skip(f"the body has {len(body):,} bytes; receivers take {LARGEST:,}")
        if request.client is None:
            raise Skip("there is no way out")
        try:
            found = request.client.post(
                call.url, content=body, headers=_signed(request, body), follow_redirects=False
            )
        except httpx.HTTPError as fault:
            raise Retry(f"`{call.url}` did not answer: {fault}") from None
        return _judged(call, found, request)


def _signed(request: ActRequest, body: bytes) -> dict[str, str]:
    from standardwebhooks.webhooks import EmptyWebhookSecretError
    from standardwebhooks.webhooks import Webhook as Signer

    try:
        signer = Signer(request.secrets["secret"])
    except (KeyError, ValueError, RuntimeError, EmptyWebhookSecretError):
        raise Denied("the webhook's secret is none", hint="write `whsec_` and base64 of 24 to 64 bytes") from None
    # by the wall clock, also where a home's clock stands still: receivers refuse what is minutes old
    identity, at = _identity(request), SystemClock().now()
    return {
        "content-type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signer.sign(identity, at, body.decode()),
    }


def _identity(request: ActRequest) -> str:
    # a full stop ends the id in what is signed
    return key_of(request.key).replace(".", "_")


def _judged(call: Call, found: httpx.Response, request: ActRequest) -> Outcome:
    status, shown = found.status_code, shown_path(call.url)
    if 200 <= status < 300:
        return Outcome(done=True, told=f"{shown} took it ({status})", result={"status": status})
    if is_limit(found):
        wait_s = limit_wait_s(found.headers, status, request.now)
        raise Retry(f"{shown}: limited for now", after_s=max(wait_s, SHORTLY_S))
    if status >= 500 or status in (408, 425):
        raise Retry(f"{shown} answered {status}")
    if 300 <= status < 400:
        raise Skip(f"{shown} leads elsewhere, and acts follow no redirects")
    if status in (401, 403):
        raise Denied(f"{shown} answered {status}", hint="is its secret the one of the settings?")
    # 410 is the standard's word for "call me no more"
    raise Skip(f"{shown} answered {status}" + (": it wants no more webhooks" if status == 410 else ""))


WEBHOOK = Webhook()
