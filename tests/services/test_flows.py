"""Flows between the provinces: each closed quarter is published once, small figures never, whatever comes later."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.errors import NotPermitted
from talent_registry.domain.flows import FlowDimension, FlowEdition, FlowMeasure, FlowTable, Quarter
from talent_registry.domain.questions import Target
from talent_registry.services import flows, placement_life, recognition
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from talent_registry.services.placement_reminders import CLOCK
from talent_registry.storage import flows as stored
from talent_registry.storage.session import Caller, duty
from tests.conftest import DatabaseUrls, as_superuser
from tests.postings import Person, Postings, another_person, open_postings
from tests.registries import World, authority


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def recognise(posts: Postings, person: Person, division: str = "500106") -> None:
    asked = recognition.AskedRecognition(person.credential, Target(division=division))
    await recognition.decide_recognition(posts.registry, person.me, asked, posts.world.key())


async def published(posts: Postings, actor: Actor = ANONYMOUS) -> FlowEdition:
    found = await flows.find_edition(posts.registry, actor)
    assert found is not None
    return found


def towards_chongqing(edition: FlowEdition, measure: FlowMeasure = FlowMeasure.TITLES) -> FlowTable:
    (table,) = (one for one in edition.of(measure) if one.from_province == "510000")
    return table


def close(posts: Postings, quarters: int = 1) -> None:
    """Two days into the quarter after so many more."""
    quarter = Quarter.of(posts.today)
    for _ in range(quarters):
        quarter = quarter.after()
    posts.world.clock.now = quarter.begins_at + timedelta(days=1, hours=1)


async def test_people_recognised_on_the_other_side_are_counted_once_a_quarter(posts: Postings) -> None:
    people = [posts.person, *[await another_person(posts, serial) for serial in range(2, 7)]]
    for person in people:
        await recognise(posts, person)
    # The same people again, and one at home: nobody is counted twice, nobody who went nowhere.
    await recognise(posts, people[0], "500107")
    await recognise(posts, people[1], "510107")
    quarter = Quarter.of(posts.today)
    assert await flows.publish_due(posts.registry, CLOCK) == []
    close(posts)
    assert await flows.publish_due(posts.registry, CLOCK) == [quarter]
    edition = await published(posts)
    table = towards_chongqing(edition)
    assert (edition.quarter, edition.edition, table.people) == (quarter, 1, 6)
    assert table.lines[FlowDimension.DISCIPLINE]["01"] == 6
    assert table.lines[FlowDimension.LEVEL]["SENIOR_DEPUTY"] == 6
    assert table.lines[FlowDimension.ORIGIN]["510000"] == 6
    assert table.lines[FlowDimension.DESTINATION]["500106"] == 6
    others = [one for one in edition.tables if one is not table]
    assert {one.people for one in others} == {0}


async def test_three_people_are_told_to_nobody(posts: Postings, database_urls: DatabaseUrls) -> None:
    """Not to an authority either, and not in what is stored."""
    for person in [posts.person, *[await another_person(posts, serial) for serial in (2, 3)]]:
        await recognise(posts, person)
    close(posts)
    await flows.publish_due(posts.registry, CLOCK)
    for actor in (ANONYMOUS, posts.titles.officer, posts.host_hr, posts.person.me):
        table = towards_chongqing(await published(posts, actor))
        assert (table.people, {figure for line in table.lines.values() for figure in line.values()}) == (None, {None})
    with as_superuser(database_urls) as connection:
        rows = connection.execute("SELECT tables, body FROM flow_edition JOIN ledger_entry USING (command_id)")
        ((tables, body),) = rows.fetchall()
    assert {figure for one in tables for line in one["lines"].values() for figure in line.values()} == {None, 0}
    assert set(body) == {"quarter", "edition", "digest", "asked"}


async def test_placements_that_began_are_counted_and_their_decisions_are_not_counted_again(posts: Postings) -> None:
    people = [posts.person, *[await another_person(posts, serial) for serial in range(2, 7)]]
    for person in people:
        placement_id = await posts.agree_for(person, workload_percent=10)
        await placement_life.activate(posts.registry, person.me, placement_id, posts.world.key())
    close(posts)
    await flows.publish_due(posts.registry, CLOCK)
    edition = await published(posts)
    begun = towards_chongqing(edition, FlowMeasure.PLACEMENTS_ON_TITLES)
    assert (begun.people, begun.lines[FlowDimension.ORIGIN]["510100"]) == (6, 6)
    assert begun.lines[FlowDimension.DESTINATION]["500106"] == 6
    assert towards_chongqing(edition).people == 0


async def test_what_is_recorded_after_the_quarter_counts_in_its_own_and_alters_nothing(posts: Postings) -> None:
    people = [posts.person, *[await another_person(posts, serial) for serial in range(2, 8)]]
    for person in people[:6]:
        await recognise(posts, person)
    close(posts)
    first = Quarter.of(posts.today)
    await flows.publish_due(posts.registry, CLOCK)
    before = await published(posts)
    # One more person, a day late; a correction of the title behind another.
    await recognise(posts, people[6])
    assert await flows.publish_due(posts.registry, CLOCK) == []
    assert await published(posts) == before
    close(posts)
    assert await flows.publish_due(posts.registry, CLOCK) == [first]
    after = await flows.list_editions(posts.registry, ANONYMOUS)
    assert [towards_chongqing(one).people for one in after] == [None, 6]
    assert after[1] == before
    assert await flows.find_edition(posts.registry, ANONYMOUS, before.quarter) == before


async def test_the_database_takes_no_second_edition_and_lets_nobody_alter_the_first(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    close(posts)
    await flows.publish_due(posts.registry, CLOCK)
    edition = await published(posts)
    with as_superuser(database_urls) as connection:
        for statement in ("UPDATE flow_edition SET tables = '[]'", "DELETE FROM flow_edition", "TRUNCATE flow_edition"):
            with pytest.raises(psycopg.Error, match="final"):
                connection.execute(statement)
            connection.rollback()
        (command_id,) = connection.execute("SELECT command_id FROM flow_edition").fetchall()[0]
    today, again = posts.today, edition.quarter.after()
    for caller, name, more in (
        (Caller("CLOCK"), "publish", replace(edition, edition=2)),
        (Caller("CLOCK"), "", replace(edition, quarter=again)),
        (Caller("AUTHORITY", province="510000"), "publish", replace(edition, quarter=again)),
    ):
        with pytest.raises(DBAPIError) as refusal:
            async with posts.registry.database.writing(caller, today, "publishFlows") as writing, duty(writing, name):
                await stored.add_edition(writing, more, command_id)
        assert getattr(refusal.value.orig, "sqlstate", None) == "42501"


async def test_only_the_clock_on_this_duty_sees_what_is_counted(world: World) -> None:
    posts = await open_postings(world)
    await recognise(posts, posts.person)
    await posts.begin(workload_percent=10)
    seen: dict[tuple[str, str], int] = {}
    for kind in ("CLOCK", "ANONYMOUS", "AGENCY", "OPERATOR"):
        for name in ("", "publish"):
            reading = posts.registry.database.reading(Caller(kind), posts.today)
            async with reading as connection, duty(connection, name):
                for measure in (FlowMeasure.TITLES, FlowMeasure.PLACEMENTS_ON_TITLES):
                    moved = await stored.count_movements(
                        connection, measure, Quarter.of(posts.today), ("500000", "510000")
                    )
                    seen[kind, name] = seen.get((kind, name), 0) + sum(one.people for one in moved)
    assert {who: people for who, people in seen.items() if people} == {("CLOCK", "publish"): 2}


async def test_clocks_at_once_publish_a_quarter_once_with_one_entry(posts: Postings) -> None:
    begun = Quarter.of(posts.today)
    close(posts, quarters=3)
    done = await asyncio.gather(*(flows.publish_due(posts.registry, CLOCK) for _ in range(3)))
    assert sorted(one for each in done for one in each) == [begun, begun.after(), begun.after().after()]
    async with posts.registry.reading(OPERATOR) as connection:
        entries = "SELECT body FROM ledger_entry WHERE name = 'publishFlows' ORDER BY sequence"
        rows = await connection.execute(text(entries))
        bodies = [row.body for row in rows]
    assert [body["quarter"] for body in bodies] == [str(one) for one in sorted(one for each in done for one in each)]
    assert {len(body["digest"]) for body in bodies} == {64}


async def test_nothing_is_published_before_anything_is_recorded_and_by_nobody_but_the_clock(world: World) -> None:
    assert await flows.publish_due(world.registry, CLOCK) == []
    assert await flows.find_edition(world.registry, ANONYMOUS) is None
    assert await flows.list_editions(world.registry, ANONYMOUS) == []
    with pytest.raises(NotPermitted):
        await flows.publish_due(world.registry, authority("510000"))
