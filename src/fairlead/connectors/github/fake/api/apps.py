"""Routes about apps, their installation, webhook deliveries and limits."""

from __future__ import annotations

import msgspec

from fairlead.connectors.github.fake.api.call import Answer, Call, Listing, Refusal, Route, Status, route
from fairlead.connectors.github.fake.api.limits import Limits
from fairlead.connectors.github.fake.api.signin import SignIn, app_json
from fairlead.connectors.github.fake.hooks import Sent
from fairlead.connectors.github.fake.names import stamp
from fairlead.connectors.github.fake.payloads.user import user
from fairlead.connectors.github.fake.payloads.wire import Json


def routes(sign_in: SignIn, limits: Limits) -> tuple[Route, ...]:
    """The routes over one desk's sign-in and limits."""

    def convert(call: Call) -> Answer:
        number = call.fake.counter.next("app")
        return Status(201, sign_in.convert(call.parts["code"], number, user(call.wire, call.fake.org)))

    def app(call: Call) -> Answer:
        return app_json(sign_in.apps[_app(call)], user(call.wire, call.fake.org))

    def installation(call: Call) -> Json:
        found = sign_in.apps[_app(call)]
        api = f"{call.wire.api}/app/installations/{call.fake.installation}"
        return {
            "id": call.fake.installation,
            "account": user(call.wire, call.fake.org),
            "repository_selection": "all",
            "access_tokens_url": f"{api}/access_tokens",
            "repositories_url": f"{call.wire.api}/installation/repositories",
            "html_url": f"{call.wire.html}/organizations/{call.fake.org.login}/settings/installations",
            "app_id": found.id,
            "app_slug": found.slug,
            "target_id": call.fake.org.id,
            "target_type": "Organization",
            "permissions": found.permissions,
            "events": found.events,
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "single_file_name": None,
            "has_multiple_single_files": False,
            "single_file_paths": [],
            "suspended_by": None,
            "suspended_at": None,
        }

    def token(call: Call) -> Answer:
        app_id = _app(call)
        if call.number("installation") != call.fake.installation:
            raise Refusal(404, "Not Found")
        word, end = sign_in.mint(app_id, call.now)
        permissions = sign_in.apps[app_id].permissions
        body = {"token": word, "expires_at": stamp(end), "permissions": permissions, "repository_selection": "all"}
        return Status(201, body)

    def rate_limit(call: Call) -> Answer:
        shown = {name: budget.shown(call.now) for name, budget in limits.budgets.items()}
        return {"resources": shown, "rate": shown["core"]}

    return (
        route("/app-manifests/{code}/conversions", convert, "POST"),
        route("/app", app),
        route("/app/installations", lambda call: Listing([installation(call)], lambda one: one)),
        route("/orgs/{org}/installation", installation),
        route("/repos/{owner}/{repo}/installation", installation),
        route("/app/installations/{installation:int}", installation),
        route("/app/installations/{installation:int}/access_tokens", token, "POST"),
        route("/app/hook/config", _hook_config),
        route("/app/hook/deliveries", _deliveries),
        route("/app/hook/deliveries/{delivery:int}", _delivery),
        route("/app/hook/deliveries/{delivery:int}/attempts", _redeliver, "POST"),
        route("/repos/{owner}/{repo}/hooks", _hooks),
        route("/orgs/{org}/hooks", _hooks),
        route("/repos/{owner}/{repo}/hooks/{hook:int}/deliveries", _deliveries),
        route("/repos/{owner}/{repo}/hooks/{hook:int}/deliveries/{delivery:int}/attempts", _redeliver, "POST"),
        route("/orgs/{org}/hooks/{hook:int}/deliveries", _deliveries),
        route("/orgs/{org}/hooks/{hook:int}/deliveries/{delivery:int}/attempts", _redeliver, "POST"),
        route("/rate_limit", rate_limit),
    )


def _app(call: Call) -> int:
    if call.caller.kind != "app":
        raise Refusal(401, "A JSON web token could not be decoded")
    return call.caller.app_id


def _hook_config(call: Call) -> Answer:
    return {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": call.fake.hook.url}


def _hooks(call: Call) -> Answer:
    """The one hook, which belongs to the app, the organisation or the repository: the fake makes no difference."""
    hook = call.fake.hook
    address = f"{call.wire.api}{call.request.path}/{hook.id}"
    found = {
        "type": "Repository" if "repo" in call.parts else "Organization",
        "id": hook.id,
        "name": "web",
        "active": True,
        "events": ["*"],
        "config": _hook_config(call),
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "url": address,
        "test_url": f"{address}/test",
        "ping_url": f"{address}/pings",
        "deliveries_url": f"{address}/deliveries",
        "last_response": {"code": None, "status": "unused", "message": None},
    }
    return Listing([found], lambda one: one)


def _deliveries(call: Call) -> Answer:
    newest = sorted(call.fake.hook.sent, key=lambda sent: sent.id, reverse=True)
    return Listing(newest, lambda sent: _sent(call, sent), cursor=True)


def _sent(call: Call, sent: Sent) -> Json:
    return {
        "id": sent.id,
        "guid": sent.guid,
        "delivered_at": stamp(sent.at),
        "redelivery": sent.redelivery,
        "duration": 0.12,
        "status": sent.status,
        "status_code": sent.status_code,
        "event": sent.event,
        "action": sent.action or None,
        "installation_id": call.fake.installation,
        "repository_id": sent.repository_id,
        "throttled_at": None,
    }


def _find(call: Call) -> Sent:
    found = next((sent for sent in call.fake.hook.sent if sent.id == call.number("delivery")), None)
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def _delivery(call: Call) -> Answer:
    sent = _find(call)
    # The payload is told as an object, so its bytes may differ from those that were signed.
    request = {"headers": dict(sent.headers), "payload": msgspec.json.decode(sent.body)}
    return {**_sent(call, sent), "url": "", "request": request, "response": {"headers": {}, "payload": ""}}


def _redeliver(call: Call) -> Answer:
    _find(call)
    call.fake.hook.redeliver(call.number("delivery"), call.fake.counter.next("delivery"), call.now)
    return Status(202, {})
