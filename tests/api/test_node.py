"""A record by its opaque id: given to whom it concerns, and null in the same bytes to everybody else."""

from typing import Any

import pytest

from talent_registry.api.nodes import kind_and_id
from talent_registry.services.permissions import ANONYMOUS, Actor
from tests.api.conftest import Asking
from tests.api.permission_cases import CQ
from tests.api.permission_world import PURPOSE, Cast
from tests.api.probing import absent, as_text, disguised
from tests.registries import World

NOTHING = as_text([{"node": None}, []])
KINDS = ("Researcher", "Credential", "RecognitionDecision", "RecognitionCase", "Placement", "PlacementDraft")
# Ids that are none, or of records that are no nodes.
MALFORMED = (
    "",
    "nonsense",
    "é",
    "UmVzZWFyY2hlcjo",
    "x" * 100_000,
    "Tm9kZTowMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA",
)


def record_of(cast: Cast, kind: str) -> tuple[str, Actor]:
    """The id of a record of the kind, and the person whom it concerns."""
    return {
        "Researcher": (cast.id_of("Researcher", cast.hermit.id), cast.hermit.me),
        "Credential": (cast.id_of("Credential", cast.hermit.credential), cast.hermit.me),
        "RecognitionDecision": (cast.records["hermit_decision"], cast.hermit.me),
        "RecognitionCase": (cast.records["case_ask"], cast.person),
        "Placement": (cast.records["to_end"], cast.person),
        "PlacementDraft": (cast.records["draft_edit"], cast.person),
    }[kind]


def strangers(cast: Cast, kind: str) -> dict[str, Actor]:
    """Those who have no part in the record of the kind."""
    if kind in ("Placement", "RecognitionCase"):
        return {who: actor for who, actor in cast.outsiders.items() if who != CQ}
    return cast.outsiders | {"host unit of somebody else": cast.host_hr}


async def told(ask: Asking, actor: Actor, record: str) -> str:
    """Everything that goes over the wire, as text."""
    data, errors = await ask.with_errors(actor, "anyone/node", id=record, purpose=PURPOSE)
    return as_text([data, [(one.message, one.path, one.extensions) for one in errors]])


async def looks_at(ask: Asking, person: Actor) -> list[dict[str, Any]]:
    """Every look at the person that is noted, the oldest first; some stand in the cast's past."""
    edges = (await ask(person, "researcher/accesses", first=100))["accesses"]["edges"]
    return [edge["node"] for edge in edges]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_record_is_given_to_whom_it_concerns_and_the_looks_of_others_are_noted(
    cast: Cast, ask: Asking, kind: str
) -> None:
    record, person = record_of(cast, kind)
    # A case is its applicant's and its body's; what the home unit sees is the decision.
    # A draft is its author's alone.
    count = {"RecognitionCase": 1, "PlacementDraft": 0}.get(kind, 2)
    offices = (cast.officer, cast.home_hr)[:count]
    before = len(await looks_at(ask, person))
    for actor in (person, *offices):
        node = (await ask(actor, "anyone/node", id=record, purpose=PURPOSE))["node"]
        assert (node["__typename"], node["id"]) == (kind, record)
    looks = (await looks_at(ask, person))[before:]
    field = {"Researcher": "NAME", "Credential": "CREDENTIALS", "RecognitionDecision": "DECISIONS"}
    field["RecognitionCase"] = "DECISIONS"
    fields = [field.get(kind, "PLACEMENTS")]
    shown = [(PURPOSE, "AUTHORITY", fields), (PURPOSE, "HOME_UNIT", fields)][: len(offices)]
    assert [(one["purpose"], one["basis"], one["fields"]) for one in looks] == shown


async def test_an_organisation_is_given_to_everybody(cast: Cast, ask: Asking) -> None:
    unit = cast.unit(cast.posts.host)
    for actor in (ANONYMOUS, cast.person, cast.host_hr):
        node = (await ask(actor, "anyone/node", id=unit))["node"]
        assert (node["__typename"], node["nameZh"]) == ("Organisation", "重庆样例研究院")
    assert await told(ask, ANONYMOUS, absent(unit)) == NOTHING


async def test_a_foreign_record_and_an_absent_one_are_the_same_null(cast: Cast, ask: Asking) -> None:
    faults = []
    for kind in KINDS:
        record, person = record_of(cast, kind)
        before = await looks_at(ask, person)
        for who, actor in strangers(cast, kind).items():
            answers = {await told(ask, actor, one) for one in (record, absent(record))}
            faults += [(kind, who, answer) for answer in answers - {NOTHING}]
        assert await told(ask, person, absent(record)) == NOTHING
        assert await looks_at(ask, person) == before
    assert faults == []


async def test_an_id_passed_off_as_another_kind_is_the_same_null(cast: Cast, ask: Asking) -> None:
    faults = []
    for kind in KINDS:
        record, person = record_of(cast, kind)
        read = kind_and_id(record)
        assert read is not None
        retyped = [cast.id_of(other, read[1]) for other in ("Organisation", *KINDS) if other != kind]
        for actor in (person, cast.officer, ANONYMOUS):
            answers = {await told(ask, actor, one) for one in (*retyped, disguised(record))}
            faults += [(kind, actor.kind, answer) for answer in answers - {NOTHING}]
    assert faults == []


async def test_what_is_no_id_is_the_same_null(world: World, ask: Asking) -> None:
    assert {await told(ask, ANONYMOUS, text) for text in MALFORMED} == {NOTHING}
    assert ask.statements == 0


async def test_a_person_and_a_credential_are_read_for_a_stated_purpose(cast: Cast, ask: Asking) -> None:
    for kind in ("Researcher", "Credential"):
        record, _ = record_of(cast, kind)
        said = {
            as_text(await ask.refused(actor, "anyone/node", id=one))
            for actor in (cast.officer, cast.host_hr, ANONYMOUS)
            for one in (record, absent(record))
        }
        assert len(said) == 1
        assert "INVALID_INPUT" in said.pop()


async def test_a_purpose_that_cannot_be_read_is_refused_before_the_id_is_looked_at(cast: Cast, ask: Asking) -> None:
    ids = [record_of(cast, kind)[0] for kind in KINDS] + [cast.unit(cast.posts.host), *MALFORMED]
    said = {as_text(await ask.refused(cast.officer, "anyone/node", id=one, purpose=" ")) for one in ids}
    assert len(said) == 1


async def test_decisions_and_placements_without_a_purpose_are_noted_as_read_by_id(cast: Cast, ask: Asking) -> None:
    for kind in ("RecognitionDecision", "Placement"):
        record, person = record_of(cast, kind)
        before = len(await looks_at(ask, person))
        assert (await ask(cast.officer, "anyone/node", id=record))["node"]["id"] == record
        (look,) = (await looks_at(ask, person))[before:]
        assert look["purpose"] == "with: node"
