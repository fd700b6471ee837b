"""The page /developers: from a client's secret to the first answer, what can go wrong, and where the rest is said."""

from itertools import groupby
from typing import Final

from graphql import GraphQLEnumType
from starlette.responses import Response

from talent_registry.domain.errors import ErrorCode
from talent_registry.domain.messages import Message
from talent_registry.domain.sandbox import POST_SERIES, PURPOSE, documented
from talent_registry.installation import version
from talent_registry.reference.failures import failures as worded
from talent_registry.reference.schema_changes import schema_changes
from talent_registry.web.pages.developer_words import CODES_OF_THE_STANDARD, REMEDIES
from talent_registry.web.pages.documents import documents, origin_of_page, served_schema, snippets
from talent_registry.web.pages.visits import Visit

_QUICK: Final = "anyone/verify_certificate"
# A certificate that nobody recorded: the call works as it stands, and nothing is said of a person.
_ASKED: Final = {"input": {"number": "SC-0000", "name": "王芳", "purpose": "VERIFY"}}
# In a sandbox the first of its documented certificates.
SANDBOX_ASKED: Final = {
    "input": {"number": (_first := next(documented())).number, "name": _first.name, "purpose": PURPOSE}
}
_ANSWER: Final = """{
  "data": {
    "verifyCredential": {
      "__typename": "VerifyCredentialSuccess",
      "verdict": "%s",
      "reason": "%s",
      "message": { "zh": "…", "en": "…" },
      "coverage": %s,
      "asOf": "2026-11-24T04:00:00.000000+00:00",
      "credential": %s,
      "receipt": { … }
    }
  },
  "extensions": { "cost": { … }, "requestId": "…" }
}"""


_NOT_FOUND: Final = _ANSWER % ("NOT_FOUND", "no such certificate", '{ "zh": "…", "en": "…" }', "null")
_FOUND: Final = _ANSWER % ("VALID", "", "null", "{ … }")


async def show_developers(visit: Visit) -> Response:
    """GET /developers."""
    origin = origin_of_page(visit.request)
    is_sandbox = visit.registry.sandbox is not None
    return visit.page(
        "developers.html",
        sandbox=visit.registry.sandbox,
        fates=list(documented()) if is_sandbox else [],
        post_series=POST_SERIES,
        token_command=token_command(origin),
        snippets=snippets(origin, documents()[_QUICK].text, SANDBOX_ASKED if is_sandbox else _ASKED),
        answer=_FOUND if is_sandbox else _NOT_FOUND,
        failures=failures(),
        version=version(),
    )


async def show_errors(visit: Visit) -> Response:
    """GET /developers/errors: every reason that the program itself gives, with its words."""
    grouped = {code: list(told) for code, told in groupby(worded(), lambda one: one.code)}
    return visit.page(
        "developer_errors.html",
        kinds=[(code.value, meaning, remedy, grouped.get(code.value, [])) for code, meaning, remedy in failures()],
        whole=grouped.get("REQUEST", []),
        standard=CODES_OF_THE_STANDARD,
    )


async def show_changes(visit: Visit) -> Response:
    """GET /developers/changes: what changed in the schema, the newest day first, by the type that it belongs to."""
    days = [(one, _by_type(one.added), one.deprecated, one.removed) for one in reversed(schema_changes())]
    return visit.page("developer_changes.html", days=days)


def _by_type(added: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Members and arguments under their type, in the order of the schema's coordinates."""
    grouped: dict[str, list[str]] = {}
    for one in added:
        kind, _, member = one.partition(".")
        grouped.setdefault(kind, []).extend([member] if member else [])
    return list(grouped.items())


def failures() -> list[tuple[ErrorCode, Message, Message]]:
    """Each kind of expected failure: code, what it means (in English as the schema says it), what to do."""
    kind = served_schema().type_map["ErrorCode"]
    meanings = kind.values if isinstance(kind, GraphQLEnumType) else {}
    return [
        (code, Message(zh=REMEDIES[code].meaning_zh, en=meanings[code.value].description or ""), REMEDIES[code].remedy)
        for code in ErrorCode
    ]


def token_command(origin: str) -> str:
    """The command that gets a token for the client of CLIENT_ID and CLIENT_SECRET."""
    return (
        f"TOKEN=$(curl --silent --show-error {origin}/oauth/token \\\n"
        "  --data grant_type=client_credentials \\\n"
        '  --data-urlencode "client_id=$CLIENT_ID" \\\n'
        '  --data-urlencode "client_secret=$CLIENT_SECRET" |\n'
        "  python3 -c 'import json, sys; print(json.load(sys.stdin)[\"access_token\"])')\n"
        "export TOKEN\n"
    )
