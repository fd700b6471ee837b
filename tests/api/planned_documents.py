"""Documents drawn by chance over the real schema, for the questions that can be planned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import GraphQLField, GraphQLObjectType, get_named_type
from hypothesis import strategies as st

from talent_registry.api.schema import schema

CORE = schema._schema
DEEPEST = 6
# What no plan says: drawn now and then, to see that whoever asks is answered all the same.
SELDOM = {
    *("integrityRecords", "placements"),
    *("whatIsMissing", "confirmedBy", "recognitionCase", "facts", "credential"),
}
# How far below the question a person is taken along; a person within a person is not.
NEAR = 3
DAYS = ("2026-11-24", "2020-02-29", "2012-06-30", "2024-01-01")


@dataclass
class Drawn:
    """A document with the values of its variables."""

    question: str
    text: str
    variables: dict[str, Any]


@dataclass
class Pen:
    """Writes one document; `fragments` collects those that were named, `aliases` counts keys given."""

    draw: st.DrawFn
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(1, 100)) <= percent

    def selection(self, kind: GraphQLObjectType, level: int) -> str:
        """A selection set of an object, at times with fragments, directives and the same again."""
        seldom = SELDOM | ({"holder", "researcher"} if level > NEAR else set())
        if kind.name == "Researcher" or (kind.name == "Credential" and level > NEAR):
            seldom |= {"history", "ledgerEntries"} - ({"ledgerEntries"} if kind.name == "Researcher" else set())
        names = [name for name in kind.fields if name not in seldom or self.chance(1)]
        if level >= DEEPEST:
            names = [
                name for name in names if not isinstance(get_named_type(kind.fields[name].type), GraphQLObjectType)
            ]
        chosen = self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=5)) if names else []
        # What a page is of is nearly always asked.
        for wanted in ("edges", "node"):
            if wanted in names and wanted not in chosen and self.chance(85):
                chosen.append(wanted)
        once = list(dict.fromkeys(chosen))
        parts = [self.one(kind, name, level) for name in once]
        if not parts or self.chance(20):
            parts.append(self.draw(st.sampled_from(("__typename", "kindOfIt: __typename"))))
        return "{ " + " ".join(parts) + " }"

    def one(self, kind: GraphQLObjectType, name: str, level: int) -> str:
        """One field, perhaps in a fragment, perhaps let in or left out by a directive."""
        text = self.field(name, kind.fields[name], level)
        if self.chance(9):
            text = f"... on {kind.name}{self.directive()} {{ {text} }}"
        elif self.chance(8):
            text = f"... {self.directive()} {{ {text} }}"
        elif self.chance(6) and name == "id":
            text = f"... on Node {{ {text} }}"
        elif self.chance(10):
            named = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {named} on {kind.name} {{ {text} }}")
            text = f"...{named}"
        return text

    def directive(self) -> str:
        if not self.chance(12):
            return ""
        return self.draw(
            st.sampled_from((" @include(if: true)", " @skip(if: false)", " @include(if: $yes)", " @skip(if: $yes)"))
        )

    def field(self, name: str, definition: GraphQLField, level: int) -> str:
        given = self.arguments(definition)
        alias = ""
        if given or (self.chance(10) and name not in ("edges", "node")):
            self.aliases += 1
            alias = f"a{self.aliases}: "
        kind = get_named_type(definition.type)
        below = f" {self.selection(kind, level + 1)}" if isinstance(kind, GraphQLObjectType) else ""
        return f"{alias}{name}{given}{self.directive()}{below}"

    def arguments(self, definition: GraphQLField) -> str:
        said = []
        if "first" in definition.args and self.chance(50):
            said.append(f"first: {self.draw(st.sampled_from(('1', '2', '5', '$few')))}")
        if "after" in definition.args and self.chance(10):
            said.append(f"after: {self.draw(st.sampled_from(('null', '$place', '$none')))}")
        if "on" in definition.args and self.chance(50):
            said.append(f"on: {self.draw(st.sampled_from((*(repr(day) for day in DAYS), 'null', '$day', '$none')))}")
        if "knownAt" in definition.args and self.chance(3):
            said.append(self.draw(st.sampled_from(('knownAt: "2026-11-01T00:00:00+00:00"', "knownAt: null"))))
        return f"({', '.join(said)})".replace("'", '"') if said else ""


@st.composite
def documents(draw: st.DrawFn, questions: Mapping[str, list[str]], places: list[str]) -> Drawn:
    """A document of one question; `questions` gives the arguments that each may be asked with, `places` cursors."""
    pen = Pen(draw)
    name = draw(st.sampled_from(sorted(questions)))
    given = draw(st.sampled_from(questions[name]))
    kind = cast("GraphQLObjectType", get_named_type(CORE.query_type.fields[name].type))  # type: ignore[union-attr]
    body = pen.selection(kind, 1)
    roots = [f"{'asked: ' if pen.chance(20) else ''}{name}{given} {body}"]
    if pen.chance(10):
        roots.insert(draw(st.integers(0, 1)), "__typename")
    text = " ".join(roots)
    everything = " ".join([text, *pen.fragments])
    # A null of its own type wherever it stands.
    everything = everything.replace("on: $none", "on: $noDay").replace("after: $none", "after: $noPlace")
    kinds = {"yes": "Boolean!", "few": "Int!", "day": "Date", "noDay": "Date", "place": "String", "noPlace": "String"}
    kinds["purpose"] = "String!"
    values = {
        "yes": draw(st.booleans()),
        "few": draw(st.integers(1, 4)),
        "day": draw(st.sampled_from((*DAYS, None))),
        "noDay": None,
        "place": draw(st.sampled_from([*places, None])),
        "noPlace": None,
        "purpose": "岗位聘任审核",
    }
    used = [one for one in kinds if f"${one}" in everything]
    head = ", ".join(f"${one}: {kinds[one]}" for one in used)
    query, *fragments = [
        part.replace("on: $none", "on: $noDay").replace("after: $none", "after: $noPlace")
        for part in [text, *pen.fragments]
    ]
    return Drawn(
        name,
        f"query Q{f'({head})' if head else ''} {{ {query} }}\n" + "\n".join(fragments),
        {one: values[one] for one in used},
    )
