"""The page /developers: from a client's secret to the first answer, what can go wrong, and where the rest is said."""

from typing import Final

from graphql import GraphQLEnumType
from starlette.responses import Response

from talent_registry.domain.errors import ErrorCode
from talent_registry.domain.messages import Message
from talent_registry.installation import version
from talent_registry.web.pages.developer_words import REMEDIES
from talent_registry.web.pages.documents import documents, origin_of_page, served_schema, snippets
from talent_registry.web.pages.visits import Visit

_QUICK: Final = "anyone/verify_certificate"
# A certificate that nobody recorded: the call works as it stands, and nothing is said of a person.
_ASKED: Final = {"input": {"number": "SC-0000", "name": "王芳", "purpose": "VERIFY"}}
_ANSWER: Final = """{
  "data": {
    "verifyCredential": {
      "__typename": "VerifyCredentialSuccess",
      "verdict": "NOT_FOUND",
      "reason": "no such certificate",
      "message": { "zh": "…", "en": "…" },
      "coverage": { "zh": "…", "en": "…" },
      "asOf": "2026-11-24T04:00:00.000000+00:00",
      "credential": null,
      "receipt": { … }
    }
  },
  "extensions": { "cost": { … }, "requestId": "…" }
}"""


async def show_developers(visit: Visit) -> Response:
    """GET /developers."""
    origin = origin_of_page(visit.request)
    return visit.page(
        "developers.html",
        token_command=_token_command(origin),
        snippets=snippets(origin, documents()[_QUICK].text, _ASKED),
        answer=_ANSWER,
        failures=failures(),
        version=version(),
    )


def failures() -> list[tuple[ErrorCode, Message, Message]]:
    """Each kind of expected failure: code, what it means (in English as the schema says it), what to do."""
    kind = served_schema().type_map["ErrorCode"]
    meanings = kind.values if isinstance(kind, GraphQLEnumType) else {}
    return [
        (code, Message(zh=REMEDIES[code].meaning_zh, en=meanings[code.value].description or ""), REMEDIES[code].remedy)
        for code in ErrorCode
    ]


def _token_command(origin: str) -> str:
    return (
        f"TOKEN=$(curl --silent --show-error {origin}/oauth/token \\\n"
        "  --data grant_type=client_credentials \\\n"
        '  --data-urlencode "client_id=$CLIENT_ID" \\\n'
        '  --data-urlencode "client_secret=$CLIENT_SECRET" |\n'
        "  python3 -c 'import json, sys; print(json.load(sys.stdin)[\"access_token\"])')\n"
        "export TOKEN\n"
    )
