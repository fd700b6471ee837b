"""GraphQL over HTTP: status, content type, identity, deadline, and what outsiders may not learn."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from talent_registry.services import accounts
from talent_registry.services.permissions import OPERATOR
from talent_registry.signing import tokens
from tests.conftest import DatabaseUrls, as_superuser
from tests.web.conftest import Served

JSON, GRAPHQL = "application/json; charset=utf-8", "application/graphql-response+json; charset=utf-8"
ORGANISATIONS = "{ organisations { edges { node { nameZh } } } }"


async def test_a_question_is_answered_in_the_media_type_of_graphql(served: Served) -> None:
    await served.officer()
    answer = await served.ask(ORGANISATIONS)
    assert (answer.status_code, answer.headers["content-type"]) == (200, GRAPHQL)
    body = answer.json()
    assert {"node": {"nameZh": "样例省人社厅"}} in body["data"]["organisations"]["edges"]
    assert body["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert body["extensions"]["cost"]["estimated"] > 0


@pytest.mark.parametrize(
    ("accept", "status", "content_type"),
    [
        ("application/json", 200, JSON),
        ("*/*", 200, GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.5", 200, GRAPHQL),
        ("text/html", 406, GRAPHQL),
    ],
)
async def test_the_accept_header_decides_the_media_type(
    served: Served, accept: str, status: int, content_type: str
) -> None:
    answer = await served.http.post("/graphql", json={"query": ORGANISATIONS}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_only_post_is_answered(served: Served, method: str) -> None:
    answer = await served.http.request(method, "/graphql?query={__typename}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("{", 400, "SYNTAX"),
        ("{ nothingOfTheKind }", 422, "VALIDATION"),
        ("{ a: viewer { id } b: viewer { id } }", 200, ""),
    ],
)
async def test_the_status_says_whether_the_document_was_executed(
    served: Served, query: str, status: int, code: str
) -> None:
    answer = await served.ask(query)
    assert answer.status_code == status
    found = [error["extensions"]["code"] for error in answer.json().get("errors", [])]
    assert found == ([code] if code else [])
    old = await served.http.post("/graphql", json={"query": query}, headers={"Accept": "application/json"})
    assert old.status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"[]", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"query": "{viewer{id}}"}', "text/plain", 415),
        (b" " * 200_000, "application/json", 413),
    ],
)
async def test_a_body_that_is_no_request_is_refused_before_anything_runs(
    served: Served, body: bytes, content_type: str, status: int
) -> None:
    answer = await served.http.post("/graphql", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status
    error = answer.json()["errors"][0]
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]


async def test_a_token_says_who_asks(served: Served) -> None:
    await served.officer()
    token = (await served.sign_in())["accessToken"]
    answer = await served.ask("{ viewer { kind province organisation { nameZh } } }", token)
    expected = {"kind": "AUTHORITY", "province": "510000", "organisation": {"nameZh": "样例省人社厅"}}
    assert answer.json()["data"]["viewer"] == expected


async def test_a_closed_account_is_refused_on_its_next_request(served: Served) -> None:
    account_id = await served.officer()
    token = (await served.sign_in())["accessToken"]
    assert (await served.ask("{ viewer { id } }", token)).status_code == 200
    await accounts.close_account(served.registry, OPERATOR, account_id, str(uuid4()))
    answer = await served.ask("{ viewer { id } }", token)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "ACCOUNT_CLOSED")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_an_expired_token_is_told_so(served: Served) -> None:
    account_id = await served.officer()
    then = served.registry.clock() - timedelta(seconds=61)
    token = tokens.issue(served.registry.keys, str(account_id), now=then, seconds=60)
    answer = await served.ask("{ viewer { id } }", token)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "TOKEN_EXPIRED")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Basic b2ZmaWNlcjpwYXNzd29yZA==",
        "Token abc",
        "Bearer abc",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA",
    ],
)
async def test_a_header_that_is_no_good_is_refused_and_never_read_as_nobody(served: Served, header: str) -> None:
    answer = await served.http.post("/graphql", json={"query": "{ viewer { id } }"}, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="talent-registry"')
    message = answer.json()["errors"][0]["message"]
    assert "令牌" in message
    assert "token" in message


async def test_two_authorization_headers_are_one_too_many(served: Served) -> None:
    await served.officer()
    token = (await served.sign_in())["accessToken"]
    headers = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    answer = await served.http.post("/graphql", json={"query": "{ viewer { id } }"}, headers=headers)
    assert answer.status_code == 401


async def test_outsiders_get_neither_introspection_nor_suggestions(served: Served) -> None:
    await served.officer()
    introspection, misspelt = "{ __schema { queryType { name } } }", "{ organisation { edges { cursor } } }"
    assert (await served.ask(introspection)).status_code == 422
    assert "Did you mean" not in (await served.ask(misspelt)).text
    token = (await served.sign_in())["accessToken"]
    assert (await served.ask(introspection, token)).json()["data"]["__schema"]["queryType"]["name"] == "Query"
    assert "Did you mean" in (await served.ask(misspelt, token)).text


@pytest.mark.parametrize("more_settings", [{"public_introspection": True}])
async def test_a_demonstration_may_show_its_schema_to_everyone(served: Served) -> None:
    answer = await served.ask("{ __schema { queryType { name } } }")
    assert answer.status_code == 200


async def test_a_refused_question_is_an_error_with_code_reason_and_both_languages(served: Served) -> None:
    answer = await served.ask("{ organisations(first: 101) { pageInfo { hasNextPage } } }")
    assert answer.status_code == 422
    answer = await served.ask('{ organisations(after: "%%%") { pageInfo { hasNextPage } } }')
    extensions = answer.json()["errors"][0]["extensions"]
    assert extensions["code"] == "INVALID_INPUT"
    assert extensions["reason"] == "FOREIGN_CURSOR"
    assert "游标" in extensions["messageZh"]
    assert "cursor" in extensions["messageEn"]
    assert extensions["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("more_settings", [{"max_depth": 3, "max_aliases": 2}])
async def test_the_limits_of_a_document_are_those_of_the_settings(served: Served) -> None:
    answer = await served.ask("{ organisations { edges { node { nameZh } } } }")
    assert answer.json()["errors"][0]["extensions"]["code"] == "TOO_DEEP"
    answer = await served.ask("{ a: viewer { id } b: viewer { id } c: viewer { id } }")
    assert answer.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_ALIASES"


async def test_a_document_that_asks_for_too_much_is_told_what_it_costs_and_nothing_ran(served: Served) -> None:
    within = (await served.ask("{ organisations(first: 100) { edges { node { id } } } }")).json()["extensions"]["cost"]
    assert 0 < within["estimated"] <= within["budget"]
    nested = "{ organisations(first: 100) { edges { node { credentials(first: 100) { edges { node { id } } } } } } }"
    answer = await served.ask(nested)
    assert answer.status_code == 422
    said = answer.json()
    assert said["errors"][0]["extensions"]["code"] == "TOO_COSTLY"
    assert said["extensions"]["cost"]["estimated"] > said["extensions"]["cost"]["budget"]
    assert "data" not in said


@pytest.mark.parametrize("more_settings", [{"planned_reads": True}, {"planned_reads": False}])
async def test_a_planned_read_and_an_ordinary_one_are_the_same_bytes(served: Served) -> None:
    await served.officer()
    token = (await served.sign_in())["accessToken"]
    question = (
        '{ credentials(purpose: "x", first: 5) { edges { node { number } } pageInfo { endCursor hasNextPage } } }'
    )
    answer = await served.ask(question, token)
    page = '{"credentials":{"edges":[],"pageInfo":{"endCursor":null,"hasNextPage":false}}}'
    told = f'{{"cost":{{"estimated":5,"budget":10000}},"requestId":"{answer.headers["x-request-id"]}"}}'
    assert answer.text == f'{{"data":{page},"extensions":{told}}}'
    assert answer.headers["content-type"] == GRAPHQL


@pytest.mark.parametrize("more_settings", [{"request_seconds": 0.3}])
async def test_what_takes_too_long_is_given_up_with_a_time_to_come_back(served: Served) -> None:
    await served.officer()
    async with served.registry.noting(OPERATOR) as other:
        await other.execute(text("LOCK TABLE attempt IN ACCESS EXCLUSIVE MODE"))
        answer = await served.ask(
            "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }",
            input={"login": "officer-1", "password": "whatever it is"},
        )
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["errors"][0]["extensions"]["code"] == "DEADLINE"
    # The connection went back to the pool, usable.
    assert (await served.http.get("/readyz")).status_code == 200


async def test_a_failure_of_ours_is_masked(served: Served, database_urls: DatabaseUrls) -> None:
    with as_superuser(database_urls) as connection:
        connection.execute("REVOKE SELECT ON organisation FROM talent_registry_app")
    answer = await served.ask(ORGANISATIONS)
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["extensions"]["code"]) == (200, "INTERNAL")
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert "permission denied" not in answer.text
