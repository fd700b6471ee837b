"""The named documents of the API as the pages show them: read from the installation, with variables to begin from."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    get_named_type,
    parse,
    type_from_ast,
)
from graphql.pyutils import Undefined
from starlette.requests import Request

from talent_registry.api.schema import sdl
from talent_registry.installation import project_folder

_KEY: Final = "idempotencyKey"
_DEEPEST: Final = 6
# A value that has the right form and means nothing: whoever asks writes their own over it.
_EXAMPLES: Final[dict[str, Any]] = {"Int": 1, "Float": 1.0, "Boolean": False, "Date": "2026-01-01"}
_HOST: Final = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:]+\](:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Document:
    """One operation document: `name` as `"agency/verify_certificate"`, its audience, what it does, its text."""

    name: str
    audience: str
    kind: str
    operation: str
    text: str


@dataclass(frozen=True, slots=True)
class Snippets:
    """The same call three ways; each is a head, the JSON body that all share, and a tail."""

    body: str
    curl: tuple[str, str]
    python: tuple[str, str]
    javascript: tuple[str, str]


@cache
def served_schema() -> GraphQLSchema:
    """The schema that this program serves, with its descriptions."""
    return build_schema(sdl())


@cache
def documents() -> dict[str, Document]:
    """All documents by name, in the order of audiences and names."""
    folder = project_folder("graphql/operations")
    return {found.name: found for found in (_read(folder, path) for path in sorted(folder.rglob("*.graphql")))}


def _read(folder: Path, path: Path) -> Document:
    text = path.read_text(encoding="utf-8").strip()
    made = _operation(text)
    name = path.relative_to(folder).with_suffix("").as_posix()
    return Document(name, path.parent.name, made.operation.value, made.name.value if made.name else "", text)


def _operation(text: str) -> OperationDefinitionNode:
    return next(part for part in parse(text).definitions if isinstance(part, OperationDefinitionNode))


def variables_of(document: Document, key: str) -> dict[str, Any]:
    """Variables to begin from: what is required, in the right form; `key` wherever an idempotency key is asked for."""
    found: dict[str, Any] = {}
    for variable in _operation(document.text).variable_definitions or ():
        kind = type_from_ast(served_schema(), variable.type)
        if isinstance(kind, GraphQLNonNull) and variable.default_value is None:
            found[variable.variable.name.value] = _example(kind, key, 0)
    return found


def _example(kind: GraphQLInputType, key: str, depth: int) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(kind, GraphQLNonNull):
        return _example(kind.of_type, key, depth)
    if isinstance(kind, GraphQLList):
        return [_example(kind.of_type, key, depth)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        wanted = {name: field for name, field in kind.fields.items() if _is_required(name, field)}
        if depth >= _DEEPEST:
            return {}
        return {name: key if name == _KEY else _example(field.type, key, depth + 1) for name, field in wanted.items()}
    return _EXAMPLES.get(get_named_type(kind).name, "")


def _is_required(name: str, field: GraphQLInputField) -> bool:
    return name == _KEY or (isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined)


def origin_of_page(request: Request) -> str:
    """The address under which the visitor reached us, for commands to copy; a name nobody has where it is odd."""
    host = request.url.netloc
    return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else "https://registry.example"


def snippets(origin: str, text: str, variables: dict[str, Any]) -> Snippets:
    """Commands that run as they stand, once TOKEN is set in the environment.

    The body is JSON without a single quotation mark, so that a shell, Python and JavaScript all take it unchanged.
    """
    body = json.dumps({"query": text, "variables": variables}, ensure_ascii=False, indent=2).replace("'", "\\u0027")
    address = f"{origin}/graphql"
    accepted = "text/event-stream" if _operation(text).operation is OperationType.SUBSCRIPTION else "application/json"
    return Snippets(body, _curl(address, accepted), _python(address, accepted), _javascript(address, accepted))


def _curl(address: str, accepted: str) -> tuple[str, str]:
    head = (
        f"curl --silent --show-error --no-buffer {address} \\\n"
        '  --header "Authorization: Bearer $TOKEN" \\\n'
        '  --header "Content-Type: application/json" \\\n'
        f'  --header "Accept: {accepted}" \\\n'
        "  --data-binary '"
    )
    return head, "'\n"


def _python(address: str, accepted: str) -> tuple[str, str]:
    head = "import urllib.request\nfrom os import environ\n\nbody = r'''"
    tail = (
        "'''\n"
        "asked = urllib.request.Request(\n"
        f'    "{address}",\n'
        "    data=body.encode(),\n"
        "    headers={\n"
        '        "Authorization": "Bearer " + environ["TOKEN"],\n'
        '        "Content-Type": "application/json",\n'
        f'        "Accept": "{accepted}",\n'
        "    },\n"
        ")\n"
        "with urllib.request.urlopen(asked) as answer:\n"
        "    for line in answer:\n"
        '        print(line.decode(), end="")\n'
    )
    return head, tail


def _javascript(address: str, accepted: str) -> tuple[str, str]:
    head = (
        f'const answer = await fetch("{address}", {{\n'
        '  method: "POST",\n'
        "  headers: {\n"
        "    Authorization: `Bearer ${process.env.TOKEN}`,\n"
        '    "Content-Type": "application/json",\n'
        f'    Accept: "{accepted}",\n'
        "  },\n"
        "  body: JSON.stringify("
    )
    return head, "),\n});\nfor await (const part of answer.body) process.stdout.write(part);\n"
