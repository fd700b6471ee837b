"""Equal facts decided differently by people: shown office by office to the authorities, with nothing of any person."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from talent_registry.domain.errors import NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.services.inconsistencies import Inconsistency, list_inconsistencies
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.storage import inconsistencies as stored
from talent_registry.storage.inconsistencies import DecidedAlike
from tests.proceedings import CENTRAL, LOCAL, PREFECTURE, Desks, open_desks
from tests.registries import World, authority

CONFIRMED, REFUSED = ProceedingOutcome.CONFIRMED, ProceedingOutcome.REFUSED
VERIFIED, NOT_VERIFIED = ProceedingOutcome.VERIFIED, ProceedingOutcome.NOT_VERIFIED


@pytest.fixture
async def desks(world: World) -> Desks:
    return await open_desks(world)


async def found(desks: Desks, actor: Actor, request: PageRequest | None = None) -> tuple[Inconsistency, ...]:
    page = await list_inconsistencies(desks.posts.registry, actor, request or PageRequest())
    return page.items


async def test_equal_facts_decided_differently_show_and_equal_decisions_do_not(desks: Desks) -> None:
    assert await found(desks, desks.chongqing) == ()
    cases = [await desks.open(str(number), **PREFECTURE) for number in range(3)]
    for case_id, actor in zip(cases[:2], (desks.chongqing, desks.chongqing_too), strict=True):
        await desks.settle(case_id, CONFIRMED, actor)
    assert await found(desks, desks.chongqing) == ()
    await desks.settle(cases[2], REFUSED)
    (one,) = await found(desks, desks.chongqing)
    chongqing = desks.posts.titles.chongqing
    assert [(office.province, office.organisation_id, office.outcome, office.count) for office in one.offices] == [
        ("500000", chongqing, CONFIRMED, 2),
        ("500000", chongqing, REFUSED, 1),
    ]
    assert one.case_ids == tuple(cases)
    assert (one.facts["rule"], one.facts["issuer_kind"]) == ("R99", "PREFECTURE_HRSS")
    assert not {"旦增", desks.posts.person.public_number} & set(map(str, one.facts.values()))
    # The other province sees that it is so, and how often, and none of the cases.
    (same,) = await found(desks, desks.sichuan)
    assert (same.digest, same.case_ids) == (one.digest, ())
    assert [(office.province, office.organisation_id, office.count) for office in same.offices] == [
        ("500000", None, 2),
        ("500000", None, 1),
    ]


async def test_silence_is_nobodys_decision_and_other_facts_are_no_comparison(desks: Desks) -> None:
    silent, spoken = await desks.open("1", **LOCAL), await desks.open("2", **LOCAL)
    await desks.settle(spoken, NOT_VERIFIED)
    central = await desks.open("3", **CENTRAL)
    await desks.settle(central, VERIFIED, desks.issuer)
    desks.go_to("2026-12-20")
    assert (await desks.see(silent)).position.outcome is VERIFIED
    assert await found(desks, desks.chongqing) == ()


async def test_an_issuers_decisions_are_its_provinces_and_pages_follow_each_other(desks: Desks) -> None:
    for number, changes, outcomes, actor in (
        ("1", CENTRAL, (VERIFIED, NOT_VERIFIED), desks.issuer),
        ("2", PREFECTURE, (CONFIRMED, REFUSED), desks.chongqing),
    ):
        for outcome in outcomes:
            case_id = await desks.open(f"{number}{outcome}", **changes)
            await desks.settle(case_id, outcome, actor)
    whole = await found(desks, desks.sichuan)
    assert len(whole) == 2
    first = await list_inconsistencies(desks.posts.registry, desks.sichuan, PageRequest(1))
    rest = await found(desks, desks.sichuan, PageRequest(1, first.places[-1]))
    assert (first.has_next, (*first.items, *rest)) == (True, whole)
    by_rule = {one.facts["rule"]: one for one in whole}
    assert {office.organisation_id for office in by_rule["R7"].offices} == {desks.posts.titles.sichuan}
    assert len(by_rule["R7"].case_ids) == 2
    assert by_rule["R99"].case_ids == ()


async def test_only_authorities_of_the_two_provinces_compare(desks: Desks) -> None:
    for actor in (desks.me, desks.issuer, desks.posts.host_hr, authority("520000"), ANONYMOUS):
        with pytest.raises(NotPermitted):
            await found(desks, actor)
    assert await found(desks, replace(desks.chongqing, account_id=None)) == ()


async def test_however_many_cases_there_are_the_question_reads_a_row_for_each_office_and_outcome(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("talent_registry.services.inconsistencies._MOST_CASES", 2)
    read: list[DecidedAlike] = []

    async def list_decided(*asked: Any) -> list[DecidedAlike]:
        read.extend(await stored.list_decided(*asked))
        return read

    monkeypatch.setattr(
        "talent_registry.services.inconsistencies.inconsistencies",
        SimpleNamespace(list_decided=list_decided, list_digests=stored.list_digests),
    )
    cases = [await desks.open(str(number), **PREFECTURE) for number in range(5)]
    for number, case_id in enumerate(cases):
        await desks.settle(case_id, REFUSED if number == 1 else CONFIRMED)
    (one,) = await found(desks, desks.chongqing)
    assert [(each.outcome, each.count, each.newest) for each in read] == [
        (CONFIRMED, 4, tuple(cases[3:])),
        (REFUSED, 1, (cases[1],)),
    ]
    assert [office.count for office in one.offices] == [4, 1]
    assert one.case_ids == tuple(cases[3:])
    assert one.facts["rule"] == "R99"
