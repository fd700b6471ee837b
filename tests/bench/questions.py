"""What every server is asked, in the names of its own schema, and what came of it in words that can be compared."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

REGISTRY: Final = "registry"
POSTGRAPHILE: Final = "PostGraphile"
MERCURIUS: Final = "Mercurius"

Content = list[Any]
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One job: by schema, the document with its variables (several are asked in turn) and how its data is read."""

    name: str
    documents: Mapping[str, str]
    variables: Sequence[Mapping[str, Any]]
    read: Mapping[str, Callable[[Said, date], Content]] = field(repr=False)

    def bodies(self, schema: str) -> list[str]:
        """The bodies of requests, without line ends inside."""
        document = " ".join(self.documents[schema].split())
        purpose = {"purpose": "岗位聘任审核"} if schema == REGISTRY else {}
        return [
            json.dumps({"query": document, "variables": {**one, **purpose}}, ensure_ascii=False)
            for one in self.variables
        ]

    def content(self, schema: str, answer: bytes, today: date) -> Content:
        """What an answer says, the same for every server that says the same."""
        said = json.loads(answer)
        assert not said.get("errors"), said["errors"]
        return self.read[schema](said["data"], today)


def standing(status: str | None, valid_from: str, valid_until: str | None, today: date) -> str:
    """How a credential stands today, for peers that tell facts alone."""
    day = today.isoformat()
    if status == "REVOKED":
        return "REVOKED"
    if day < valid_from:
        return "NOT_YET_ISSUED"
    if status == "SUSPENDED":
        return "SUSPENDED"
    if valid_until is not None and valid_until < day:
        return "EXPIRED"
    return "PENDING" if status == "PUBLICITY" else "VALID"


_OURS = "number kind title { code name level } validity { from until } standing issuer { nameZh province }"
_OUR_DECISIONS = (
    """decisions(first: 5) { edges { node { outcome rule decidedFor target { division } agreementVersion } } }"""
)
_THEIRS = """number kind titleCode titleName level validFrom validUntil status issuer { nameZh province }"""
_THEIR_DECISIONS = "decisions { outcome rule decidedFor targetDivision agreementVersion }"
_TABLES = """number kind organisationByIssuerId { nameZh province }
  credentialVersionsByCredentialId(condition: { supersededAt: null }) {
    nodes { titleCode titleName level validFrom validUntil } }
  credentialStatusesByCredentialId(condition: { supersededAt: null }) { nodes { status validFrom validUntil } }"""
_TABLE_DECISIONS = """recognitionDecisionsByResearcherId(first: 5) {
  nodes { outcome rule decidedFor targetDivision agreementVersion } }"""
_NAMES = "researcherNamesByResearcherId(condition: { supersededAt: null }) { nodes { nameZh validFrom validUntil } }"
_HOUSEHOLD = """householdRegistrationsByResearcherId(condition: { supersededAt: null }) {
  nodes { division validFrom validUntil } }"""


def _nodes(connection: Said | None) -> list[Any]:
    found = connection or {}
    return list(found["nodes"]) if "nodes" in found else [one["node"] for one in found.get("edges", ())]


def _today(connection: Said, today: date) -> dict[str, Any]:
    """The one of several facts that holds today."""
    day = today.isoformat()
    held = [one for one in _nodes(connection) if one["validFrom"] <= day <= (one["validUntil"] or day)]
    return held[0] if held else {}


def _ours(one: Said, _: date) -> Content:
    title, validity, issuer = one["title"] or {}, one["validity"], one["issuer"]
    facts = [one["number"], one["kind"], title.get("code"), title.get("name"), title.get("level")]
    return [*facts, validity["from"], validity["until"], one["standing"], issuer["nameZh"], issuer["province"]]


def _theirs(one: Said, today: date) -> Content:
    issuer, days = one["issuer"], (one["validFrom"], one["validUntil"])
    facts = [one["number"], one["kind"], *_title(one)]
    return [*facts, *days, standing(one["status"], *days, today), issuer["nameZh"], issuer["province"]]


def _tables(one: Said, today: date) -> Content:
    (version,), issuer = _nodes(one["credentialVersionsByCredentialId"]), one["organisationByIssuerId"]
    status = _today(one["credentialStatusesByCredentialId"], today).get("status")
    days = (version["validFrom"], version["validUntil"])
    facts = [one["number"], one["kind"], *_title(version)]
    return [*facts, *days, standing(status, *days, today), issuer["nameZh"], issuer["province"]]


def _title(one: Said) -> Content:
    """Code, name and level, as the registry says them: none of them without a code, "" for a name or level unknown."""
    code = one["titleCode"]
    return [None, None, None] if code is None else [code, one["titleName"] or "", one["level"] or ""]


def _our_decisions(person: Said) -> Content:
    names = ("outcome", "rule", "decidedFor", "agreementVersion")
    return [[*(one[name] for name in names), one["target"]["division"]] for one in _nodes(person["decisions"])]


def _decisions(found: Sequence[Said]) -> Content:
    return [
        [one[name] for name in ("outcome", "rule", "decidedFor", "agreementVersion", "targetDivision")] for one in found
    ]


