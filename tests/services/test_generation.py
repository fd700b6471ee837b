"""Samples written into a real database: past no guard, readable, reproducible, once."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from talent_registry.domain.decisions import DecisionFilter
from talent_registry.domain.errors import Conflict, InvalidInput, NotPermitted
from talent_registry.domain.generation_numbers import number_at
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import generation, identities, ledger, recognition, search
from talent_registry.services.generation import SampleRequest, generate
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from talent_registry.services.registry import Done
from talent_registry.services.researchers import NewPerson, register
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority, open_world

PEOPLE = 300
SEED = 7


@pytest.fixture
async def owner(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    """The registry of `world`, opened as the role that owns the tables."""
    world = open_world(database_urls.migrator_url, tmp_path / "keys")
    yield world
    await world.registry.database.close()


async def sample(world: World, people: int = PEOPLE, seed: int = SEED, actor: Actor = OPERATOR) -> Done:
    return await generate(world.registry, actor, SampleRequest(people, seed), lambda *_: None)


def asked(urls: DatabaseUrls, question: str) -> list[tuple[object, ...]]:
    with as_superuser(urls) as connection:
        return connection.execute(question.encode()).fetchall()


def counted(urls: DatabaseUrls, question: str) -> int:
    ((number,),) = asked(urls, question)
    assert isinstance(number, int)
    return number


async def test_a_sample_is_one_command_and_the_ledger_stays_whole(
    owner: World, world: World, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Several chunks: a household after the placements of an earlier chunk would be refused.
    monkeypatch.setattr(generation, "_CHUNK", 120)
    told: list[tuple[int, int]] = []
    done = await generate(owner.registry, OPERATOR, SampleRequest(PEOPLE, SEED), lambda *step: told.append(step))
    assert told == [(120, PEOPLE), (240, PEOPLE), (PEOPLE, PEOPLE)]
    assert done.result["people"] == PEOPLE
    for table, key in (
        ("credential", "credentials"),
        ("recognition_decision", "decisions"),
        ("placement", "placements"),
    ):
        assert counted(database_urls, f"SELECT count(*) FROM {table}") == done.result[key] > 0
    ((name, body),) = asked(database_urls, "SELECT name, body FROM ledger_entry")
    assert name == "generateSample"
    assert isinstance(body, dict)
    assert body == {
        "seed": SEED,
        "people": PEOPLE,
        "rows": done.result["rows"],
        **{key: done.result[key] for key in ("credentials", "decisions", "placements")},
        "asked": body["asked"],
    }
    report = await ledger.verify(world.registry, OPERATOR)
    assert report.sound
    assert report.chain.entries == 1


async def test_the_same_sample_again_is_a_replay(owner: World, database_urls: DatabaseUrls) -> None:
    first = await sample(owner, 20)
    again = await sample(owner, 20)
    assert (again.replayed, again.result, again.sequence) == (True, first.result, first.sequence)
    assert counted(database_urls, "SELECT count(*) FROM researcher") == 20


async def test_the_same_sample_in_another_registry_has_the_same_rows(
    owner: World, fresh_database: Callable[[], DatabaseUrls], tmp_path: Path
) -> None:
    before = await sample(owner, 20)
    other = open_world(fresh_database().migrator_url, tmp_path / "other-keys")
    # Its organisations are known by other ids, and it is another instant of the same day.
    await other.organisation("四川大学", "UNIVERSITY", "510107")
    other.clock.go_on(hours=2)
    again = await sample(other, 20)
    await other.registry.database.close()
    assert not again.replayed
    assert again.result == before.result


async def test_a_second_seed_comes_beside_the_first_and_shares_its_organisations(
    owner: World, database_urls: DatabaseUrls
) -> None:
    await sample(owner, 40, 1)
    shared = ("SELECT count(*) FROM organisation", "SELECT count(*) FROM committee_filing")
    units = [counted(database_urls, question) for question in shared]
    assert (await sample(owner, 60, 2)).result["people"] == 60
    # The same seed with another number is another sample.
    await sample(owner, 30, 1)
    assert counted(database_urls, "SELECT count(*) FROM researcher") == 130
    assert counted(database_urls, "SELECT count(DISTINCT number_digest) FROM identity_document") == 130
    assert counted(database_urls, "SELECT count(DISTINCT public_number) FROM researcher") == 130
    assert [counted(database_urls, question) for question in shared] == units


async def test_organisations_that_were_registered_before_are_used(
    owner: World, world: World, database_urls: DatabaseUrls
) -> None:
    before = await world.organisation("四川省人力资源和社会保障厅", "HRSS_BUREAU", "510000")
    await sample(owner, 60)
    named = "SELECT id FROM organisation WHERE name_zh = '四川省人力资源和社会保障厅'"
    assert asked(database_urls, named) == [(before,)]
    assert counted(database_urls, f"SELECT count(*) FROM researcher_name WHERE source_id = '{before}'") > 0


async def test_every_kept_decision_is_reproducible(owner: World, world: World, database_urls: DatabaseUrls) -> None:
    await sample(owner)
    decided = asked(database_urls, "SELECT id, target_province, rule FROM recognition_decision")
    assert len({rule for _, _, rule in decided}) > 10
    for decision, province, _ in decided:
        again = await recognition.recompute(world.registry, authority(str(province)), UUID(str(decision)))
        assert again.same


async def test_an_officer_finds_the_people_of_the_own_province_by_pinyin(
    owner: World, world: World, database_urls: DatabaseUrls
) -> None:
    await sample(owner)
    found = {}
    for province in ("510000", "500000"):
        page = await search.search(
            world.registry,
            authority(province),
            search.PersonFilter(name="wang"),
            frozenset(PersonField),
            "try out",
            PageRequest(100),
        )
        found[province] = {person.researcher.id for person in page.items}
        asked_here = DecisionFilter(target_province=province)
        decided = await recognition.list_decisions(
            world.registry, authority(province), PageRequest(100), asked_here, "try out"
        )
        assert {one.target_province for one in decided.items} == {province}
    for province, ids in found.items():
        question = (
            "SELECT n.researcher_id FROM researcher_name n JOIN household_registration h USING (researcher_id) "
            f"WHERE n.sort_key LIKE 'wang %' AND h.division LIKE '{province[:2]}%'"
        )
        assert ids >= {row[0] for row in asked(database_urls, question)} > set()
    assert found["510000"] != found["500000"]


async def test_no_placement_of_a_sample_violates_an_invariant(owner: World, database_urls: DatabaseUrls) -> None:
    await sample(owner, 2_500)
    states = {state for (state,) in asked(database_urls, "SELECT DISTINCT state FROM placement")}
    assert states == {"PROPOSED", "AGREED", "ACTIVE", "SUSPENDED", "ENDED", "DECLINED", "WITHDRAWN"}
    violations = {
        "not three signatures": """SELECT p.id FROM placement p WHERE state = 'ACTIVE' AND 3 <> (
            SELECT count(DISTINCT party) FROM placement_signature s WHERE s.placement_id = p.id
            AND s.round = p.round)""",
        "not recognised": """SELECT p.id FROM placement p LEFT JOIN recognition_decision d ON d.id = p.decision_id
            WHERE p.activated_on IS NOT NULL AND d.outcome IS DISTINCT FROM 'AUTO'""",
        "within one province": """SELECT p.id FROM placement p JOIN organisation a ON a.id = home_unit_id
            JOIN organisation b ON b.id = host_unit_id WHERE a.province = b.province""",
        "not from the home unit": """SELECT p.id FROM placement p WHERE NOT EXISTS (
            SELECT FROM personnel_relation r WHERE r.researcher_id = p.researcher_id
            AND r.home_unit_id = p.home_unit_id AND r.valid_until IS NULL)""",
        "overfull": """SELECT a.researcher_id FROM placement a JOIN placement b
            ON b.researcher_id = a.researcher_id AND b.activated_on IS NOT NULL AND a.term_from BETWEEN b.term_from
            AND least(b.term_until, coalesce(b.ended_on, b.term_until)) WHERE a.activated_on IS NOT NULL
            GROUP BY a.id HAVING sum(b.workload_percent) > 100""",
    }
    found = {name: asked(database_urls, question) for name, question in violations.items()}
    assert {name: rows for name, rows in found.items() if rows} == {}


async def test_nobody_can_sign_in_to_an_account_of_a_sample(
    owner: World, world: World, database_urls: DatabaseUrls
) -> None:
    await sample(owner, 1_000)
    logins = asked(database_urls, "SELECT login FROM account LIMIT 1")
    assert logins
    with pytest.raises(NotPermitted):
        await identities.authenticate(world.registry, str(logins[0][0]), "correct horse battery", "here")


async def test_a_registry_of_real_people_takes_no_sample(owner: World, database_urls: DatabaseUrls) -> None:
    strict = replace(owner.registry, allow_test_identities=False)
    with pytest.raises(NotPermitted) as refused:
        await generate(strict, OPERATOR, SampleRequest(5, 1), lambda *_: None)
    assert refused.value.reason == "TEST_IDENTITY_NOT_ALLOWED"
    assert "TALENT_REGISTRY_ALLOW_TEST_IDENTITIES" in refused.value.message.zh
    assert counted(database_urls, "SELECT count(*) FROM command") == 0


async def test_the_application_itself_writes_no_sample(world: World, database_urls: DatabaseUrls) -> None:
    with pytest.raises(NotPermitted) as refused:
        await sample(world, 5)
    assert refused.value.reason == "NOT_THE_OWNER"
    assert counted(database_urls, "SELECT count(*) FROM command") == 0


@pytest.mark.parametrize("actor", [ANONYMOUS, authority("510000")], ids=["anonymous", "authority"])
async def test_nobody_but_the_operator_generates(owner: World, actor: Actor) -> None:
    with pytest.raises(NotPermitted):
        await sample(owner, 5, actor=actor)


async def test_a_number_that_somebody_has_is_not_given_again(
    owner: World, world: World, database_urls: DatabaseUrls
) -> None:
    taken = NewPerson("单雄信", "RESIDENT_ID", number_at(2).text)
    await register(world.registry, OPERATOR, taken, world.key())
    with pytest.raises(Conflict) as refused:
        await sample(owner, 5)
    assert refused.value.reason == "SAMPLE_NUMBERS_TAKEN"
    assert counted(database_urls, "SELECT count(*) FROM researcher") == 1
    assert counted(database_urls, "SELECT count(*) FROM organisation WHERE kind = 'SCHOOL'") == 0


async def test_no_people_are_no_sample(owner: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        await sample(owner, 0)
    assert refused.value.reason == "PEOPLE"
