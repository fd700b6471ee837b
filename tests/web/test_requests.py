"""Requests in front of GraphQL: hostile bodies are answered, never executed, never a server error."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from graphql import GraphQLError
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.types import ExecutionResult

from talent_registry.web.requests import (
    GRAPHQL_JSON,
    JSON,
    BodyLimits,
    GraphQLRequest,
    RefusedRequest,
    parse_graphql_body,
    read_graphql_request,
)
from talent_registry.web.responses import refusal_response, result_response

CANARY = "990000199001010001"
LIMITS = BodyLimits(body_bytes=4096, read_seconds=0.2)


async def endpoint(request: Request) -> Response:
    try:
        found = await read_graphql_request(request, LIMITS)
    except RefusedRequest as refused:
        return refusal_response(request, refused, "request-1")
    data = {"query": found.query, "variables": found.variables, "operationName": found.operation_name}
    return result_response(request, ExecutionResult(data, None), "request-1")


METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]
APP = Starlette(routes=[Route("/graphql", endpoint, methods=METHODS)])


async def send(
    content: Any = b'{"query":"{a}"}', *, method: str = "POST", headers: dict[str, str] | None = None
) -> httpx.Response:
    sent = {"content-type": JSON, **(headers or {})}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://registry") as client:
        return await client.request(method, "/graphql", content=content, headers=sent)


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    assert error["extensions"]["requestId"] == "request-1"
    assert response.headers["x-request-id"] == "request-1"
    assert "data" not in response.json()
    return str(error["extensions"]["code"])


async def test_a_sound_request_is_read() -> None:
    body = {"query": "query A{a}", "variables": {"x": [1, 2.5, "两地"]}, "operationName": "A", "more": 1}
    response = await send(json.dumps(body).encode(), headers={"content-type": 'Application/JSON; charset="UTF-8"'})
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    assert response.json()["data"] == {name: body[name] for name in ("query", "variables", "operationName")}


async def test_nulls_stand_for_what_is_absent() -> None:
    found = parse_graphql_body(b'{"query":"{a}","variables":null,"operationName":null,"extensions":null}')
    assert found == GraphQLRequest("{a}", None, None)
    assert "{a}" not in repr(found)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_post_is_answered(method: str) -> None:
    response = await send(b"", method=method)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert code(response) == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=gbk", ""],
)
async def test_only_json_in_utf_8_is_read(content_type: str) -> None:
    response = await send(headers={"content-type": content_type})
    assert response.status_code == 415
    assert code(response) == "UNSUPPORTED_MEDIA_TYPE"


async def test_a_compressed_body_is_not_read() -> None:
    assert (await send(headers={"content-encoding": "gzip"})).status_code == 415


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("", GRAPHQL_JSON),
        ("*/*", GRAPHQL_JSON),
        ("application/*;q=0.1", GRAPHQL_JSON),
        ("application/json", JSON),
        ("application/json;q=0.5, application/graphql-response+json;q=0.4", JSON),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL_JSON),
        ("*/*, application/graphql-response+json;q=0", JSON),
    ],
)
async def test_the_answer_comes_in_the_accepted_type(accept: str, answered: str) -> None:
    response = await send(headers={"accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(f"{answered};")


@pytest.mark.parametrize("accept", ["text/html", "*/*;q=0", "application/json;q=0", ","])
async def test_no_acceptable_type_is_refused(accept: str) -> None:
    response = await send(headers={"accept": accept})
    assert response.status_code == 406
    assert code(response) == "NOT_ACCEPTABLE"


async def test_a_large_body_is_refused_whether_it_says_so_or_not() -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 1000

    for content in (b" " * 5000, chunks()):
        response = await send(content)
        assert response.status_code == 413
        assert response.headers["connection"] == "close"
        assert code(response) == "BODY_TOO_LARGE"


async def test_a_body_is_not_waited_for_for_ever() -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.sleep(10)
        return {"type": "http.disconnect"}

    headers = [(b"content-type", b"application/json")]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)
    with pytest.raises(RefusedRequest) as refused:
        await read_graphql_request(request, BodyLimits(read_seconds=0.02))
    assert refused.value.status == 408


async def test_a_closed_connection_is_no_failure_of_ours() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    headers = [(b"content-type", b"application/json"), (b"content-length", b"-1")]
    for given_headers in (headers, headers[:1]):
        scope = {"type": "http", "method": "POST", "path": "/", "headers": given_headers}
        with pytest.raises(RefusedRequest) as refused:
            await read_graphql_request(Request(scope, receive))
        assert refused.value.status == 400


HOSTILE = [
    (b"", "JSON_SYNTAX"),
    (b"{", "JSON_SYNTAX"),
    (b"null", "BODY_NOT_OBJECT"),
    (b"[]", "BODY_NOT_OBJECT"),
    (b'[{"query":"{a}"}]', "BODY_NOT_OBJECT"),
    (b'"query"', "BODY_NOT_OBJECT"),
    (b"{}", "QUERY_MISSING"),
    (b'{"query":null}', "QUERY_MISSING"),
    (b'{"query":" \\n"}', "QUERY_MISSING"),
    (b'{"query":7}', "QUERY_MALFORMED"),
    (b'{"query":"{a}","variables":[]}', "VARIABLES_MALFORMED"),
    (b'{"query":"{a}","variables":"{}"}', "VARIABLES_MALFORMED"),
    (b'{"query":"{a}","operationName":1}', "OPERATIONNAME_MALFORMED"),
    (b'{"query":"{a}","extensions":true}', "EXTENSIONS_MALFORMED"),
    (b'{"query":"{a}","query":"{b}"}', "JSON_DUPLICATE"),
    (b'{"query":"{a}","variables":{"x":1,"\\u0078":2}}', "JSON_DUPLICATE"),
    (b'{"query":"{a}","variables":{"x":NaN}}', "JSON_NUMBER"),
    (b'{"query":"{a}","variables":{"x":-Infinity}}', "JSON_NUMBER"),
    (b'{"query":"{a}","variables":{"x":1e999}}', "JSON_NUMBER"),
    (b'{"query":"{a}","variables":{"x":' + b"9" * 4000 + b"}}", "JSON_NUMBER"),
    (b'{"query":"{a}","variables":{"x":0.' + b"9" * 40 + b"}}", "JSON_NUMBER"),
    (b'{"query":"{a}","variables":{"x":"\\u0000"}}', "JSON_CHARACTER"),
    (b'{"query":"{a}","variables":{"x\\u0000":1}}', "JSON_CHARACTER"),
    (b'{"query":"{a}","variables":{"x":[{"y":"\\ud800"}]}}', "JSON_CHARACTER"),
    (b'{"query":"{a}","variables":{"x":"\\udc00\\ud800"}}', "JSON_CHARACTER"),
    (b'{"query":"{a}\\ud800"}', "JSON_CHARACTER"),
    (b'{"query":"\x00"}', "JSON_SYNTAX"),
    (b'{"query":"\xc0\xaf"}', "JSON_ENCODING"),
    (b'{"query":"\xed\xa0\x80"}', "JSON_ENCODING"),
    (b'{"query":"\xf4\x90\x80\x80"}', "JSON_ENCODING"),
    (b'{"query":"\xff"}', "JSON_ENCODING"),
    (b'\xef\xbb\xbf{"query":"{a}"}', "JSON_ENCODING"),
    ('{"query":"{a}"}'.encode("utf-16"), "JSON_ENCODING"),
    (b"[" * 4000, "JSON_DEPTH"),
    (b'{"query":"{a}","variables":{"x":' + b"[" * 40 + b"]" * 40 + b"}}", "JSON_DEPTH"),
    (b'{"a":' * 800, "JSON_DEPTH"),
    (b'{"query":"{a}"} {}', "JSON_SYNTAX"),
    (b"{'query':'{a}'}", "JSON_SYNTAX"),
    (b'{"query":"{a}",}', "JSON_SYNTAX"),
]


@pytest.mark.parametrize(("body", "expected"), HOSTILE)
async def test_a_malformed_body_is_refused_with_its_reason(body: bytes, expected: str) -> None:
    response = await send(body)
    assert response.status_code == 400
    assert code(response) == expected


def test_brackets_in_strings_are_no_nesting() -> None:
    texts = ["[" * 100, '\\"' + "{" * 100, "]" * 40]
    found = parse_graphql_body(json.dumps({"query": "{a}", "variables": {"x": texts}}).encode())
    assert found.variables == {"x": texts}


async def test_the_input_is_never_repeated() -> None:
    for body in (f'{{"query":{CANARY}}}', f'{{"{CANARY}":1}}', f"[{CANARY}", f'"{CANARY}"', f'{{"x":"{CANARY}'):
        response = await send(body.encode(), headers={"x-request-id": CANARY})
        assert response.status_code == 400
        assert CANARY not in response.text


def mangled(body: bytes, place: int, put: bytes) -> bytes:
    place %= len(body) + 1
    return body[:place] + put + body[place + len(put) :]


BODIES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    ).map(lambda value: json.dumps({"query": "{a}", "variables": value}).encode()),
    st.builds(
        mangled,
        st.just(b'{"query":"query A($x:Int){a(x:$x)}","variables":{"x":[1,{"y":"\\u4e24"}]},"operationName":"A"}'),
        st.integers(0, 200),
        st.binary(min_size=1, max_size=4),
    ),
)


@settings(max_examples=400, deadline=None)
@given(BODIES)
@example(b'{"query":"' + b'\\"' * 20000)
@example(b"[" * 30 + b'"' * 60000)
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        found = parse_graphql_body(body)
    except RefusedRequest:
        return
    # What was read can be stored and sent on.
    text = json.dumps([found.query, found.variables, found.operation_name], ensure_ascii=False, allow_nan=False)
    assert text.encode()
    assert "\\u0000" not in text.replace("\\\\", "")


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=100),
    st.dictionaries(
        st.sampled_from(["accept", "content-type", "content-length", "content-encoding"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    ),
)
def test_any_headers_are_answered_below_500(body: bytes, headers: dict[str, str]) -> None:
    assert asyncio.run(send(body, headers=headers)).status_code < 500


@pytest.mark.parametrize(
    ("errors", "data", "status"),
    [
        ([GraphQLError("x", extensions={"code": "SYNTAX"})], None, 400),
        ([GraphQLError("x", extensions={"code": "VALIDATION"})], None, 422),
        ([GraphQLError("x", extensions={"code": "TOO_DEEP"})], None, 422),
        ([GraphQLError("x")], None, 422),
        ([GraphQLError("x", extensions={"code": "INTERNAL"})], None, 500),
        ([GraphQLError("x", path=["a"])], None, 200),
        ([GraphQLError("x", path=["a"])], {"a": None}, 200),
        (None, {"a": 1}, 200),
    ],
)
def test_the_status_tells_whether_it_was_executed(
    errors: list[GraphQLError] | None, data: dict[str, Any] | None, status: int
) -> None:
    for accept, expected in ((GRAPHQL_JSON, status), (JSON, 200)):
        request = Request({"type": "http", "headers": [(b"accept", accept.encode())]})
        response = result_response(request, ExecutionResult(data, errors, {"cost": 1}), "request-1")
        body = json.loads(bytes(response.body))
        assert response.status_code == expected
        assert ("data" in body) == (status == 200)
        assert ("errors" in body) == bool(errors)
        assert body["extensions"] == {"cost": 1}
