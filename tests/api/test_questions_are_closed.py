"""What a question tells whoever has no part in a person: nothing, in the words for what does not exist."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from talent_registry.domain.accounts import AccountKind
from talent_registry.services.permissions import Actor
from tests.api.conftest import Asking
from tests.api.permission_cases import CQ
from tests.api.permission_world import (
    CHONGQING,
    HERMIT,
    HERMIT_NUMBER,
    PURPOSE,
    SICHUAN,
    Cast,
    absent,
    as_text,
    disguised,
    everything,
    office,
    open_cast,
    roots_of,
    with_value,
)
from tests.conftest import DatabaseUrls
from tests.registries import World

# What is open to everybody, and why.
OPEN = {
    "organisations": "organisations are public",
    "committeeFilings": "filings of review committees are public (Order 40 of the Ministry of Human Resources, 2019)",
    "agreementReleases": "what both provinces approved is public law; drafts are left out (test_agreement_releases.py)",
    "agreementVersions": "the law is public",
    "viewer": "it tells callers of their own account alone",
}
# What is asked in a module of its own, and why.
ELSEWHERE = {"node": "test_node.py: its refusals are null, whatever the id"}


@dataclass(frozen=True)
class Question:
    """One way to ask: its document, its variables, and the places that name the record asked for."""

    document: str
    variables: Callable[[Cast], dict[str, Any]]
    named: tuple[str, ...] = ()
    of_person: bool = False


def _hermit(cast: Cast) -> str:
    return cast.id_of("Researcher", cast.hermit.id)


def _credential(cast: Cast) -> str:
    return cast.id_of("Credential", cast.hermit.credential)


def _decision(cast: Cast) -> str:
    return cast.records["hermit_decision"]


def _consent(cast: Cast) -> str:
    return cast.records["hermit_consent"]


def _listed(document: str, *filters: Callable[[Cast], dict[str, Any]], **more: Any) -> list[Question]:
    """A list as a whole and under each filter, one record at a time."""
    alone = [Question(document, lambda _: {"first": 1, **more})]
    return alone + [
        Question(document, lambda cast, one=one: {"first": 1, "filter": one(cast), **more})  # type: ignore[misc]
        for one in filters
    ]


QUESTIONS: dict[str, list[Question]] = {
    "credential": [
        Question("hr/read_credential", lambda c: {"id": _credential(c), "purpose": PURPOSE}, ("id",)),
        Question("authority/credential_history", lambda c: {"id": _credential(c), "purpose": PURPOSE}, ("id",)),
    ],
    "credentials": _listed(
        "authority/list_credentials",
        lambda c: {"holder": c.hermit.public_number},
        lambda _: {"number": HERMIT_NUMBER},
        lambda c: {"issuer": c.unit(c.posts.titles.sichuan), "holder": c.hermit.public_number},
        lambda c: {"standing": "VALID", "series": "01", "holder": c.hermit.public_number},
        purpose=PURPOSE,
    ),
    "researcher": [
        Question(
            "anyone/researcher",
            lambda c: {"publicNumber": c.hermit.public_number, "purpose": PURPOSE},
            ("publicNumber",),
        ),
        Question("anyone/researcher", lambda c: {"id": _hermit(c), "purpose": PURPOSE}, ("id",)),
        Question(
            "authority/researcher_history",
            lambda c: {"publicNumber": c.hermit.public_number, "purpose": PURPOSE},
            ("publicNumber",),
        ),
    ],
    "me": [Question("researcher/me", lambda _: {}), Question("researcher/my_credentials", lambda _: {})],
    "researchers": _listed(
        "anyone/researchers",
        lambda _: {"name": HERMIT},
        lambda _: {"name": "wanyan"},
        lambda c: {"homeUnit": c.unit(c.posts.titles.home), "name": HERMIT},
        lambda _: {"division": "510107", "name": HERMIT},
        lambda _: {"series": "01", "name": HERMIT},
        purpose=PURPOSE,
    ),
    "consents": _listed("anyone/consents"),
    "accesses": _listed("researcher/accesses"),
    "recognitionDecision": [
        Question("anyone/recognition_decision", lambda c: {"id": c.records["hermit_decision"]}, ("id",))
    ],
    "recognitionDecisions": _listed(
        "anyone/recognition_decisions",
        lambda c: {"researcher": _hermit(c)},
        lambda c: {"credential": _credential(c)},
        lambda c: {"targetProvince": SICHUAN, "researcher": _hermit(c)},
        purpose=PURPOSE,
    ),
    "recognition": [
        Question(
            "hr/recognition",
            lambda c: {"credential": _credential(c), "target": {"division": "510104"}, "purpose": "RECRUITMENT"},
            ("credential",),
        )
    ],
    "isReproducible": [
        Question("anyone/is_reproducible", lambda c: {"decision": c.records["hermit_decision"]}, ("decision",))
    ],
    "node": [
        *(
            Question("anyone/node", lambda c, one=one: {"id": one(c), "purpose": PURPOSE}, ("id",))  # type: ignore[misc]
            for one in (_hermit, _credential, _decision, _consent)
        ),
        Question("anyone/node", lambda c: {"id": c.records["to_end"], "purpose": PURPOSE}, ("id",), of_person=True),
    ],
    "placement": [Question("anyone/placement", lambda c: {"id": c.records["to_end"]}, ("id",), of_person=True)],
    "placements": [
        *_listed(
            "anyone/placements",
            lambda c: {"researcher": _hermit(c)},
            lambda c: {"credential": _credential(c)},
            purpose=PURPOSE,
        ),
        Question(
            "anyone/placements",
            lambda _: {"first": 1, "filter": {"state": "ACTIVE"}, "purpose": PURPOSE},
            of_person=True,
        ),
    ],
    "agreementRelease": [
        Question("anyone/agreement_release", lambda c: {"id": c.records["release_open"]}, ("id",), of_person=True)
    ],
    "workload": [
        Question(
            "anyone/workload",
            lambda c: {"researcher": _hermit(c), "from": "2026-11-24", "until": "2026-12-24"},
            ("researcher",),
        )
    ],
}


@pytest.fixture
async def cast(world: World) -> Cast:
    return await open_cast(world)


def strangers(cast: Cast, question: Question) -> dict[str, Actor]:
    """Those who have no part in whom the question is about."""
    if question.of_person:
        return {who: actor for who, actor in cast.outsiders.items() if who != CQ}
    return cast.outsiders | {"host unit of somebody else": cast.host_hr}


async def told(ask: Asking, actor: Actor, document: str, variables: dict[str, Any]) -> str:
    """Everything that goes over the wire, as text."""
    data, errors = await ask.with_errors(actor, document, **variables)
    return as_text([data, [(one.message, one.path, one.extensions) for one in errors]])


def is_refusal(said: str) -> bool:
    """No record, in a refusal's words or, for `node`, without a word."""
    return any(word in said for word in ("NOT_FOUND", "NOT_PERMITTED", '{"node": null}, []'))


