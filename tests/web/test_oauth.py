"""The token endpoint against RFC 6749."""

import base64
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest

from talent_registry.services import identities
from talent_registry.services.identities import BY_LOGIN
from tests.web.conftest import PASSWORD, Served

GRANT = {"grant_type": "client_credentials"}


def basic(login: str, secret: str) -> dict[str, str]:
    pair = f"{quote_plus(login)}:{quote_plus(secret)}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


async def test_a_client_gets_a_token_by_header_and_by_body(served: Served) -> None:
    client = await served.client("VERIFY", "DECIDE")
    assert client.secret
    by_header = await served.http.post("/oauth/token", data=GRANT, headers=basic(client.client_id, client.secret))
    by_body = await served.http.post(
        "/oauth/token", data={**GRANT, "client_id": client.client_id, "client_secret": client.secret}
    )
    for answer in (by_header, by_body):
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        found = answer.json()
        assert (found["token_type"], found["expires_in"], found["scope"]) == ("Bearer", 900, "DECIDE VERIFY")
        viewer = (await served.ask("{ viewer { kind purposes } }", found["access_token"])).json()["data"]["viewer"]
        assert viewer == {"kind": "AGENCY", "purposes": ["DECIDE", "VERIFY"]}


async def test_a_scope_narrows_what_the_token_is_good_for(served: Served) -> None:
    client = await served.client("VERIFY", "DECIDE")
    assert client.secret
    answer = await served.http.post(
        "/oauth/token", data={**GRANT, "scope": "VERIFY"}, headers=basic(client.client_id, client.secret)
    )
    assert answer.json()["scope"] == "VERIFY"
    actor = await identities.actor_of_token(served.registry, answer.json()["access_token"])
    assert actor.purposes == frozenset({"VERIFY"})


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
        ({"scope": "VERIFY EVERYTHING"}, 400, "invalid_scope"),
        ({"scope": "VERIFY  DECIDE"}, 400, "invalid_scope"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "agency-0000"}, 401, "invalid_client"),
        ({"client_id": "机构"}, 401, "invalid_client"),
        ({"scope": "VERIFY\0"}, 400, "invalid_request"),
    ],
)
async def test_what_is_wrong_has_the_code_of_the_standard(
    served: Served, change: dict[str, str], status: int, error: str
) -> None:
    client = await served.client("VERIFY", "DECIDE")
    form = {**GRANT, "client_id": client.client_id, "client_secret": client.secret or "", **change}
    answer = await served.http.post("/oauth/token", data=form)
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, error)
    assert body["error_description"].isascii()
    assert set(body["message"]) == {"zh", "en"}
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json", 400),
        (b"grant_type=client_credentials&grant_type=client_credentials", "application/x-www-form-urlencoded", 400),
        (b"grant_type", "application/x-www-form-urlencoded", 400),
        (b"grant_type=%ff", "application/x-www-form-urlencoded", 400),
        (b"grant_type=\xff", "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 401),
        (b"a=" + b"x" * 9000, "application/x-www-form-urlencoded", 413),
        (urlencode({f"p{n}": "x" for n in range(40)}).encode(), "application/x-www-form-urlencoded", 400),
    ],
)
async def test_a_body_that_is_no_form_is_refused(
    served: Served, content: bytes, content_type: str, status: int
) -> None:
    answer = await served.http.post("/oauth/token", content=content, headers={"Content-Type": content_type})
    assert answer.status_code == status
    assert answer.json()["error"] == ("invalid_client" if status == 401 else "invalid_request")


@pytest.mark.parametrize(
    "header", ["Basic", "Basic ???", "Basic " + "A" * 5000, "Bearer abc", "Basic Og==", "Basic YWJj", "Basic YTo="]
)
async def test_a_header_that_names_no_client_is_refused(served: Served, header: str) -> None:
    answer = await served.http.post("/oauth/token", data=GRANT, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_credentials_come_one_way_only(served: Served) -> None:
    client = await served.client("VERIFY")
    headers = basic(client.client_id, client.secret or "")
    for more in ({"client_secret": client.secret}, {"client_id": "another"}):
        answer = await served.http.post("/oauth/token", data={**GRANT, **more}, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_people_and_offices_get_no_token_here(served: Served) -> None:
    await served.officer()
    answer = await served.http.post("/oauth/token", data=GRANT, headers=basic("officer-1", PASSWORD))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_guessing_a_secret_is_limited(served: Served) -> None:
    client = await served.client("VERIFY")
    found: list[Any] = []
    for _ in range(BY_LOGIN.limit + 1):
        answer = await served.http.post("/oauth/token", data=GRANT, headers=basic(client.client_id, "wrong"))
        found.append(answer.status_code)
    assert found == [401] * BY_LOGIN.limit + [429]
    assert int(answer.headers["retry-after"]) > 0


async def test_only_post_gives_tokens(served: Served) -> None:
    answer = await served.http.get("/oauth/token")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
