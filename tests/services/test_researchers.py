"""Registering people, and changing and correcting what is recorded of them."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, Limited, NotPermitted
from talent_registry.domain.researchers import Amendment, PersonField
from talent_registry.services import corrections, researchers
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from tests.conftest import DatabaseUrls, as_superuser
from tests.people import a_town, new_person, register_person, sample_number, self_seen
from tests.registries import World

ALL = frozenset(PersonField)
MOVED = date(2026, 5, 1)


async def register_by(world: World, actor: Actor, asked: researchers.NewPerson) -> None:
    await researchers.register(world.registry, actor, asked, world.key())


def count(urls: DatabaseUrls, table: str) -> int:
    with as_superuser(urls) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


async def test_a_person_is_registered_with_number_name_document_household_and_relation(world: World) -> None:
    town = await a_town(world)
    seen = await self_seen(world, town)
    assert seen.name is not None
    assert seen.household is not None
    assert seen.relation is not None
    assert seen.researcher.public_number == town.public_number
    assert (seen.name.name_zh, seen.name.pinyin) == ("单雄信", "Shan Xiongxin")
    assert (seen.household.division, seen.relation.home_unit_id) == ("510107", town.home)
    assert sample_number(1) not in str([one.number_masked for one in seen.documents])


async def test_two_people_of_one_name_are_two_people(world: World) -> None:
    town = await a_town(world)
    other = await register_person(world, town.home, 2, "单雄信", "510107")
    assert other != town.person


async def test_a_known_document_is_a_conflict_and_leaves_nothing_behind(
    world: World, database_urls: DatabaseUrls
) -> None:
    town = await a_town(world)
    before = [count(database_urls, table) for table in ("researcher", "ledger_entry", "command")]
    with pytest.raises(Conflict) as refusal:
        await researchers.register(world.registry, OPERATOR, new_person(town.home, 1, "另一人", "510107"), world.key())
    assert refusal.value.reason == "DOCUMENT_EXISTS"
    assert [count(database_urls, table) for table in ("researcher", "ledger_entry", "command")] == before


@pytest.mark.parametrize(
    "change",
    [
        {"name_zh": "=1+1"},
        {"household": "51"},
        {"household_since": date(2027, 1, 1)},
        {"file_unit_id": UUID(int=7)},
        {"insurance_division": "999999"},
        {"employed_since": date(2027, 1, 1)},
    ],
)
async def test_what_is_refused_for_another_reason_does_not_tell_whether_a_document_is_known(
    world: World, change: dict[str, object]
) -> None:
    town = await a_town(world)
    said = set()
    for serial in (1, 777):
        asked = replace(new_person(town.home, serial, "李雷", "510107"), **change)  # type: ignore[arg-type]
        with pytest.raises(InvalidInput) as refusal:
            await researchers.register(world.registry, town.home_hr, asked, world.key())
        said.add((refusal.value.reason, refusal.value.path))
    assert len(said) == 1


async def test_an_account_is_not_told_without_end_which_documents_are_known(world: World) -> None:
    town = await a_town(world)
    known = new_person(town.home, 1, "李雷", "510107")
    for serial in range(2, 12):
        await register_by(world, town.home_hr, new_person(town.home, serial, "李雷", "510107"))
    for _ in range(20):
        with pytest.raises(Conflict):
            await register_by(world, town.home_hr, known)
    # Then it is told nothing at all, so that silence tells nothing either.
    for asked in (known, new_person(town.home, 99, "李雷", "510107")):
        with pytest.raises(Limited):
            await register_by(world, town.home_hr, asked)
    for _ in range(20):
        with pytest.raises(Conflict):
            document = corrections.DocumentCorrection(town.person, Amendment.CHANGE, "RESIDENT_ID", sample_number(2))
            await corrections.correct_document(world.registry, town.sichuan_officer, document, world.key())
    with pytest.raises(Limited):
        await corrections.correct_document(world.registry, town.sichuan_officer, document, world.key())
    world.clock.go_on(hours=1)
    await register_by(world, town.home_hr, new_person(town.home, 99, "李雷", "510107"))


async def test_the_same_request_again_gives_the_same_answer(world: World, database_urls: DatabaseUrls) -> None:
    asked, key = new_person(None, 1, "旦增•卓嘎", "510107"), world.key()
    first = await researchers.register(world.registry, OPERATOR, asked, key)
    again = await researchers.register(world.registry, OPERATOR, asked, key)
    assert (again.result, again.replayed) == (first.result, True)
    assert count(database_urls, "ledger_entry") == 1


async def test_one_number_is_one_person_whichever_kind_of_document_is_stated(world: World) -> None:
    await a_town(world)
    asked = replace(new_person(None, 1, "单雄信", "510107"), document_kind="TEST_RESIDENT_ID")
    with pytest.raises(Conflict):
        await researchers.register(world.registry, OPERATOR, asked, world.key())


async def test_hr_registers_own_staff_and_nobody_elses(world: World) -> None:
    town = await a_town(world)
    done = await researchers.register(
        world.registry, town.home_hr, new_person(town.home, 2, "李雷", "500106"), world.key()
    )
    assert done.sequence > 0
    with pytest.raises(NotPermitted):
        await researchers.register(
            world.registry, town.host_hr, new_person(town.home, 3, "韩梅", "500106"), world.key()
        )


async def test_an_authority_registers_people_with_household_in_its_province(world: World) -> None:
    town = await a_town(world)
    asked = new_person(None, 2, "李雷", "510107")
    with pytest.raises(NotPermitted):
        await researchers.register(world.registry, town.chongqing_officer, asked, world.key())
    await researchers.register(world.registry, town.sichuan_officer, asked, world.key())
    abroad = replace(new_person(town.home, 3, "John Smith", None), household=None)
    await researchers.register(world.registry, town.sichuan_officer, abroad, world.key())


@pytest.mark.parametrize(
    "actor", [Actor(ActorKind.AGENCY), Actor(ActorKind.ISSUER), Actor(ActorKind.RESEARCHER), Actor(ActorKind.CLOCK)]
)
async def test_nobody_else_registers_people(world: World, actor: Actor) -> None:
    with pytest.raises(NotPermitted):
        await researchers.register(world.registry, actor, new_person(None, 1, "李雷", "510107"), world.key())


async def test_an_unknown_caller_is_asked_to_sign_in(world: World) -> None:
    asked = new_person(None, 1, "李雷", "510107")
    with pytest.raises(NotPermitted) as refusal:
        await researchers.register(world.registry, ANONYMOUS, asked, world.key())
    assert refusal.value.reason == "SIGN_IN_FIRST"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"document_number": "990000198001010029"}, "CHECKSUM"),
        ({"document_kind": "LIBRARY_CARD"}, "KIND"),
        ({"name_zh": "=1+1"}, "FORMULA"),
        ({"household": "500112"}, "DIVISION"),
        ({"household": "51"}, "DIVISION"),
        ({"household_since": date(2027, 1, 1)}, "IN_THE_FUTURE"),
        ({"home_unit_id": UUID(int=7)}, "ORGANISATION"),
        ({"insurance_division": "999999"}, "DIVISION"),
    ],
)
async def test_a_value_that_cannot_be_is_refused_without_repeating_it(
    world: World, change: dict[str, object], reason: str
) -> None:
    town = await a_town(world)
    asked = new_person(town.home, 2, "李雷", "500106")
    asked = replace(asked, **{"household_since": date(2026, 1, 1), **change})  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refusal:
        await researchers.register(world.registry, OPERATOR, asked, world.key())
    assert refusal.value.reason == reason
    assert not any(str(value) in refusal.value.message.en for value in change.values())


async def test_a_sample_identity_is_refused_where_the_installation_takes_none(world: World) -> None:
    registry = replace(world.registry, allow_test_identities=False)
    with pytest.raises(InvalidInput) as refusal:
        await researchers.register(registry, OPERATOR, new_person(None, 1, "李雷", "510107"), world.key())
    assert refusal.value.reason == "TEST_IDENTITY_NOT_ALLOWED"


async def test_neither_ledger_nor_answers_hold_personal_data(world: World, database_urls: DatabaseUrls) -> None:
    town = await a_town(world)
    asked = corrections.NameCorrection(town.person, Amendment.CHANGE, "单信", since=MOVED)
    await corrections.correct_name(world.registry, town.sichuan_officer, asked, world.key())
    with as_superuser(database_urls) as connection:
        rows = connection.execute("SELECT to_jsonb(l)::text || to_jsonb(c)::text FROM ledger_entry l, command c")
        written = "".join(row[0] for row in rows)
    assert not any(part in written for part in ("单雄信", "单信", sample_number(1), "990000"))
    assert not any(part in repr(asked) + repr(new_person(None, 1, "单雄信", None)) for part in ("单", "990000"))
