"""Deciding recognitions: who may, what is kept, and that a kept decision can be computed again."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.decisions import DecisionFilter
from talent_registry.domain.errors import InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents, credentials, recognition, standing
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.recognition import AskedRecognition
from talent_registry.storage import accesses
from tests.registries import World, authority
from tests.titles import FILING, ISSUED, PROFESSOR, Titles, open_titles

POST = Target(division="500106", employer_kind="UNIVERSITY", post_series="01")
PURPOSE = "岗位聘用核验"


@pytest.fixture
async def titles(world: World) -> Titles:
    return await open_titles(world)


async def decide(titles: Titles, actor: Actor, credential: UUID, **changes: Any) -> dict[str, Any]:
    asked = replace(AskedRecognition(credential, POST, purpose=PURPOSE), **changes)
    done = await recognition.decide_recognition(titles.world.registry, actor, asked, titles.world.key())
    return done.result


async def test_a_senior_title_is_recognised_as_of_right_and_the_decision_is_kept_whole(titles: Titles) -> None:
    credential = await titles.record()
    result = await decide(titles, titles.holder, credential)
    assert (result["outcome"], result["rule"]) == ("AUTO", "R1")
    registry = titles.world.registry
    kept = await recognition.get_decision(registry, titles.holder, UUID(result["decision_id"]))
    assert kept.decision.outcome is Outcome.AUTO
    assert kept.is_recognised
    assert (kept.researcher_id, kept.target, kept.target_province) == (titles.person, POST, "500000")
    assert kept.decided_for == registry.today()
    assert {one.rule for one in kept.decision.findings} >= {"G2", "R1", "R99"}
    used = {one.name: one for one in kept.facts}
    assert used["credential.level"].value == PROFESSOR.level or used["credential.level"].value == "SENIOR_DEPUTY"
    assert used["credential.level"].source_id == titles.sichuan
    assert "旦增" not in repr(kept)


async def test_a_refusal_to_recognise_is_a_result(titles: Titles) -> None:
    credential = await titles.record()
    result = await decide(titles, titles.holder, credential, target=replace(POST, division="510107"))
    assert result["outcome"] == "NOT_APPLICABLE"


async def test_the_targets_authority_decides_and_its_look_is_noted(titles: Titles) -> None:
    credential = await titles.record()
    assert (await decide(titles, titles.other_officer, credential))["outcome"] == "AUTO"
    async with titles.world.registry.reading(titles.holder) as connection:
        looks = await accesses.list_accesses(connection, titles.person, PageRequest())
    assert [(one.basis, one.purpose, one.organisation_id) for one in looks.items] == [
        ("AUTHORITY", PURPOSE, titles.chongqing)
    ]


async def test_nobody_decides_who_has_no_part_in_it(titles: Titles) -> None:
    credential = await titles.record()
    stranger, _ = await titles.enrol(7, "单雄信")
    strangers = (
        titles.officer,
        titles.issuer,
        titles.hr,
        authority("110000"),
        Actor(ActorKind.RESEARCHER, None, None, stranger),
        Actor(ActorKind.HR, None, titles.chongqing),
    )
    for actor in strangers:
        with pytest.raises(NotFound) as foreign:
            await decide(titles, actor, credential)
        with pytest.raises(NotFound) as absent:
            await decide(titles, actor, titles.home)
        assert foreign.value.message == absent.value.message
    with pytest.raises(NotPermitted):
        await decide(titles, ANONYMOUS, credential)


async def test_a_consent_opens_deciding_to_hr_and_for_a_granted_purpose_to_an_agency(titles: Titles) -> None:
    credential = await titles.record()
    world = titles.world
    agency = await world.organisation("重庆样例人才服务中心", "AGENCY", "500103")
    client = Actor(ActorKind.AGENCY, None, agency, purposes=frozenset({"RECRUITMENT"}))
    until = world.registry.today() + timedelta(days=30)
    for recipient in (titles.home, agency):
        asked = consents.NewConsent(
            recipient,
            "核验",
            (PersonField.CREDENTIALS, PersonField.DECISIONS),
            until,
        )
        await consents.grant(world.registry, titles.holder, asked, world.key())
    assert (await decide(titles, titles.hr, credential))["outcome"] == "AUTO"
    assert (await decide(titles, client, credential, purpose="RECRUITMENT"))["outcome"] == "AUTO"
    with pytest.raises(InvalidInput) as refused:
        await decide(titles, client, credential, purpose="MARKETING")
    assert refused.value.reason == "PURPOSE_NOT_GRANTED"
    page = await recognition.list_decisions(world.registry, client, PageRequest(), DecisionFilter(), "RECRUITMENT")
    assert len(page.items) == 2


@pytest.mark.parametrize(
    "target",
    [
        replace(POST, division="509999"),
        replace(POST, post_series="99"),
        replace(POST, employer_kind="CIRCUS"),
        replace(POST, division="50"),
    ],
)
async def test_a_target_outside_the_catalogue_is_refused_by_field(titles: Titles, target: Target) -> None:
    credential = await titles.record()
    with pytest.raises(InvalidInput):
        await decide(titles, titles.holder, credential, target=target)


async def test_an_office_states_its_purpose(titles: Titles) -> None:
    credential = await titles.record()
    with pytest.raises(InvalidInput):
        await decide(titles, titles.other_officer, credential, purpose=" ")


async def test_computing_keeps_nothing_and_repeats_itself(titles: Titles) -> None:
    credential = await titles.record()
    registry, asked = titles.world.registry, AskedRecognition(credential, POST, purpose=PURPOSE)
    first = await recognition.compute(registry, titles.other_officer, asked)
    titles.world.clock.go_on(days=1)
    change = standing.StatusChange(credential, "造假")
    await standing.revoke(registry, titles.officer, change, titles.world.key())
    before = replace(asked, on=first.on)
    again = await recognition.compute(registry, titles.holder, before, first.known_at)
    assert (again.decision, again.facts.used) == (first.decision, first.facts.used)
    now = await recognition.compute(registry, titles.holder, asked)
    assert now.decision.outcome is Outcome.NOT_RECOGNISED
    page = await recognition.list_decisions(registry, titles.holder, PageRequest(), DecisionFilter())
    assert page.items == ()


async def test_a_kept_decision_computed_again_says_the_same_whatever_happened_since(titles: Titles) -> None:
    credential = await titles.record()
    registry, world = titles.world.registry, titles.world
    kept = UUID((await decide(titles, titles.holder, credential))["decision_id"])
    past = UUID((await decide(titles, titles.holder, credential, on=date(2021, 1, 1)))["decision_id"])
    world.clock.go_on(days=3)
    corrected = replace(PROFESSOR, level="中级", title_name=None, title_code="0103")
    await standing.correct(registry, titles.officer, credentials.Correction(credential, corrected), world.key())
    await standing.revoke(registry, titles.officer, standing.StatusChange(credential, "造假"), world.key())
    for decision_id in (kept, past):
        again = await recognition.recompute(registry, titles.holder, decision_id)
        assert again.same
        assert again.again == again.kept.decision


async def test_a_decision_names_the_version_in_force_on_its_day(titles: Titles) -> None:
    credential = await titles.record()
    registry = titles.world.registry
    result = await decide(titles, titles.holder, credential, on=date(2021, 3, 28))
    kept = await recognition.get_decision(registry, titles.holder, UUID(result["decision_id"]))
    version = next(one for one in registry.agreement.versions if one.id == kept.decision.version_id)
    assert version.holds_on(kept.decided_for)
    assert version.digest == kept.decision.digest
    other = replace(registry, agreement=replace(registry.agreement, versions=()))
    with pytest.raises(NotInForce):
        await recognition.recompute(other, titles.holder, kept.id)


async def test_decisions_are_read_by_those_who_may_and_filtered(titles: Titles) -> None:
    credential = await titles.record()
    kept = UUID((await decide(titles, titles.holder, credential))["decision_id"])
    registry = titles.world.registry
    for actor in (titles.holder, titles.hr, titles.officer, titles.other_officer):
        assert (await recognition.get_decision(registry, actor, kept)).id == kept
    for stranger in (titles.issuer, authority("110000")):
        with pytest.raises(NotFound):
            await recognition.get_decision(registry, stranger, kept)
        assert await recognition.list_looked_at(registry, stranger, [recognition.Look(kept, "核对")]) == [None]
        page = await recognition.list_decisions(registry, stranger, PageRequest(), DecisionFilter())
        assert page.items == ()
    for ask in (
        recognition.get_decision(registry, ANONYMOUS, kept),
        recognition.list_decisions(registry, ANONYMOUS, PageRequest(), DecisionFilter()),
    ):
        with pytest.raises(NotPermitted):
            await ask
    both = DecisionFilter(credential, titles.person, "500000", Outcome.AUTO)
    none = replace(both, outcome=Outcome.CONFIRM)
    assert len((await recognition.list_decisions(registry, titles.holder, PageRequest(), both)).items) == 1
    assert (await recognition.list_decisions(registry, titles.holder, PageRequest(), none)).items == ()
    assert FILING not in repr(kept)


async def test_an_examination_that_opened_a_post_is_among_the_facts_used_with_its_source(titles: Titles) -> None:
    world = titles.world
    credential = await titles.record()
    world.clock.go_on(days=1)
    exam = replace(
        PROFESSOR, title_code="1703", title_name=None, level=None, route="考试", filing_number=None, issued_on=ISSUED
    )
    number = "512020000777"
    asked = replace(titles.asked(number), statement=exam)
    await credentials.record(world.registry, titles.officer, asked, world.key())
    post = replace(POST, post_series="17")

    computed = await recognition.compute(world.registry, titles.holder, AskedRecognition(credential, post))

    assert computed.decision.rule == "R1"
    used = [fact for fact in computed.facts.used if fact.name == "holder.exam_certificates"]
    assert [(fact.value, fact.source_id, fact.recorded_at) for fact in used] == [
        (["17"], titles.sichuan, world.clock.now)
    ]
    assert computed.question.holder.exam_certificates == {"17"}
    (finding,) = [one for one in computed.decision.findings if one.rule == "R10b"]
    assert finding.facts["holder.exam_certificates"] == ["17"]
