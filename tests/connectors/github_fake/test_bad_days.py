"""Limits, faults and sign-in: what a client has to live with."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from tests.connectors.github_fake.small import NOW, Small, play

from fairlead.connectors.github.fake.api.signin import key_pair
from fairlead.connectors.github.fake.names import epoch
from fairlead.connectors.kit.fake.faults import FaultKind


@pytest.fixture
def own() -> Small:
    """A history of its own for each test, since limits and faults stay."""
    return play(slim=True)


def test_the_hourly_budget_ends_and_begins_anew(own: Small) -> None:
    client, budget = own.client(), own.desk.limits.budgets["core"]
    budget.limit = 2
    codes = [client.get("/user").status_code for _ in range(3)]
    assert codes == [200, 200, 403]
    refused = client.get("/user")
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert int(refused.headers["x-ratelimit-reset"]) == epoch(NOW + timedelta(hours=1))
    assert client.get("/rate_limit").json()["resources"]["core"]["remaining"] == 0
    own.desk.now = lambda: NOW + timedelta(hours=1)
    assert client.get("/user").status_code == 200


def test_graphql_has_a_budget_of_its_own(own: Small) -> None:
    own.desk.limits.budgets["graphql"].exhaust(NOW, for_s=30)
    client = own.client()
    refused = client.post("/graphql", json={"query": "{ viewer { login } }"})
    assert (refused.status_code, refused.json()["errors"][0]["type"]) == (200, "RATE_LIMITED")
    assert (refused.headers["x-ratelimit-resource"], refused.headers["x-ratelimit-remaining"]) == ("graphql", "0")
    assert client.get("/user").status_code == 200


def test_the_secondary_limit_asks_to_wait(own: Small) -> None:
    own.desk.limits.burst(2, retry_after_s=7)
    client = own.client()
    first = client.get("/user")
    assert (first.status_code, first.headers["retry-after"]) == (403, "7")
    assert "secondary rate limit" in first.json()["message"]
    assert [client.get("/user").status_code for _ in range(2)] == [403, 200]


@pytest.mark.parametrize(("kind", "status"), [("502", 502), ("html", 200), ("500", 500), ("403", 403), ("404", 404)])
def test_faults_strike_as_often_as_planned(own: Small, kind: FaultKind, status: int) -> None:
    own.desk.faults.add(kind, "/pulls", times=1, after=1)
    client = own.client()
    codes = [client.get("/repos/acme/payments/pulls").status_code for _ in range(3)]
    assert codes == [200, status, 200]


def test_html_is_no_json_and_half_an_answer_neither(own: Small) -> None:
    own.desk.faults.add("html", "/issues")
    own.desk.faults.add("cut", "/pulls")
    client = own.client()
    assert client.get("/repos/acme/payments/issues").headers["content-type"].startswith("text/html")
    cut = client.get("/repos/acme/payments/pulls")
    with pytest.raises(ValueError):
        cut.json()


def test_a_page_may_come_twice(own: Small) -> None:
    own.desk.faults.add("repeat", r"/commits\?.*page=2")
    client = own.client()
    first = client.get("/repos/acme/payments/commits", params={"per_page": "3"})
    again = client.get(first.links["next"]["url"])
    assert [one["sha"] for one in again.json()] == [one["sha"] for one in first.json()]


def test_a_repository_may_be_hidden(own: Small) -> None:
    own.desk.faults.deny("acme/payments", "403")
    client = own.client()
    assert client.get("/repos/acme/payments/pulls").status_code == 403
    assert client.get("/repos/acme/payments").status_code == 403
    assert client.get("/repos/acme/barn").status_code == 200


def test_wrong_and_missing_tokens(own: Small) -> None:
    assert own.client("ghp_wrong").get("/user").json()["message"] == "Bad credentials"
    assert own.client("ghp_wrong").get("/user").status_code == 401


def _jwt(key: str, app: int, life_s: int = 540, age_s: int = 60) -> str:
    now = epoch(NOW)
    return jwt.encode({"iat": now - age_s, "exp": now + life_s, "iss": str(app)}, key, algorithm="RS256")


def test_an_app_signs_in_by_jwt_and_reads_with_an_installation_token(own: Small) -> None:
    private, public = key_pair()
    own.desk.sign_in.register(77, "fairlead", public)
    app = own.client(_jwt(private, 77))
    assert app.get("/app").json()["slug"] == "fairlead"
    (installed,) = app.get("/app/installations").json()
    minted = app.post(installed["access_tokens_url"]).json()
    assert minted["token"].startswith("ghs_")
    reader = own.client(minted["token"])
    assert reader.get("/installation/repositories").json()["total_count"] == 2
    assert reader.get("/user").status_code == 403
    own.desk.now = lambda: NOW + timedelta(hours=1, seconds=1)
    assert reader.get("/installation/repositories").status_code == 401


def test_a_jwt_of_a_stranger_or_out_of_time_is_refused(own: Small) -> None:
    private, public = key_pair()
    stranger, _ = key_pair()
    own.desk.sign_in.register(77, "fairlead", public)
    assert own.client(_jwt(stranger, 77)).get("/app").status_code == 401
    assert own.client(_jwt(private, 78)).get("/app").status_code == 401
    assert own.client(_jwt(private, 77, life_s=-5)).get("/app").status_code == 401
    assert own.client(_jwt(private, 77, life_s=3600)).get("/app").status_code == 401


def test_the_manifest_flow_tells_its_secrets_once(own: Small) -> None:
    own.desk.sign_in.manifests["c0de"] = {"name": "Fairlead Acme", "default_events": ["push"]}
    client = own.client()
    made = client.post("/app-manifests/c0de/conversions")
    assert made.status_code == 201
    found = made.json()
    assert found["webhook_secret"]
    assert own.client(_jwt(found["pem"], found["id"])).get("/app").json()["name"] == "Fairlead Acme"
    assert client.post("/app-manifests/c0de/conversions").status_code == 404


def test_failed_deliveries_are_listed_and_sent_again(own: Small) -> None:
    private, public = key_pair()
    own.desk.sign_in.register(77, "fairlead", public)
    app = own.client(_jwt(private, 77))
    lost = own.fake.hook.sent[3]
    lost.status_code = 502
    listed, answer = [], app.get("/app/hook/deliveries", params={"per_page": "100"})
    while True:
        listed += answer.json()
        if "next" not in answer.links:
            break
        answer = app.get(answer.links["next"]["url"])
    failed = [one for one in listed if one["status_code"] >= 400]
    assert [one["guid"] for one in failed] == [lost.guid]
    before = len(own.fake.hook.sent)
    assert app.post(f"/app/hook/deliveries/{failed[0]['id']}/attempts").status_code == 202
    again = own.fake.hook.sent[-1]
    assert len(own.fake.hook.sent) == before + 1
    assert (again.guid, again.redelivery, again.body) == (lost.guid, True, lost.body)
    assert app.get(f"/app/hook/deliveries/{lost.id}").json()["request"]["payload"]["action"]
