"""Changes and corrections of what is recorded of people."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.researchers import Amendment, PersonField
from talent_registry.services import consents, corrections, researchers
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.signing.sealing import Sealed, digest, unseal
from talent_registry.storage.session import duty
from tests.conftest import DatabaseUrls, as_superuser
from tests.people import CHONGQING, Town, a_town, new_person, register_person, sample_number, self_seen
from tests.registries import World, authority

MOVED = date(2026, 5, 1)


async def consent(world: World, town: Town, recipient: UUID, *fields: PersonField) -> UUID:
    asked = consents.NewConsent(recipient, "调动", fields, date(2027, 1, 1))
    done = await consents.grant(world.registry, town.me, asked, world.key())
    return UUID(done.result["consent_id"])


def everything_in(urls: DatabaseUrls) -> dict[str, list[tuple[Any, ...]]]:
    with as_superuser(urls) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {name: connection.execute(f'SELECT t::text FROM "{name}" t').fetchall() for (name,) in names}


async def test_a_changed_name_leaves_the_old_one_as_former_name(world: World) -> None:
    town = await a_town(world)
    asked = corrections.NameCorrection(town.person, Amendment.CHANGE, "单信", since=MOVED)
    await corrections.correct_name(world.registry, town.sichuan_officer, asked, world.key())
    seen = await self_seen(world, town)
    assert seen.name is not None
    assert seen.name.name_zh == "单信"
    assert [(one.name_zh, one.provenance.valid_until) for one in seen.former_names] == [("单雄信", date(2026, 4, 30))]
    assert len(seen.names) == 3


async def test_a_corrected_name_was_never_borne_but_stays_on_record(world: World) -> None:
    town = await a_town(world)
    asked = corrections.NameCorrection(town.public_number, Amendment.CORRECTION, "单雄心")
    await corrections.correct_name(world.registry, town.sichuan_officer, asked, world.key())
    seen = await self_seen(world, town)
    assert seen.former_names == []
    assert sorted((one.name_zh, one.provenance.superseded_at is None) for one in seen.names) == [
        ("单雄信", False),
        ("单雄心", True),
    ]


async def test_a_household_moves_from_a_day_on_and_the_old_days_stay(world: World) -> None:
    town = await a_town(world)
    asked = corrections.HouseholdCorrection(town.person, Amendment.CHANGE, "500106", MOVED)
    await corrections.correct_household(world.registry, town.sichuan_officer, asked, world.key())
    seen = await self_seen(world, town)
    now = [one for one in seen.households if one.provenance.superseded_at is None]
    assert [(one.division, one.provenance.valid_until) for one in now] == [
        ("510107", date(2026, 4, 30)),
        ("500106", None),
    ]
    assert now[1].provenance.source_id == town.sichuan


async def test_a_second_correction_supersedes_the_first(world: World) -> None:
    town = await a_town(world)
    for division in ("510104", "510105"):
        asked = corrections.HouseholdCorrection(town.person, Amendment.CORRECTION, division)
        await corrections.correct_household(world.registry, town.sichuan_officer, asked, world.key())
    seen = await self_seen(world, town)
    assert seen.household is not None
    assert (seen.household.division, len(seen.households)) == ("510105", 3)


async def test_an_authority_takes_no_household_from_the_other_province(world: World) -> None:
    town = await a_town(world)
    guest = await register_person(world, town.home, 2, "John Smith", None)
    for person in (town.person, guest):
        for division in ("500106", "510104"):
            for how, since in ((Amendment.CORRECTION, None), (Amendment.CHANGE, MOVED)):
                asked = corrections.HouseholdCorrection(person, how, division, since)
                with pytest.raises(NotFound):
                    await corrections.correct_household(world.registry, town.chongqing_officer, asked, world.key())


async def test_an_authority_takes_no_personnel_relation_from_the_other_province(world: World) -> None:
    town = await a_town(world)
    idle = await register_person(world, None, 2, "李雷", "510107")
    for person in (town.person, idle):
        asked = corrections.RelationCorrection(person, Amendment.CHANGE, town.host, since=world.registry.today())
        with pytest.raises(NotFound):
            await corrections.correct_relation(world.registry, town.chongqing_officer, asked, world.key())
        await corrections.correct_relation(world.registry, town.sichuan_officer, asked, world.key())
    # Let go, the person is the other province's to see to: as to the relation, not as to the name.
    back = corrections.RelationCorrection(town.person, Amendment.CORRECTION, town.host, file_unit_id=town.agency)
    await corrections.correct_relation(world.registry, town.chongqing_officer, back, world.key())
    name = corrections.NameCorrection(town.person, Amendment.CORRECTION, "李雷")
    with pytest.raises(NotFound):
        await corrections.correct_name(world.registry, town.chongqing_officer, name, world.key())


async def test_a_new_home_unit_takes_nobody_in_who_did_not_open_the_relation_to_it(world: World) -> None:
    town = await a_town(world)
    asked = corrections.RelationCorrection(
        town.public_number, Amendment.CORRECTION, town.host, evidence="渝人社调〔2026〕12号"
    )
    with pytest.raises(NotFound):
        await corrections.correct_relation(world.registry, town.host_hr, asked, world.key())
    await consent(world, town, town.host, PersonField.CREDENTIALS)
    await consent(world, town, town.agency, PersonField.PERSONNEL_RELATION)
    with pytest.raises(NotFound):
        await corrections.correct_relation(world.registry, town.host_hr, asked, world.key())
    given = await consent(world, town, town.host, PersonField.PERSONNEL_RELATION)
    await consents.withdraw(world.registry, town.me, given, world.key())
    with pytest.raises(NotFound):
        await corrections.correct_relation(world.registry, town.host_hr, asked, world.key())
    await consent(world, town, town.host, PersonField.PERSONNEL_RELATION)
    await corrections.correct_relation(world.registry, town.host_hr, asked, world.key())


async def test_of_the_evidence_only_a_keyed_digest_is_kept(world: World, database_urls: DatabaseUrls) -> None:
    town, paper = await a_town(world), "单雄信13800138000"
    await consent(world, town, town.host, PersonField.PERSONNEL_RELATION)
    asked = corrections.RelationCorrection(town.person, Amendment.CORRECTION, town.host, evidence=f" {paper}")
    await corrections.correct_relation(world.registry, town.host_hr, asked, world.key())
    assert paper not in repr(asked)
    everything = [str(row) for _, rows in everything_in(database_urls).items() for row in rows]
    assert not [row for row in everything if paper in row or "13800138000" in row]
    known = digest(world.registry.keys, "evidence", paper).hex()
    assert [known in row for row in everything].count(True) == 1
    unreadable = replace(asked, evidence="=1+1")
    with pytest.raises(InvalidInput) as refusal:
        await corrections.correct_relation(world.registry, town.host_hr, unreadable, world.key())
    assert refusal.value.path == ("input", "evidence")


async def test_nobody_but_the_authority_of_the_province_corrects_identity_or_household(world: World) -> None:
    town = await a_town(world)
    others = [town.me, town.home_hr, town.host_hr, town.agency_client, Actor(ActorKind.ISSUER, None, town.sichuan)]
    name = corrections.NameCorrection(town.person, Amendment.CORRECTION, "李雷")
    document = corrections.DocumentCorrection(town.person, Amendment.CHANGE, "RESIDENT_ID", sample_number(9))
    household = corrections.HouseholdCorrection(town.person, Amendment.CORRECTION, "510104")
    for actor in others:
        with pytest.raises(NotFound):
            await corrections.correct_household(world.registry, actor, household, world.key())
    for actor in (*others, town.chongqing_officer):
        with pytest.raises(NotFound):
            await corrections.correct_name(world.registry, actor, name, world.key())
        with pytest.raises(NotFound):
            await corrections.correct_document(world.registry, actor, document, world.key())


async def test_absent_and_foreign_people_are_refused_in_the_same_words(world: World) -> None:
    town = await a_town(world)
    said = []
    for person in (town.person, UUID(int=3), town.public_number, "TR-0000-0000-0000-9998", "no number"):
        asked = corrections.NameCorrection(person, Amendment.CORRECTION, "李雷")
        with pytest.raises(NotFound) as refusal:
            await corrections.correct_name(world.registry, town.chongqing_officer, asked, world.key())
        said.append((refusal.value.message, refusal.value.path, refusal.value.reason))
    assert len(set(said)) == 1


@pytest.mark.parametrize("person", ["TR-0000-0000-0000-001X", UUID(int=3)])
async def test_an_unknown_caller_learns_nothing_from_a_correction(world: World, person: UUID | str) -> None:
    asked = corrections.NameCorrection(person, Amendment.CORRECTION, "李雷")
    with pytest.raises(NotPermitted) as refusal:
        await corrections.correct_name(world.registry, ANONYMOUS, asked, world.key())
    assert refusal.value.reason == "SIGN_IN_FIRST"


async def test_the_home_unit_lets_go_and_the_new_one_takes_in_with_evidence(world: World) -> None:
    town = await a_town(world)
    await consent(world, town, town.host, PersonField.PERSONNEL_RELATION)
    asked = corrections.RelationCorrection(town.person, Amendment.CHANGE, town.host, since=MOVED)
    with pytest.raises(InvalidInput) as refusal:
        await corrections.correct_relation(world.registry, town.host_hr, asked, world.key())
    assert refusal.value.reason == "EVIDENCE"
    proved = replace(asked, evidence="渝人社调〔2026〕12号", file_unit_id=town.agency, insurance_division="500106")
    await corrections.correct_relation(world.registry, town.host_hr, proved, world.key())
    seen = await self_seen(world, town)
    assert seen.relation is not None
    assert (seen.relation.home_unit_id, seen.relation.file_unit_id) == (town.host, town.agency)
    back = replace(asked, home_unit_id=town.home, since=date(2026, 6, 1))
    await corrections.correct_relation(world.registry, town.host_hr, back, world.key())


async def test_a_unit_that_is_neither_old_nor_new_moves_no_relation(world: World) -> None:
    town = await a_town(world)
    asked = corrections.RelationCorrection(town.person, Amendment.CHANGE, town.home, since=MOVED, evidence="1")
    for actor in (town.host_hr, town.agency_client, town.me, town.chongqing_officer):
        with pytest.raises(NotFound):
            await corrections.correct_relation(world.registry, actor, asked, world.key())
    await corrections.correct_relation(world.registry, town.sichuan_officer, asked, world.key())


async def test_a_person_without_household_is_corrected_by_the_authority_of_the_home_unit(world: World) -> None:
    town = await a_town(world)
    guest = await register_person(world, town.host, 2, "John Smith", None)
    asked = corrections.NameCorrection(guest, Amendment.CORRECTION, "Jon Smith")
    with pytest.raises(NotFound):
        await corrections.correct_name(world.registry, town.sichuan_officer, asked, world.key())
    await corrections.correct_name(world.registry, town.chongqing_officer, asked, world.key())
    nobody = await register_person(world, None, 3, "Jane Doe", None)
    with pytest.raises(NotFound):
        await corrections.correct_name(
            world.registry, town.chongqing_officer, replace(asked, person=nobody), world.key()
        )
    first = corrections.HouseholdCorrection(nobody, Amendment.CHANGE, "500106")
    await corrections.correct_household(world.registry, authority(CHONGQING), first, world.key())


async def test_a_renewed_document_is_sealed_for_its_row_and_the_old_one_stays_matched(world: World) -> None:
    town = await a_town(world)
    (old,) = (await self_seen(world, town)).current_documents
    asked = corrections.DocumentCorrection(
        town.person, Amendment.CHANGE, "RESIDENT_ID", sample_number(9), old.id, MOVED
    )
    await corrections.correct_document(world.registry, town.sichuan_officer, asked, world.key())
    assert len((await self_seen(world, town)).current_documents) == 1
    async with world.registry.reading(OPERATOR) as connection, duty(connection, "match"):
        rows = (await connection.execute(text("SELECT * FROM identity_document"))).all()
    opened = [unseal(world.registry.keys, Sealed(row.key_id, bytes(row.number_sealed)), row.id.bytes) for row in rows]
    assert sorted(opened) == [sample_number(1), sample_number(1), sample_number(9)]
    for serial in (1, 9):
        with pytest.raises(Conflict):
            await researchers.register(
                world.registry, OPERATOR, new_person(None, serial, "单雄信", "510107"), world.key()
            )


async def test_a_further_document_stands_beside_the_first(world: World) -> None:
    town = await a_town(world)
    asked = corrections.DocumentCorrection(town.person, Amendment.CHANGE, "RESIDENT_ID", sample_number(9))
    await corrections.correct_document(world.registry, town.sichuan_officer, asked, world.key())
    assert len((await self_seen(world, town)).current_documents) == 2
    with pytest.raises(Conflict) as refusal:
        await corrections.correct_document(world.registry, town.sichuan_officer, asked, world.key())
    assert refusal.value.reason == "DOCUMENT_EXISTS"
    foreign = replace(asked, number=sample_number(8), replaces=UUID(int=5))
    with pytest.raises(NotFound):
        await corrections.correct_document(world.registry, town.sichuan_officer, foreign, world.key())


async def test_two_corrections_at_once_do_not_pass_each_other(world: World) -> None:
    town = await a_town(world)

    async def move(division: str) -> None:
        asked = corrections.HouseholdCorrection(town.person, Amendment.CORRECTION, division)
        await corrections.correct_household(world.registry, town.sichuan_officer, asked, world.key())

    await asyncio.gather(move("510104"), move("510105"), move("510106"))
    seen = await self_seen(world, town)
    assert [one.provenance.superseded_at is None for one in seen.households].count(True) == 1
    assert len(seen.households) == 4
