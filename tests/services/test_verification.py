"""Verifying certificates as people type them."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from talent_registry.domain.errors import Conflict, Limited, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.verification import Typed, Verdict
from talent_registry.services import attempts, credentials, verification
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.verification import Asked, Verification
from talent_registry.storage import accesses, ledger
from talent_registry.storage.tables import attempt
from tests.registries import World
from tests.titles import NAME, NUMBER, Titles, document, open_titles

DATA = Path(__file__).parents[1] / "data"
SAMPLES = Path(__file__).parents[2] / "talent_registry" / "demo" / "samples"
ROSTER = DATA / "roster_verify_utf8.csv"
EXPECTED = DATA / "roster_verify_expected.jsonl"
TYPED = Typed(NUMBER, NAME)
FITTING = Asked(TYPED, "聘用核验")


@pytest.fixture
async def titles(world: World) -> Titles:
    titles = await open_titles(world)
    await titles.record()
    return titles


async def ask(titles: Titles, actor: Actor, asked: Asked = FITTING, **more: Any) -> Verification:
    return await verification.verify(titles.world.registry, actor, asked, None, "192.0.2.1", **more)


async def test_a_number_and_a_name_as_typed_are_enough(titles: Titles) -> None:
    typed = Typed(" ５１２０２ ０００００ ０１", "旦增・卓嘎　", document(1).lower(), "2020/4/17", "副高")
    found = await ask(titles, titles.hr, Asked(typed, "聘用核验"))
    assert (found.verdict, found.reason) == (Verdict.VALID, "")
    assert found.record is not None
    assert found.record.version.level == "SENIOR_DEPUTY"


async def test_an_anonymous_caller_gets_the_verdict_alone(titles: Titles) -> None:
    right = await ask(titles, ANONYMOUS)
    wrong = await ask(titles, ANONYMOUS, Asked(replace(TYPED, level="正高级")))
    assert (right.verdict, right.record, right.reason) == (Verdict.VALID, None, "")
    assert (wrong.verdict, wrong.record, wrong.reason) == (Verdict.MISMATCH, None, "")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "旦增卓嘎"}, "name"),
        ({"document": document(2)}, "document"),
        ({"obtained_on": "2020-04-18"}, "obtainedOn"),
        ({"level": "正高级"}, "level"),
    ],
)
async def test_a_mismatch_names_the_field_and_not_the_right_value(
    titles: Titles, change: dict[str, str], field: str
) -> None:
    found = await ask(titles, titles.hr, Asked(replace(TYPED, **change), "聘用核验"))
    assert (found.verdict, found.reason, found.record) == (Verdict.MISMATCH, field, None)
    assert NAME not in found.message.zh


async def test_what_is_not_recorded_is_answered_by_what_is(titles: Titles) -> None:
    found = await ask(titles, ANONYMOUS, Asked(replace(TYPED, number="512020999999")))
    assert found.verdict is Verdict.NOT_FOUND
    assert found.coverage is not None
    assert "四川省（2020—2020 年）" in found.coverage.zh
    assert "2026-11-24 12:00" in found.coverage.en
    assert not {"假", "伪"} & set(found.coverage.zh + found.message.zh)


async def test_what_cannot_be_read_is_a_verdict_not_an_error(titles: Titles) -> None:
    for change, reason in (
        ({"name": "x" * 400}, "name unreadable"),
        ({"number": ""}, "number missing"),
        ({"number": "5.12E+11"}, "digits lost by a spreadsheet"),
        ({"number": "51\ud800"}, "number unreadable"),
        ({"document": "99000019800101"}, "document unreadable"),
        ({"obtained_on": "3020-01-01"}, "date"),
        ({"level": "特级"}, "level unknown"),
    ):
        found = await ask(titles, ANONYMOUS, Asked(replace(TYPED, **change)))
        assert (found.verdict, found.reason) == (Verdict.INVALID_INPUT, reason), change
    assert (await ask(titles, titles.hr, Asked(TYPED, " "))).reason == "purpose missing"
    assert (await ask(titles, titles.hr, Asked(TYPED, "a\nb"))).reason == "purpose unreadable"


async def test_an_agency_verifies_for_the_purposes_it_was_granted(titles: Titles) -> None:
    agency = Actor(ActorKind.AGENCY, None, titles.home, purposes=frozenset({"聘用核验"}))
    assert (await ask(titles, agency)).record is not None
    with pytest.raises(NotPermitted) as refusal:
        await ask(titles, agency, Asked(TYPED, "营销"))
    assert refusal.value.reason == "PURPOSE_NOT_GRANTED"
    assert (await ask(titles, agency, Asked(TYPED))).verdict is Verdict.INVALID_INPUT


async def test_a_person_sees_details_of_the_own_certificate_alone(titles: Titles) -> None:
    other, _ = await titles.enrol(2, "单雄信")
    assert (await ask(titles, titles.holder, Asked(TYPED))).record is not None
    assert (await ask(titles, Actor(ActorKind.RESEARCHER, researcher_id=other), Asked(TYPED))).record is None


async def test_the_holder_sees_who_verified_and_the_ledger_holds_no_number(titles: Titles) -> None:
    registry = titles.world.registry
    await ask(titles, titles.hr)
    await ask(titles, titles.hr, Asked(replace(TYPED, name="别人"), "聘用核验"))
    async with registry.reading(titles.holder) as connection:
        looks = (await accesses.list_accesses(connection, titles.person, PageRequest())).items
        entries = [entry async for page in ledger.entries_from(connection) for entry in page]
    (look,) = [look for look in looks if look.basis == verification.BASIS]
    assert (look.organisation_id, look.purpose, look.fields) == (titles.home, "聘用核验", ("CREDENTIALS",))
    last = [sealed.entry for sealed in entries if sealed.entry.name == "verifyCredential"]
    assert [entry.body["verdict"] for entry in last] == ["VALID", "MISMATCH"]
    assert [len(entry.subjects) for entry in last] == [1, 0]
    assert NUMBER not in str(last)
    assert NAME not in str(last)
    assert NUMBER not in repr(FITTING)


async def test_the_same_key_answers_the_same_and_writes_nothing_more(titles: Titles) -> None:
    registry = titles.world.registry
    for actor in (titles.hr, ANONYMOUS):
        first = await verification.verify(registry, actor, FITTING, "one", "192.0.2.1")
        again = await verification.verify(registry, actor, FITTING, "one", "192.0.2.1")
        elsewhere = await verification.verify(registry, actor, FITTING, "one", "192.0.2.2")
        assert (again.done.sequence, again.done.replayed) == (first.done.sequence, True)
        assert not elsewhere.done.replayed


async def test_one_number_of_two_issuers_means_the_one_whose_holder_fits(titles: Titles) -> None:
    person, _ = await titles.enrol(2, "单雄信")
    city = await titles.world.organisation("成都市人力资源和社会保障局", "HRSS_BUREAU", "510100")
    asked = replace(titles.asked(issuer_kind="市级人社"), issuer_id=city)
    asked = replace(asked, holder=credentials.Holder(document(2)))
    await credentials.record(titles.world.registry, titles.officer, asked, titles.world.key())
    found = await ask(titles, titles.hr, Asked(Typed(NUMBER, "单雄信"), "聘用核验"))
    assert found.record is not None
    assert (found.record.credential.researcher_id, found.record.credential.issuer_id) == (person, city)
    # The nearer of both is the one meant: the name fits, the document does not.
    found = await ask(titles, titles.hr, Asked(Typed(NUMBER, "单雄信", document(1)), "聘用核验"))
    assert (found.verdict, found.reason) == (Verdict.MISMATCH, "document")


async def test_an_anonymous_caller_is_limited_by_where_the_caller_comes_from(titles: Titles) -> None:
    limits = verification.Limits(anonymous_a_minute=2)
    for _ in range(2):
        await ask(titles, ANONYMOUS, limits=limits)
    with pytest.raises(Limited) as refusal:
        await ask(titles, ANONYMOUS, limits=limits)
    assert refusal.value.retry_after == 61
    await verification.verify(titles.world.registry, ANONYMOUS, FITTING, None, "192.0.2.9", limits)
    await ask(titles, titles.hr, limits=limits)
    titles.world.clock.go_on(minutes=1)
    await ask(titles, ANONYMOUS, limits=limits)


async def test_a_repeat_gets_its_answer_even_when_the_certificate_is_asked_about_no_more(titles: Titles) -> None:
    registry, limits = titles.world.registry, verification.Limits(target_by_accounts_an_hour=1)
    wrong = Asked(Typed(NUMBER, "别人"), "聘用核验")
    first = await verification.verify(registry, titles.hr, wrong, "key-1", "192.0.2.1", limits)
    again = await verification.verify(registry, titles.hr, wrong, "key-1", "192.0.2.1", limits)
    assert (again.verdict, again.done.command_id, again.done.replayed) == (first.verdict, first.done.command_id, True)
    with pytest.raises(Limited):
        await verification.verify(registry, titles.hr, wrong, "key-2", "192.0.2.1", limits)
    # A used key opens no other certificate.
    with pytest.raises(Conflict):
        await verification.verify(registry, titles.hr, FITTING, "key-1", "192.0.2.1", limits)


async def test_guessing_at_one_certificate_is_limited_across_callers_and_refused_in_the_same_words(
    titles: Titles,
) -> None:
    words = []
    for number in (NUMBER, "512020999999"):
        wrong = Asked(Typed(number, "别人"))

        async def one(place: int, wrong: Asked = wrong) -> Verification:
            return await verification.verify(titles.world.registry, ANONYMOUS, wrong, None, f"192.0.2.{place}")

        answers = await asyncio.gather(*[one(place) for place in range(14)], return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, Limited)]
        assert len(refused) == 4
        words.append((refused[0].message, refused[0].retry_after, refused[0].reason))
    assert words[0] == words[1]
    # Offices are counted apart: nobody shuts them out from outside.
    assert (await ask(titles, titles.hr)).verdict is Verdict.VALID


async def test_right_answers_do_not_use_up_a_certificate(titles: Titles) -> None:
    for place in range(15):
        found = await verification.verify(titles.world.registry, ANONYMOUS, FITTING, None, f"192.0.2.{place}")
        assert found.verdict is Verdict.VALID


async def test_old_counters_are_forgotten(titles: Titles) -> None:
    await ask(titles, ANONYMOUS)
    titles.world.clock.go_on(days=4)
    assert await attempts.forget_old(titles.world.registry) == 5
    async with titles.world.registry.reading(ANONYMOUS) as connection:
        assert (await connection.execute(select(attempt))).all() == []
