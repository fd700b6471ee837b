"""The console: the named documents to read, change, run and copy, and the schema to look things up in."""

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)
from starlette.responses import Response

from talent_registry.domain.errors import NotFound
from talent_registry.domain.messages import Message
from talent_registry.services.registry import new_key
from talent_registry.web.pages import developer_words as words
from talent_registry.web.pages.documents import (
    Document,
    documents,
    origin_of_page,
    served_schema,
    snippets,
    variables_of,
)
from talent_registry.web.pages.visits import Visit

_FIRST: Final = "anyone/viewer"
_MOST_FOUND: Final = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A field, argument list or value of a type: `kind` as the schema writes it, `named` the type to look up."""

    name: str
    arguments: str
    kind: str
    named: str
    description: str


async def show_console(visit: Visit) -> Response:
    """GET /console?document=agency/verify_certificate; nothing is run."""
    chosen = documents().get(visit.asked("document") or _FIRST)
    if chosen is None:
        raise NotFound(Message(zh="没有这个请求示例。", en="There is no such document."))
    return visit.page("console.html", key=None, **opened_with(visit, chosen, variables_of(chosen, new_key())))


def opened_with(visit: Visit, chosen: Document, variables: dict[str, Any]) -> dict[str, Any]:
    """What the console needs to open with a document and its variables."""
    grouped = [(name, list(found)) for name, found in groupby(documents().values(), lambda found: found.audience)]
    return {
        "chosen": chosen,
        "grouped": grouped,
        "words": words,
        "variables": json.dumps(variables, ensure_ascii=False, indent=2),
        "snippets": snippets(origin_of_page(visit.request), chosen.text, variables),
    }


async def show_schema(visit: Visit) -> Response:
    """GET /console/schema?type=Credential or ?search=validity."""
    kinds = {name: kind for name, kind in sorted(served_schema().type_map.items()) if not name.startswith("__")}
    asked, search = visit.asked("type"), visit.asked("search")
    if asked and asked not in kinds:
        raise NotFound(Message(zh="接口定义中没有这个类型。", en="The schema has no such type."))
    chosen = kinds.get(asked)
    found = _found(kinds, search) if search else []
    return visit.page(
        "console_schema.html",
        chosen=chosen,
        parts=parts_of(chosen) if chosen else [],
        kinds=list(kinds.values()),
        search=search,
        found=found[:_MOST_FOUND],
        is_cut=len(found) > _MOST_FOUND,
    )


def _found(kinds: dict[str, GraphQLNamedType], search: str) -> list[tuple[str, Part]]:
    """Every part of every type whose name or description holds what was searched for."""
    wanted = search.casefold()
    found: list[tuple[str, Part]] = []
    for name, kind in kinds.items():
        if wanted in f"{name} {kind.description or ''}".casefold():
            found.append((name, Part("", "", "", "", kind.description or "")))
        found += [(name, part) for part in parts_of(kind) if wanted in f"{part.name} {part.description}".casefold()]
    return found


def parts_of(kind: GraphQLNamedType) -> list[Part]:
    """The fields, values or members of a type, in the schema's order."""
    if isinstance(kind, GraphQLEnumType):
        return [Part(name, "", "", "", value.description or "") for name, value in kind.values.items()]
    if isinstance(kind, GraphQLUnionType):
        return [Part(of.name, "", of.name, of.name, of.description or "") for of in kind.types]
    if isinstance(kind, GraphQLInputObjectType):
        return [
            Part(name, "", str(field.type), get_named_type(field.type).name, field.description or "")
            for name, field in kind.fields.items()
        ]
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return [
            Part(
                name,
                ", ".join(f"{argument}: {of.type}" for argument, of in field.args.items()),
                str(field.type),
                get_named_type(field.type).name,
                field.description or "",
            )
            for name, field in kind.fields.items()
        ]
    return []
