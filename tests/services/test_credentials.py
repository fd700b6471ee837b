"""Recording, correcting and reading credentials, and the facts they give to a decision."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.credentials import Credential, RecordStatus, Standing
from talent_registry.domain.errors import Conflict, InvalidInput, Limited, NotFound, NotPermitted, RegistryError
from talent_registry.services import credentials, standing
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.registry import Work, perform
from talent_registry.storage import ledger
from talent_registry.storage.ids import new_id
from tests.registries import NOON, World
from tests.titles import ISSUED, NUMBER, PROFESSOR, Titles, document, open_titles

TODAY = date(2026, 11, 24)


@pytest.fixture
async def titles(world: World) -> Titles:
    return await open_titles(world)


async def set_status(
    titles: Titles, actor: Actor, credential_id: UUID, status: RecordStatus, day: date = TODAY
) -> Credential:
    made: list[Credential] = []

    async def act(work: Work) -> dict[str, Any]:
        made.append(await credentials.set_status(work, actor, credential_id, status, day, "MATERIALS_FALSE"))
        return {}

    await perform(titles.world.registry, actor, "test", titles.world.key(), {}, act)
    return made[0]


async def entries(titles: Titles) -> int:
    async with titles.world.registry.reading(titles.officer) as connection:
        return sum([len(page) async for page in ledger.entries_from(connection)])


async def test_a_recorded_credential_holds_what_was_stated_and_names_what_was_not(titles: Titles) -> None:
    credential_id = await titles.record()
    async with titles.world.registry.reading(titles.officer) as connection:
        found = await credentials.facts_for_decision(connection, credential_id, TODAY)
    assert found.source_province == "510000"
    assert (found.credential.level, found.credential.series) == ("SENIOR_DEPUTY", "01")
    assert found.credential.committee is not None
    assert found.credential.committee.filed_to == date(2021, 12, 31)
    used = {fact.name: fact.as_json() for fact in found.used}
    assert used["credential.certificate"]["defaulted"]
    assert used["credential.targeted_area"]["defaulted"]
    assert not used["credential.level"]["defaulted"]
    assert used["credential.level"]["source"] == str(titles.sichuan)
    assert used["credential.level"]["recorded_at"] == NOON.isoformat()


async def test_an_issuer_records_its_own_and_nobody_elses(titles: Titles) -> None:
    registry, key = titles.world.registry, titles.world.key
    await credentials.record(registry, titles.issuer, titles.asked(), key())
    before = await entries(titles)
    others = [titles.other_officer, titles.hr, titles.holder, Actor(ActorKind.ISSUER, None, titles.chongqing)]
    for actor in others:
        with pytest.raises(NotFound):
            await credentials.record(registry, actor, titles.asked("512020000002"), key())
    with pytest.raises(NotPermitted):
        await credentials.record(registry, ANONYMOUS, titles.asked("512020000002"), key())
    with pytest.raises(NotFound):
        await credentials.record(registry, titles.officer, replace(titles.asked(), issuer_id=new_id()), key())
    assert await entries(titles) == before


async def test_the_same_key_records_once(titles: Titles) -> None:
    key = titles.world.key()
    first = await credentials.record(titles.world.registry, titles.officer, titles.asked(), key)
    again = await credentials.record(titles.world.registry, titles.officer, titles.asked(), key)
    assert again.replayed
    assert again.result == first.result


async def test_a_number_that_the_issuer_recorded_is_corrected_not_recorded_again(titles: Titles) -> None:
    await titles.record()
    with pytest.raises(Conflict) as refusal:
        await titles.record("５１２０２０００ ０００１")
    assert refusal.value.reason == "CREDENTIAL_EXISTS"
    assert NUMBER not in refusal.value.message.zh


async def test_the_holder_is_named_by_document_and_a_public_number_must_be_of_the_same_person(titles: Titles) -> None:
    registry, key = titles.world.registry, titles.world.key
    _, other = await titles.enrol(2, "单雄信")
    both = credentials.Holder(document(1), public_number=titles.public_number)
    await credentials.record(registry, titles.issuer, replace(titles.asked(), holder=both), key())
    said = []
    for holder in (
        credentials.Holder(document(9)),
        credentials.Holder(document(1), public_number=other),
        credentials.Holder(document(1), public_number="TR-0000-0000-0000-9998"),
        credentials.Holder(document(1), public_number="no number"),
    ):
        with pytest.raises(NotFound) as refusal:
            await credentials.record(registry, titles.issuer, replace(titles.asked("2"), holder=holder), key())
        said.append((refusal.value.message, refusal.value.path))
    assert len(set(said)) == 1
    for wrong, part in (
        (credentials.Holder(document(1)[:-1]), "documentNumber"),
        (credentials.Holder(document(1), "LIBRARY_CARD"), "documentKind"),
    ):
        with pytest.raises(InvalidInput) as unreadable:
            await credentials.record(registry, titles.issuer, replace(titles.asked("2"), holder=wrong), key())
        assert unreadable.value.path == ("input", "holder", part)


async def test_what_is_refused_for_another_reason_does_not_tell_whether_a_document_is_known(titles: Titles) -> None:
    registry, key = titles.world.registry, titles.world.key
    await titles.record()
    wrong = replace(PROFESSOR, level="?")
    for change in ({"kind": "勋章"}, {"number": "=1"}, {"number": NUMBER}, {"statement": wrong}):
        said = set()
        for serial in (1, 777):
            asked = replace(titles.asked("2"), holder=credentials.Holder(document(serial)), **change)
            with pytest.raises(RegistryError) as refusal:
                await credentials.record(registry, titles.officer, asked, key())
            said.add((refusal.value.reason, refusal.value.path))
        assert len(said) == 1


async def test_an_account_that_tries_document_numbers_is_stopped(titles: Titles) -> None:
    registry, key = titles.world.registry, titles.world.key
    for serial in range(100, 120):
        asked = replace(titles.asked("2"), holder=credentials.Holder(document(serial)))
        with pytest.raises(NotFound):
            await credentials.record(registry, titles.officer, asked, key())
    with pytest.raises(Limited):
        await credentials.record(registry, titles.officer, titles.asked("2"), key())
    titles.world.clock.go_on(hours=1)
    await credentials.record(registry, titles.officer, titles.asked("3"), key())


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"title_code": "9999"}, "UNKNOWN_TITLE_CODE", "titleCode"),
        ({"title_name": "教授"}, "CONTRADICTION", "titleName"),
        ({"level": "正高级"}, "CONTRADICTION", "level"),
        ({"level": "高级"}, "UNKNOWN_CODE", "level"),
        ({"route": "抽签"}, "UNKNOWN_CODE", "route"),
        ({"issuer_kind": "市级人社"}, "CONTRADICTION", "issuerKind"),
        ({"issuer_kind": "协会"}, "UNKNOWN_CODE", "issuerKind"),
        ({"approval_date": None}, "MISSING", "approvalDate"),
        ({"approval_date": TODAY + timedelta(1)}, "DAYS", "approvalDate"),
        ({"issued_on": ISSUED - timedelta(1)}, "DAYS", "issuedOn"),
        ({"valid_until": ISSUED - timedelta(1)}, "DAYS", "validUntil"),
        ({"filing_number": "510000-01-1999-1"}, "UNKNOWN_FILING", "filingNumber"),
        ({"certificate_medium": "STONE"}, "UNKNOWN_CODE", "certificateMedium"),
        ({"delegation_level": "VILLAGE"}, "UNKNOWN_CODE", "delegationLevel"),
        ({"targeted_area": ("999999",)}, "UNKNOWN_CODE", "targetedArea"),
    ],
)
async def test_what_contradicts_the_catalogue_or_itself_is_not_recorded(
    titles: Titles, changes: dict[str, Any], reason: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await titles.record(**changes)
    assert (refusal.value.reason, refusal.value.path[-1]) == (reason, field)


async def test_a_new_record_does_not_begin_suspended(titles: Titles) -> None:
    asked = replace(titles.asked(), status=RecordStatus.SUSPENDED)
    with pytest.raises(InvalidInput):
        await credentials.record(titles.world.registry, titles.officer, asked, titles.world.key())
    with pytest.raises(InvalidInput) as refusal:
        await titles.record("=1+1")
    assert refusal.value.path == ("input", "number")
    asked = replace(titles.asked(), kind="勋章")
    with pytest.raises(InvalidInput):
        await credentials.record(titles.world.registry, titles.officer, asked, titles.world.key())


async def test_a_correction_supersedes_and_what_was_known_stays_known(titles: Titles) -> None:
    registry, clock = titles.world.registry, titles.world.clock
    credential_id = await titles.record()
    before = clock.now
    clock.go_on(days=1)
    statement = replace(PROFESSOR, title_code="0101", title_name="教授", level=None, issued_on=date(2020, 5, 17))
    asked = credentials.Correction(credential_id, statement)
    await standing.correct(registry, titles.issuer, asked, titles.world.key())
    async with registry.reading(titles.holder) as connection:
        now = await credentials.facts_for_decision(connection, credential_id, TODAY)
        then = await credentials.facts_for_decision(connection, credential_id, TODAY, before)
        day_of_old_issue = now.record.standing(ISSUED), then.record.standing(ISSUED)
    assert (now.credential.level, then.credential.level) == ("SENIOR_FULL", "SENIOR_DEPUTY")
    assert day_of_old_issue == (Standing.NOT_YET_ISSUED, Standing.VALID)
    with pytest.raises(Conflict):
        await standing.correct(registry, titles.issuer, asked, titles.world.key())
    with pytest.raises(NotFound):
        await standing.correct(registry, titles.other_officer, asked, titles.world.key())
    gone = replace(asked, credential_id=new_id())
    with pytest.raises(NotFound):
        await standing.correct(registry, titles.issuer, gone, titles.world.key())
    with pytest.raises(NotPermitted):
        await standing.correct(registry, ANONYMOUS, asked, titles.world.key())


async def test_a_status_is_changed_by_issuer_and_authority_alone(titles: Titles) -> None:
    credential_id = await titles.record()
    for actor in (titles.other_officer, titles.hr, titles.holder, Actor(ActorKind.ISSUER, None, titles.chongqing)):
        with pytest.raises(NotFound):
            await set_status(titles, actor, credential_id, RecordStatus.SUSPENDED)
    await set_status(titles, titles.issuer, credential_id, RecordStatus.SUSPENDED, TODAY - timedelta(10))
    before = titles.world.clock.now
    titles.world.clock.go_on(hours=1)
    await set_status(titles, titles.officer, credential_id, RecordStatus.REVOKED, TODAY - timedelta(20))
    async with titles.world.registry.reading(titles.hr) as connection:
        now = await credentials.facts_for_decision(connection, credential_id, TODAY)
        then = await credentials.facts_for_decision(connection, credential_id, TODAY, before)
        earlier = await credentials.facts_for_decision(connection, credential_id, TODAY - timedelta(21))
    assert (now.credential.status, now.credential.revoked_on) == ("REVOKED", TODAY - timedelta(20))
    assert (then.credential.status, then.credential.revoked_on) == ("SUSPENDED", None)
    assert earlier.credential.status == "VALID"
    with pytest.raises(Conflict):
        await set_status(titles, titles.officer, credential_id, RecordStatus.VALID)


async def test_facts_that_nobody_may_see_are_not_given(titles: Titles) -> None:
    credential_id = await titles.record()
    async with titles.world.registry.reading(titles.other_officer) as connection:
        with pytest.raises(NotFound):
            await credentials.facts_for_decision(connection, credential_id, TODAY)