_PAGE = {
    REGISTRY: f"""query P($first: Int!, $purpose: String!) {{ researchers(first: $first, purpose: $purpose) {{ edges {{
      node {{ publicNumber name {{ nameZh }} household {{ division }}
        credentials(first: 20) {{ edges {{ node {{ {_OURS} }} }} }} {_OUR_DECISIONS} }} }} }} }}""",
    MERCURIUS: f"""query P($first: Int!) {{ people(first: $first) {{ publicNumber nameZh division
      credentials {{ {_THEIRS} }} {_THEIR_DECISIONS} }} }}""",
    POSTGRAPHILE: f"""query P($first: Int!) {{ allResearcherNames(first: $first,
      orderBy: [SORT_KEY_ASC, RESEARCHER_ID_ASC], condition: {{ supersededAt: null }}) {{
      nodes {{ nameZh researcherByResearcherId {{ publicNumber {_HOUSEHOLD}
        credentialsByResearcherId {{ nodes {{ {_TABLES} }} }} {_TABLE_DECISIONS} }} }} }} }}""",
}
_PAGE_READ: dict[str, Callable[[Said, date], Content]] = {
    REGISTRY: lambda data, today: [
        [
            one["publicNumber"],
            one["name"]["nameZh"],
            (one["household"] or {}).get("division"),
            [_ours(each, today) for each in _nodes(one["credentials"])],
            _our_decisions(one),
        ]
        for one in _nodes(data["researchers"])
    ],
    MERCURIUS: lambda data, today: [
        [
            one["publicNumber"],
            one["nameZh"],
            one["division"],
            [_theirs(each, today) for each in one["credentials"]],
            _decisions(one["decisions"]),
        ]
        for one in data["people"]
    ],
    POSTGRAPHILE: lambda data, today: [
        [
            one["researcherByResearcherId"]["publicNumber"],
            one["nameZh"],
            _today(one["researcherByResearcherId"]["householdRegistrationsByResearcherId"], today).get("division"),
            [_tables(each, today) for each in _nodes(one["researcherByResearcherId"]["credentialsByResearcherId"])],
            _decisions(_nodes(one["researcherByResearcherId"]["recognitionDecisionsByResearcherId"])),
        ]
        for one in _nodes(data["allResearcherNames"])
    ],
}


def page_of(people: int) -> Question:
    """A page of people by name, with their credentials as they stand today and their decisions."""
    return Question(f"page of {people}", _PAGE, [{"first": people}], _PAGE_READ)


def by_number(numbers: Sequence[str]) -> Question:
    """The credentials of one number, with the decisions about their holder."""
    return Question(
        "credential by number",
        {
            REGISTRY: f"""query B($number: String!, $purpose: String!) {{
              credentials(filter: {{ number: $number }}, purpose: $purpose) {{ edges {{ node {{ {_OURS}
                holder {{ publicNumber {_OUR_DECISIONS} }} }} }} }} }}""",
            MERCURIUS: f"""query B($number: String!) {{ byNumber(number: $number) {{ {_THEIRS}
              holder {{ publicNumber {_THEIR_DECISIONS} }} }} }}""",
            POSTGRAPHILE: f"""query B($number: String!) {{ allCredentials(condition: {{ number: $number }}) {{ nodes {{
              {_TABLES} researcherByResearcherId {{ publicNumber {_TABLE_DECISIONS} }} }} }} }}""",
        },
        [{"number": one} for one in numbers],
        {
            REGISTRY: lambda data, today: [
                [*_ours(one, today), one["holder"]["publicNumber"], _our_decisions(one["holder"])]
                for one in _nodes(data["credentials"])
            ],
            MERCURIUS: lambda data, today: [
                [*_theirs(one, today), one["holder"]["publicNumber"], _decisions(one["holder"]["decisions"])]
                for one in data["byNumber"]
            ],
            POSTGRAPHILE: lambda data, today: [
                [
                    *_tables(one, today),
                    one["researcherByResearcherId"]["publicNumber"],
                    _decisions(_nodes(one["researcherByResearcherId"]["recognitionDecisionsByResearcherId"])),
                ]
                for one in _nodes(data["allCredentials"])
            ],
        },
    )


def credentials_page(first: int) -> Question:
    """A page of credentials by the age of their record, each with its issuer and the name of its holder."""
    return Question(
        "any other document",
        {
            REGISTRY: f"""query C($first: Int!, $purpose: String!) {{ credentials(first: $first, purpose: $purpose) {{
              edges {{ node {{ {_OURS} holder {{ publicNumber name {{ nameZh }} }} }} }} }} }}""",
            MERCURIUS: f"""query C($first: Int!) {{ credentials(first: $first) {{ {_THEIRS}
              holder {{ publicNumber nameZh }} }} }}""",
            POSTGRAPHILE: f"""query C($first: Int!) {{ allCredentials(first: $first, orderBy: ROW_ID_ASC) {{ nodes {{
              {_TABLES} researcherByResearcherId {{ publicNumber {_NAMES} }} }} }} }}""",
        },
        [{"first": first}],
        {
            REGISTRY: lambda data, today: [
                [*_ours(one, today), one["holder"]["publicNumber"], (one["holder"]["name"] or {}).get("nameZh")]
                for one in _nodes(data["credentials"])
            ],
            MERCURIUS: lambda data, today: [
                [*_theirs(one, today), one["holder"]["publicNumber"], one["holder"]["nameZh"]]
                for one in data["credentials"]
            ],
            POSTGRAPHILE: lambda data, today: [
                [
                    *_tables(one, today),
                    one["researcherByResearcherId"]["publicNumber"],
                    _today(one["researcherByResearcherId"]["researcherNamesByResearcherId"], today).get("nameZh"),
                ]
                for one in _nodes(data["allCredentials"])
            ],
        },
    )
