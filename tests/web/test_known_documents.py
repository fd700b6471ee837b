"""A request may name a known document instead of sending it."""

from hashlib import sha256
from pathlib import Path

import pytest

from talent_registry.api import parsing
from talent_registry.api.guarding import LIMITS
from talent_registry.api.parsing import parse_query
from talent_registry.web.known_documents import known_documents
from talent_registry.web.requests import RefusedRequest, parse_graphql_body
from tests.web.conftest import Served

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"


def the_id(name: str) -> str:
    return f"sha256:{sha256((OPERATIONS / f'{name}.graphql').read_bytes()).hexdigest()}"


async def test_a_document_named_by_its_id_is_answered_as_if_it_had_been_sent(served: Served) -> None:
    await served.officer()
    token = (await served.sign_in())["accessToken"]
    headers = {"Authorization": f"Bearer {token}"}
    name = "authority/list_credentials"
    text = (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")
    variables = {"purpose": "岗位聘任审核", "first": 5}
    named = {"documentId": the_id(name), "variables": variables}
    by_id = await served.http.post("/graphql", json=named, headers=headers)
    by_text = await served.ask(text, token, **variables)
    assert by_id.status_code == by_text.status_code == 200
    assert by_id.json()["data"] == by_text.json()["data"] != {}
    assert by_id.json()["extensions"]["cost"] == by_text.json()["extensions"]["cost"]


async def test_every_known_document_is_listed_by_the_digest_of_its_file(served: Served) -> None:
    listed = await served.http.get("/documents.json")
    names = [path.relative_to(OPERATIONS).with_suffix("").as_posix() for path in OPERATIONS.rglob("*.graphql")]
    assert sorted(listed.json()) == sorted({the_id(name) for name in names})
    same = await served.http.get("/documents.json", headers={"If-None-Match": listed.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f'{{"documentId":"sha256:{"0" * 64}"}}', "DOCUMENT_UNKNOWN"),
        ('{"documentId":""}', "DOCUMENT_UNKNOWN"),
        ('{"documentId":"sha256:x","query":"{a}"}', "QUERY_AND_DOCUMENT_ID"),
        ('{"documentId":1}', "DOCUMENTID_MALFORMED"),
    ],
)
def test_what_names_no_known_document_is_refused_with_what_to_do(body: str, reason: str) -> None:
    with pytest.raises(RefusedRequest) as refused:
        parse_graphql_body(body.encode())
    assert (refused.value.status, refused.value.code) == (400, reason)
    if reason == "DOCUMENT_UNKNOWN":
        assert "/documents.json" in refused.value.message.en
        assert "/documents.json" in refused.value.message.zh


def test_a_known_document_is_parsed_once_whatever_else_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    known = known_documents()[the_id("authority/list_credentials")]
    first = parse_query(known, LIMITS)
    for number in range(300):
        parse_query(f"{{ a{number}: viewer {{ id }} }}", LIMITS)
    monkeypatch.setattr(parsing, "parse", None)
    assert parse_query(known, LIMITS) is first
