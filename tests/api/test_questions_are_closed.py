"""What a question tells whoever has no part in a person: nothing, in the words for what does not exist."""

from typing import Any

from talent_registry.domain.accounts import AccountKind
from talent_registry.services.permissions import Actor
from tests.api.conftest import Asking
from tests.api.permission_cases import CQ
from tests.api.permission_world import CHONGQING, HERMIT, PURPOSE, SICHUAN, Cast, office
from tests.api.probing import absent, as_text, disguised, everything, roots_of, with_value
from tests.api.question_cases import ELSEWHERE, OPEN, QUESTIONS, Question
from tests.conftest import DatabaseUrls


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