def test_every_question_is_asked_here_or_declared_open() -> None:
    assert roots_of("query") == set(QUESTIONS) | set(OPEN) | set(ELSEWHERE)
    assert not set(QUESTIONS) & set(OPEN)


async def test_a_stranger_is_told_what_is_told_of_nobody(cast: Cast, ask: Asking, database_urls: DatabaseUrls) -> None:
    before, faults = everything(database_urls), []
    betrayed = cast.words_of_hermit()
    for name, questions in QUESTIONS.items():
        for question in questions:
            asked = question.variables(cast)
            words = betrayed | (cast.words_of_person() if question.of_person else set())
            for who, actor in strangers(cast, question).items():
                said = await told(ask, actor, question.document, asked)
                if any(word in said for word in words - set(_leaves(asked))):
                    faults.append(f"{name} by {who} betrays: {said}")
                for place in question.named:
                    if await told(ask, actor, question.document, with_value(asked, place, absent)) != said:
                        faults.append(f"{name} by {who}: foreign and absent {place} differ: {said}")
                    if not is_refusal(said):
                        faults.append(f"{name} by {who} is no refusal: {said}")
    assert faults == []
    # Nobody was shown the hermit, so nobody is in the hermit's list; looks at others who were shown are noted.
    (accesses,) = [await ask(cast.hermit.me, "researcher/accesses")]
    assert accesses["accesses"]["edges"] == []
    assert {name for name, found in everything(database_urls).items() if found != before[name]} <= {"access"}


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    return [value] if isinstance(value, str) else []


async def test_an_id_passed_off_as_another_kind_answers_no_question(cast: Cast, ask: Asking) -> None:
    for questions in QUESTIONS.values():
        for question in questions:
            asked = question.variables(cast)
            for place in question.named:
                if place == "publicNumber":
                    continue
                for actor in (cast.hermit.me, cast.officer, *strangers(cast, question).values()):
                    said = await told(ask, actor, question.document, with_value(asked, place, disguised))
                    assert is_refusal(said), (question.document, place)
                    assert not any(word in said for word in cast.words_of_hermit())


async def test_a_cursor_of_another_caller_opens_nothing(cast: Cast, ask: Asking) -> None:
    owners: dict[str, tuple[Actor, dict[str, Any]]] = {
        "authority/list_credentials": (cast.officer, {"purpose": PURPOSE}),
        "anyone/researchers": (cast.officer, {"purpose": PURPOSE}),
        "anyone/recognition_decisions": (cast.officer, {}),
        "anyone/placements": (cast.officer, {}),
        "anyone/consents": (cast.hermit.me, {}),
        "researcher/accesses": (cast.person, {}),
    }
    for document, (owner, variables) in owners.items():
        data = await ask(owner, document, first=1, **variables)
        (page,) = data.values()
        cursor = page["pageInfo"]["endCursor"]
        if cursor is None:
            continue
        for who, actor in cast.outsiders.items():
            for first in (1, 100):
                said = await told(ask, actor, document, {"first": first, "after": cursor, **variables})
                assert not any(word in said for word in cast.words_of_hermit()), (document, who)


async def test_a_page_does_not_tell_of_records_that_it_hides(cast: Cast, ask: Asking) -> None:
    """The hermit opened the name alone; that two decisions and a credential exist must show in no page's end."""
    agency = await office(cast.world, AccountKind.AGENCY, cast.agency, SICHUAN, frozenset({"RECRUITMENT", PURPOSE}))
    data = await ask(agency, "anyone/researcher", publicNumber=cast.hermit.public_number, purpose=PURPOSE)
    assert data["researcher"]["name"]["nameZh"] == HERMIT
    faults = []
    for name in ("recognitionDecisions", "credentials", "placements"):
        for question in QUESTIONS[name]:
            (page,) = (await ask(agency, question.document, **question.variables(cast))).values()
            if page["edges"] or page["pageInfo"] != {"endCursor": None, "hasNextPage": False}:
                faults.append((name, question.variables(cast).get("filter"), page))
    assert faults == []


async def test_a_province_beyond_the_border_sees_whom_a_placement_brings_and_nobody_else(
    cast: Cast, ask: Asking
) -> None:
    officer = cast.outsiders[CQ]
    assert officer.province == CHONGQING
    page = (await ask(officer, "anyone/researchers", purpose=PURPOSE, first=100))["researchers"]
    numbers = [edge["node"]["publicNumber"] for edge in page["edges"]]
    assert numbers == [cast.number]
