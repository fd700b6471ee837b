"""Importing rolls: what is kept, what is refused, what is said again, and who may deliver."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from talent_registry.domain.errors import InvalidInput, NotPermitted
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.rolls import import_roll
from talent_registry.storage.ids import new_id
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority, open_world
from tests.rolls import CHONGQING, SICHUAN, name, resident, roll, row

SC, CQ = authority("510000"), authority("500000")
CONTENT = {
    "people": """
        SELECT document.number_digest, document.number_masked, document.kind, name.name_zh, name.pinyin,
            name.sort_key, name.search_keys, household.division, home.name_zh AS home, home.division AS place,
            name.valid_from AS named, household.valid_from, relation.valid_from AS employed, source.name_zh AS source
        FROM researcher
        JOIN identity_document document ON document.researcher_id = researcher.id
        JOIN researcher_name name ON name.researcher_id = researcher.id
        JOIN household_registration household ON household.researcher_id = researcher.id
        JOIN personnel_relation relation ON relation.researcher_id = researcher.id
        JOIN organisation home ON home.id = relation.home_unit_id
        JOIN organisation source ON source.id = name.source_id ORDER BY 1
    """,
    "credentials": """
        SELECT issuer.name_zh, issuer.division, credential.kind, credential.number, document.number_digest,
            to_jsonb(version) - '{id,credential_id,source_id,recorded_at,command_id}'::text[] AS version,
            status.status, status.valid_from, status.valid_until
        FROM credential
        JOIN organisation issuer ON issuer.id = credential.issuer_id
        JOIN identity_document document ON document.researcher_id = credential.researcher_id
        JOIN credential_version version ON version.credential_id = credential.id
        JOIN credential_status status ON status.credential_id = credential.id ORDER BY 1, 2, 4
    """,
    "filings": """
        SELECT filing_number, committee_name, filed_from, filed_to, max_level, series, authority.name_zh
        FROM committee_filing JOIN organisation authority ON authority.id = authority_id ORDER BY 1
    """,
    "organisations": "SELECT name_zh, name_en, kind, division, ror_id FROM organisation ORDER BY 1, 4",
}


def ask(urls: DatabaseUrls, query: str) -> list[tuple[Any, ...]]:
    with as_superuser(urls) as connection:
        return connection.execute(query.encode()).fetchall()


def content(urls: DatabaseUrls) -> dict[str, list[tuple[Any, ...]]]:
    return {what: ask(urls, query) for what, query in CONTENT.items()}


async def test_both_sample_rolls_are_imported_without_a_problem(world: World, database_urls: DatabaseUrls) -> None:
    sichuan = await import_roll(world.registry, SC, SICHUAN)
    chongqing = await import_roll(world.registry, CQ, CHONGQING)
    for outcome, rows in ((sichuan, 183), (chongqing, 117)):
        assert outcome.complete
        assert not outcome.replayed
        assert (outcome.problems, outcome.notes) == ((), ())
        assert outcome.counts.people_new == outcome.counts.credentials_new == outcome.counts.rows == rows
    found = content(database_urls)
    assert len(found["people"]) == len(found["credentials"]) == 300
    statuses = Counter(line[6] for line in found["credentials"])
    assert statuses == {"VALID": 294, "REVOKED": 3, "SUSPENDED": 2, "PUBLICITY": 1}
    assert ("四川外国语大学", "500106") in {(line[0], line[3]) for line in found["organisations"]}
    assert all(
        line[5]["defaulted"] == ["certificate_medium", "found_in_lookup", "delegated", "targeted_area"]
        for line in found["credentials"]
    )


async def test_encoding_and_order_make_no_difference(
    fresh_database: Callable[..., DatabaseUrls], tmp_path: Path
) -> None:
    found = []
    gb = [each.decode("utf-8-sig").encode("gb18030") for each in (SICHUAN, CHONGQING)]
    for deliveries in (
        [(SC, SICHUAN), (CQ, CHONGQING)],
        [(SC, gb[0]), (CQ, gb[1])],
        [(CQ, CHONGQING), (SC, SICHUAN)],
    ):
        urls = fresh_database()
        world = open_world(urls.app_url, tmp_path / "keys")
        outcomes = [await import_roll(world.registry, actor, data) for actor, data in deliveries]
        await world.registry.database.close()
        found.append((content(urls), {outcome.digest for outcome in outcomes}))
    assert found[0] == found[1] == found[2]


async def test_the_identical_roll_is_said_again_and_changes_nothing(world: World, database_urls: DatabaseUrls) -> None:
    bad = roll([row(1), row(2, 职称代码="9999"), row(3)])
    first = await import_roll(world.registry, SC, bad)
    before = content(database_urls)
    world.clock.go_on(hours=1)
    other_account = Actor(ActorKind.AUTHORITY, new_id(), None, None, "510000")
    for actor, data in ((SC, bad), (SC, bad.decode("utf-8-sig").encode("gb18030")), (other_account, bad)):
        again = await import_roll(world.registry, actor, data)
        assert again.replayed
        assert (again.command_id, again.sequence) == (first.command_id, first.sequence)
        assert (again.counts, again.problems, again.notes) == (first.counts, first.problems, first.notes)
    assert content(database_urls) == before
    assert ask(database_urls, "SELECT count(*) FROM command") == [(1,)]


async def test_the_same_file_from_another_province_is_another_import(world: World) -> None:
    wrong = await import_roll(world.registry, CQ, SICHUAN)
    assert wrong.counts.refused == wrong.counts.rows == 183
    assert {each.reason for each in wrong.problems} == {"ISSUER_OUTSIDE_PROVINCE"}
    right = await import_roll(world.registry, SC, SICHUAN)
    assert not right.replayed
    assert right.complete


async def test_the_ledger_entry_holds_digest_and_counts_and_nothing_personal(
    world: World, database_urls: DatabaseUrls, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = [row(1), row(2, 证件号码="990000196306110000"), row(3, 人事关系单位="无名研究所")]
    outcome = await import_roll(world.registry, SC, roll(rows))
    ((body, result),) = ask(
        database_urls,
        "SELECT entry.body, command.result FROM ledger_entry entry JOIN command ON command.id = command_id",
    )
    assert body["digest"] == outcome.digest
    assert body["counts"]["credentials_new"] == 1
    assert body["counts"]["refused"] == 2
    said = f"{body}{result}{outcome}" + "".join(capfd.readouterr())
    for secret in [name(1), resident(1), *(cell for cells in rows for cell in (cells["姓名"], cells["证件号码"]))]:
        assert secret not in said
    assert "无名研究所" not in said


async def test_a_bad_row_in_the_middle_leaves_the_good_rows_in(world: World, database_urls: DatabaseUrls) -> None:
    rows = [row(1), row(2, 发证机关区划="500000"), row(3, 人事关系单位="无名研究所"), row(4), row(5, 姓名="")]
    outcome = await import_roll(world.registry, SC, roll(rows))
    assert [(each.line, each.reason, each.cell_ref) for each in outcome.problems] == [
        (3, "ISSUER_OUTSIDE_PROVINCE", "J3"),
        (4, "HOME_UNIT_UNKNOWN", "W4"),
        (6, "EMPTY", "A6"),
    ]
    assert outcome.counts.refused == 3
    assert not outcome.complete
    assert [line[3] for line in content(database_urls)["people"]] != []
    assert {line[3] for line in content(database_urls)["people"]} == {name(1), name(4)}


async def test_a_file_that_is_no_roll_is_refused_whole(world: World, database_urls: DatabaseUrls) -> None:
    with pytest.raises(InvalidInput):
        await import_roll(world.registry, SC, b"nothing\nof the kind\n")
    assert ask(database_urls, "SELECT count(*) FROM command") == [(0,)]


@pytest.mark.parametrize(
    "actor",
    [
        ANONYMOUS,
        OPERATOR,
        Actor(ActorKind.RESEARCHER, researcher_id=new_id()),
        Actor(ActorKind.HR, organisation_id=new_id(), province="510000"),
        Actor(ActorKind.AGENCY, organisation_id=new_id(), province="510000"),
        Actor(ActorKind.AUTHORITY),
        Actor(ActorKind.ISSUER),
    ],
    ids=lambda actor: actor.kind.value,
)
async def test_who_may_not_deliver_is_refused_before_anything_is_read(world: World, actor: Actor) -> None:
    with pytest.raises(NotPermitted):
        await import_roll(world.registry, actor, b"\xff not even text")


async def test_an_issuer_delivers_its_own_rows_alone(world: World, database_urls: DatabaseUrls) -> None:
    issuer = await world.organisation("成都市人力资源和社会保障局", "HRSS_BUREAU", "510100")
    actor = Actor(ActorKind.ISSUER, None, issuer, None, "510000")
    own = {"发证机关": "成都市人力资源和社会保障局", "发证机关区划": "510100", "发证机关类型": "市级人社"}
    committee = {"评委会备案号": "510100-05-2010-1", "评委会": "成都市工程技术人员评审委员会"}
    outcome = await import_roll(world.registry, actor, roll([row(1, **own, **committee), row(2)]))
    assert [(each.line, each.reason) for each in outcome.problems] == [(3, "ISSUER_NOT_OWN")]
    found = content(database_urls)
    assert [(line[0], line[3]) for line in found["credentials"]] == [("成都市人力资源和社会保障局", "510000000001")]
    sources = "SELECT unit.name_zh FROM researcher_name JOIN organisation unit ON unit.id = source_id"
    assert ask(database_urls, sources) == [("成都市人力资源和社会保障局",)]
    assert "四川省人力资源和社会保障厅" not in {line[0] for line in found["organisations"]}
    gone = Actor(ActorKind.ISSUER, None, UUID(int=7), None, "510000")
    with pytest.raises(Exception, match="no such record"):
        await import_roll(world.registry, gone, roll([row(1)]))


async def test_what_reads_as_unknown_place_is_found_among_registered_units(world: World) -> None:
    await world.organisation("无名研究所", "INSTITUTE", "510107")
    outcome = await import_roll(world.registry, SC, roll([row(1, 人事关系单位="无名研究所")]))
    assert outcome.complete
    await world.organisation("无名研究所", "INSTITUTE", "510100")
    again = await import_roll(world.registry, SC, roll([row(2, 人事关系单位="无名研究所")]))
    assert [each.reason for each in again.problems] == ["HOME_UNIT_AMBIGUOUS"]
    third = await import_roll(world.registry, SC, roll([row(3, 人事关系单位="", 户籍地区划="")]))
    assert third.complete


async def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(world: World) -> None:
    seen: list[str] = []
    engine = world.registry.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    counts: list[int] = []
    for start, rows in ((0, 10), (1_000, 100), (0, 10), (1_000, 100)):
        seen.clear()
        changed = "软件" if len(counts) > 1 else "信息安全"
        outcome = await import_roll(world.registry, SC, roll(row(start + i, 专业=changed) for i in range(rows)))
        assert outcome.complete
        counts.append(len(seen))
    assert len(set(counts)) == 1
    assert counts[0] < 60


async def test_a_roll_of_ten_thousand_rows_is_imported_with_progress(world: World, database_urls: DatabaseUrls) -> None:
    seen: list[tuple[int, int]] = []
    data = roll(row(index) for index in range(10_000))
    outcome = await import_roll(world.registry, SC, data, progress=lambda done, total: seen.append((done, total)))
    assert outcome.complete
    assert ask(database_urls, "SELECT count(*) FROM credential_version") == [(10_000,)]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (30_000, 30_000)
    assert all(done <= total for done, total in seen)
    assert len(seen) > 20
