"""Decisions and placements inside a person: as much as the caller was shown, and no query for each person."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents, recognition
from talent_registry.services.permissions import Actor, ActorKind
from tests.api.conftest import Asking
from tests.postings import Person, Postings, another_person, open_postings
from tests.registries import World

PURPOSE = "岗位聘任审核"


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def decide(posts: Postings, person: Person) -> UUID:
    asked = recognition.AskedRecognition(person.credential, Target(division="500106"))
    done = await recognition.decide_recognition(posts.registry, person.me, asked, posts.world.key())
    return UUID(done.result["decision_id"])


async def propose(posts: Postings, person: Person, **changes: Any) -> UUID:
    ours = {"researcher": person.id, "credential_id": person.credential, "workload_percent": 10}
    return await posts.propose(person.me, **(ours | changes))


async def people(ask: Asking, actor: Actor, **variables: Any) -> list[dict[str, Any]]:
    data = await ask(actor, "anyone/researcher_records", purpose=PURPOSE, **variables)
    return [edge["node"] for edge in data["researchers"]["edges"]]


def ids_in(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in page["edges"]]


async def test_a_page_of_people_costs_no_query_per_persons_decisions_placements_or_host_units(
    ask: Asking, posts: Postings
) -> None:
    counts: list[tuple[int, int]] = []
    new = [posts.person]
    for serials in (range(2, 4), range(4, 21)):
        new += [await another_person(posts, serial) for serial in serials]
        for person in new:
            await decide(posts, person)
            await propose(posts, person)
        new = []
        page = await people(ask, posts.titles.officer, first=20)
        assert all(len(one["decisions"]["edges"]) == len(one["placements"]["edges"]) == 1 for one in page)
        counts.append((len(page), ask.statements))
    assert [number for number, _ in counts] == [3, 20]
    assert counts[0][1] == counts[1][1]


async def test_a_person_with_many_records_gives_no_more_of_them_than_the_page_shows(
    ask: Asking, posts: Postings
) -> None:
    other = await another_person(posts, 2)
    decided = [to_node_id("RecognitionDecision", await decide(posts, posts.person)) for _ in range(5)]
    # One proposal for a host waits at a time.
    hosts = (posts.host, posts.other_host, await posts.world.organisation("重庆第三研究院", "INSTITUTE", "500106"))
    placed = [to_node_id("Placement", await propose(posts, posts.person, host_unit_id=host)) for host in hosts]
    theirs = to_node_id("RecognitionDecision", await decide(posts, other))
    cursors: dict[str, Any] = {}
    read: dict[str, list[str]] = {"decisions": [], "placements": []}
    for _ in range(3):
        page = await people(ask, posts.titles.officer, **cursors)
        (mine,) = [one for one in page if one["publicNumber"] == posts.person.public_number]
        for name in read:
            assert len(mine[name]["edges"]) <= 2
            read[name] += ids_in(mine[name])
            cursors[f"{name}After"] = mine[name]["pageInfo"]["endCursor"] or cursors[f"{name}After"]
        if len(read["decisions"]) == 2:
            (their,) = [one for one in page if one["publicNumber"] == other.public_number]
            assert ids_in(their["decisions"]) == [theirs]
            assert their["placements"] == {"edges": [], "pageInfo": {"endCursor": None, "hasNextPage": False}}
            assert mine["decisions"]["pageInfo"]["hasNextPage"]
    assert not mine["decisions"]["pageInfo"]["hasNextPage"]
    assert read == {"decisions": decided, "placements": placed}
    assert sum("row_number() OVER (PARTITION BY recognition_decision.researcher_id" in one for one in ask.sql) == 1
    assert sum("row_number() OVER (PARTITION BY placement.researcher_id" in one for one in ask.sql) == 1


async def test_a_cursor_that_is_none_of_a_list_is_refused(ask: Asking, posts: Postings) -> None:
    await decide(posts, posts.person)
    for cursor in ("nonsense", "WyJhIl0=", "WyIxIiwgIjIiXQ=="):
        asked = {"purpose": PURPOSE, "decisionsAfter": cursor}
        refused = await ask.refused(posts.titles.officer, "anyone/researcher_records", **asked)
        assert (refused["code"], refused["reason"]) == ("INVALID_INPUT", "FOREIGN_CURSOR")


async def test_placements_are_withheld_unless_the_person_consented_to_them(ask: Asking, posts: Postings) -> None:
    await propose(posts, posts.person)
    await decide(posts, posts.person)
    agency = await posts.world.organisation("重庆样例人才服务中心", "AGENCY", "500103")
    client = Actor(ActorKind.AGENCY, None, agency, None, "500000", frozenset({PURPOSE}))
    opened = (PersonField.DECISIONS, PersonField.PLACEMENTS)
    for field in opened:
        given = consents.NewConsent(agency, PURPOSE, (PersonField.NAME, field), date(2027, 1, 1))
        done = await consents.grant(posts.registry, posts.person.me, given, posts.world.key())
        (seen,) = await people(ask, client)
        shown = {name for name in ("decisions", "placements") if seen[name] is not None}
        withheld = {one["path"][0]: one["reason"] for one in seen["withheld"]}
        assert shown == {field.value.lower()}
        assert withheld == dict.fromkeys({"decisions", "placements"} - shown, "CONSENT_REQUIRED")
        assert len(seen[shown.pop()]["edges"]) == 1
        await consents.withdraw(posts.registry, posts.person.me, UUID(done.result["consent_id"]), posts.world.key())
    # The look at the person covers what stands in it: one look each, with exactly the field that was open.
    looks = (await ask(posts.person.me, "researcher/accesses"))["accesses"]["edges"]
    assert [one["node"]["fields"] for one in looks] == [[field.value] for field in opened]


async def test_a_host_unit_sees_of_its_person_the_placements_with_itself_alone(ask: Asking, posts: Postings) -> None:
    ours = await propose(posts, posts.person)
    theirs = await propose(posts, posts.person, host_unit_id=posts.other_host)
    for placement_id, host in ((ours, posts.host_hr), (theirs, posts.other_host_hr)):
        await posts.sign(placement_id, posts.person.me, posts.home_hr, host)
        (seen,) = await people(ask, host)
        assert ids_in(seen["placements"]) == [to_node_id("Placement", placement_id)]
        assert seen["placements"]["pageInfo"]["hasNextPage"] is False


async def test_a_person_sees_the_own_decisions_and_placements(ask: Asking, posts: Postings) -> None:
    decided, placed = await decide(posts, posts.person), await propose(posts, posts.person)
    me = (await ask(posts.person.me, "researcher/me"))["me"]
    assert ids_in(me["decisions"]) == [to_node_id("RecognitionDecision", decided)]
    assert ids_in(me["placements"]) == [to_node_id("Placement", placed)]
    assert me["placements"]["edges"][0]["node"]["hostUnit"] == {"nameZh": "重庆样例研究院"}
