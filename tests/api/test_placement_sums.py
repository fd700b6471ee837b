"""How a person's placements add up, through the document: every sum with its terms, to those who share the time."""

from datetime import timedelta

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.pages import PageRequest
from talent_registry.services import accesses, placement_life
from talent_registry.services.permissions import ANONYMOUS
from tests.api.conftest import Asking
from tests.postings import Postings, another_person, open_postings
from tests.registries import World


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def test_the_sums_of_two_placements_in_two_units_are_shown_with_their_terms(ask: Asking, posts: Postings) -> None:
    first = await posts.begin()
    await posts.agree(host_unit_id=posts.other_host, workload_percent=60, kind="SHORT_TERM")
    person = to_node_id("Researcher", posts.person.id)

    mine = (await ask(posts.person.me, "anyone/placement_sums", researcher=person))["placementSums"]

    load = mine["workload"]
    assert (load["sum"], load["totalPercent"]) == ("40 % + 60 % = 100 %", 100)
    assert (load["overlaps"], load["isTooMuch"]) == (True, False)
    assert [term["state"] for term in load["terms"]] == ["ACTIVE", "AGREED"]
    assert load["terms"][0]["placement"]["id"] == to_node_id("Placement", first)
    assert mine["leave"]["sum"] == "0 = 0"
    heads = mine["headcount"]
    assert (heads["counted"], heads["isCountedTwice"]) == (1, False)
    assert [post["counted"] for post in heads["posts"]] == [True, False]
    assert heads["posts"][0]["unit"]["id"] == to_node_id("Organisation", posts.titles.home)
    assert heads["posts"][1]["unit"]["id"] == to_node_id("Organisation", posts.host)
    (days,) = mine["daysInYear"]
    # A Tuesday at 40 %.
    assert (days["kind"], days["sum"], days["minimum"]) == ("PART_TIME", "1 × 40 % = 0.40", None)


async def test_a_leave_is_summed_without_the_days_of_a_suspension(ask: Asking, posts: Postings, world: World) -> None:
    placed = await posts.begin(kind="LEAVE_TO_START_UP", workload_percent=100, term_from=posts.today)
    person = to_node_id("Researcher", posts.person.id)
    world.clock.now += timedelta(days=5)
    suspended = placement_life.Grounded(placed, "核查")
    await placement_life.suspend(posts.registry, posts.titles.officer, suspended, world.key())
    world.clock.now += timedelta(days=5)

    found = (await ask(posts.person.me, "anyone/placement_sums", researcher=person))["placementSums"]["leave"]

    assert [(term["days"], term["kind"]) for term in found["terms"]] == [(5, "WORKED"), (6, "SUSPENDED")]
    assert (found["days"], found["sum"], found["mostYears"], found["isWithin"]) == (5, "5 = 5", 6, True)
    assert found["terms"][0]["placement"]["id"] == to_node_id("Placement", placed)


async def test_a_host_learns_the_sum_and_not_where_else_the_person_works(ask: Asking, posts: Postings) -> None:
    await posts.begin()
    await posts.agree(host_unit_id=posts.other_host, workload_percent=30)
    person = to_node_id("Researcher", posts.person.id)

    asked = {"researcher": person, "purpose": "排班"}
    seen = (await ask(posts.other_host_hr, "anyone/placement_sums", **asked))["placementSums"]

    assert seen["workload"]["sum"] == "40 % + 30 % = 70 %"
    assert [term["placement"] is None for term in seen["workload"]["terms"]] == [True, False]
    assert seen["headcount"]["posts"][1]["unit"] is None
    looks = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest(10))
    assert ("排班", posts.other_host) in [(look.purpose, look.organisation_id) for look in looks.items]
    assert (await ask.refused(posts.other_host_hr, "anyone/placement_sums", researcher=person))["code"]


async def test_whoever_does_not_share_the_time_is_told_nothing(ask: Asking, posts: Postings) -> None:
    await posts.begin()
    stranger = await another_person(posts, 77)
    person = to_node_id("Researcher", posts.person.id)
    for actor in (stranger.me, posts.other_host_hr, posts.titles.officer):
        refused = await ask.refused(actor, "anyone/placement_sums", researcher=person, purpose="好奇")
        assert refused["code"] == "NOT_FOUND"
    assert (await ask.refused(ANONYMOUS, "anyone/placement_sums", researcher=person))["code"] == "NOT_PERMITTED"
