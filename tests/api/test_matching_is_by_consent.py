"""Whoever did not opt in never appears to a unit that looks for somebody, whatever is asked and whatever they do."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.periods import Period
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents, credentials, matching_consents, profiles
from talent_registry.storage.ids import new_id
from tests.api.conftest import Asking
from tests.api.probing import as_text
from tests.conftest import DatabaseUrls
from tests.opportunities import PURPOSE, YEAR, answer, opt_in, post
from tests.postings import Person, Postings, another_person, open_postings
from tests.registries import open_world
from tests.titles import document

ACTS = (
    "in_and_out",
    "replaced_and_out",
    "higher_title",
    "placement",
    "answer_elsewhere",
    "consent_elsewhere",
    "profile",
)
HIDDEN = 3


class Town:
    """One person who opted in, three who did not, three needs of one unit, and everything that unit can ask."""

    def __init__(self, posts: Postings, ask: Asking, hidden: list[Person], needs: list[UUID], elsewhere: UUID) -> None:
        self.posts, self.ask, self.hidden, self.needs, self.elsewhere = posts, ask, hidden, needs, elsewhere
        self.serials = count(1)
        self.old_consents: list[UUID] = []

    async def told(self, cursor: UUID) -> list[tuple[str, list[str]]]:
        """What the unit is told to every question, and by which statements it was found out."""
        said = []
        for need in self.needs:
            named = {"opportunity": to_node_id("Opportunity", need)}
            for first in (1, 20):
                for after in (None, as_cursor(cursor)):
                    paged = {"first": first, "after": after}
                    said.append(await self._told("hr/opportunity_matches", **named, **paged, purpose=PURPOSE))
                    said.append(await self._told("hr/opportunity_answers", **named, **paged))
        said.append(await self._told("anyone/consents"))
        return said

    async def told_of(self, number: str, credential: UUID) -> list[tuple[str, list[str]]]:
        """What the unit is told when it names somebody."""
        said = []
        for need in self.needs:
            asked = {
                "opportunity": to_node_id("Opportunity", need),
                "researcher": number,
                "credential": to_node_id("Credential", credential),
                "idempotencyKey": self.posts.world.key(),
            }
            said.append((await self._told("hr/propose_from_opportunity", input=asked))[0])
        said.append((await self._told("anyone/researcher", publicNumber=number, purpose=PURPOSE))[0])
        return [(one, []) for one in said]

    async def _told(self, operation: str, **variables: Any) -> tuple[str, list[str]]:
        data, errors = await self.ask.with_errors(self.posts.host_hr, operation, **variables)
        return as_text([data, [(one.message, one.path, one.extensions) for one in errors]]), list(self.ask.sql)

    async def act(self, name: str, person: Person) -> None:
        """Something that one of the hidden does; afterwards they are not opted in."""
        acts: dict[str, Callable[[Person], Awaitable[Any]]] = {
            "in_and_out": self._in_and_out,
            "replaced_and_out": self._replaced_and_out,
            "higher_title": self._higher_title,
            "placement": self._placement,
            "answer_elsewhere": self._answer_elsewhere,
            "consent_elsewhere": self._consent_elsewhere,
            "profile": self._profile,
        }
        await acts[name](person)

    async def _in_and_out(self, person: Person) -> None:
        await opt_in(self.posts, person, PersonField.NAME)
        await matching_consents.withdraw(self.posts.registry, person.me, self.posts.world.key())
        given = await matching_consents.list_own(self.posts.registry, person.me, PageRequest(first=100))
        self.old_consents.append(given.items[-1].id)

    async def _replaced_and_out(self, person: Person) -> None:
        await opt_in(self.posts, person)
        await self._in_and_out(person)

    async def _higher_title(self, person: Person) -> None:
        titles = self.posts.titles
        serial = 40 + self.hidden.index(person)
        asked = replace(
            titles.asked(f"5120300000{next(self.serials):02d}", title_code="0101", title_name="教授", level="正高级"),
            holder=credentials.Holder(document(serial)),
        )
        await credentials.record(self.posts.registry, titles.officer, asked, self.posts.world.key())

    async def _placement(self, person: Person) -> None:
        await self.posts.agree_for(person, host_unit_id=self.posts.other_host, workload_percent=1)

    async def _answer_elsewhere(self, person: Person) -> None:
        need = await post(self.posts, self.posts.other_host_hr)
        await answer(self.posts, need, person, *PersonField)

    async def _consent_elsewhere(self, person: Person) -> None:
        until = self.posts.today.replace(year=2028)
        asked = consents.NewConsent(self.elsewhere, PURPOSE, tuple(PersonField), until)
        await consents.grant(self.posts.registry, person.me, asked, self.posts.world.key())

    async def _profile(self, person: Person) -> None:
        edit = profiles.ProfileEdit(
            discipline=profiles.TextEdit(f"教育学{next(self.serials)}", Visibility.RECOGNISED_PARTIES)
        )
        await profiles.edit(self.posts.registry, person.me, edit, self.posts.world.key())


def as_cursor(place: UUID) -> str:
    """A cursor that a caller might forge."""
    return base64.urlsafe_b64encode(json.dumps([str(place)]).encode()).decode()


def words_of(person: Person) -> set[str]:
    ids = {person.public_number, to_node_id("Researcher", person.id), to_node_id("Credential", person.credential)}
    return {*map(str, ids), str(person.id), "单雄信", "教育学"}


async def open_town(posts: Postings, ask: Asking) -> Town:
    """The last of the hidden was opted in until yesterday."""
    hidden = [await another_person(posts, 40 + number) for number in range(HIDDEN)]
    await opt_in(posts, hidden[-1], PersonField.NAME, days=0)
    posts.world.clock.go_on(days=1)
    await opt_in(posts, posts.person, PersonField.NAME, PersonField.PLACEMENTS)
    later = Period(posts.today + YEAR, posts.today + 2 * YEAR)
    needs = [
        await post(posts),
        await post(posts, level="SENIOR_FULL"),
        await post(posts, series=None, level="ENTRY", term=later),
    ]
    return Town(posts, ask, hidden, needs, posts.other_host)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_nothing_a_unit_is_told_depends_on_whoever_did_not_opt_in(
    database_urls: DatabaseUrls, tmp_path: Path, runner: asyncio.Runner
) -> None:
    """Answers, ends of pages, cursors, refusals and the statements asked stay the same, letter for letter."""
    world = open_world(database_urls.app_url, tmp_path / "keys")
    ask = Asking(world)
    event.listen(world.registry.database.engine.sync_engine, "before_cursor_execute", ask.count)
    town = runner.run(open_town(runner.run(open_postings(world)), ask))
    before = runner.run(town.told(new_id()))
    assert town.posts.person.public_number in before[0][0]
    absent = runner.run(town.told_of("999999999", new_id()))
    betrayed = set().union(*(words_of(person) for person in town.hidden))

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, HIDDEN - 1)), min_size=1, max_size=3))
    def anything_goes(steps: list[tuple[str, int]]) -> None:
        for name, which in steps:
            runner.run(town.act(name, town.hidden[which]))
        # A cursor out of one of their own old consents finds what any other place of that age finds.
        told = runner.run(town.told(town.old_consents[-1] if town.old_consents else new_id()))
        assert told == before
        assert not [word for word in betrayed if any(word in said for said, _ in told)]

    anything_goes()
    for person in town.hidden:
        assert runner.run(town.told_of(person.public_number, person.credential)) == absent
    looks = [runner.run(_looks(town, person)) for person in town.hidden]
    assert looks == [[]] * HIDDEN
    # What would show a person shows this one as soon as they do opt in.
    runner.run(opt_in(town.posts, town.hidden[0]))
    assert any(town.hidden[0].public_number in said for said, _ in runner.run(town.told(new_id())))
    runner.run(world.registry.database.close())


async def _looks(town: Town, person: Person) -> list[Any]:
    data = await town.ask(person.me, "researcher/accesses")
    return [edge["node"]["purpose"] for edge in data["accesses"]["edges"] if edge["node"]["purpose"] == PURPOSE]
