"""No placement command moves a household or personnel relation: by type, and whatever the parties do in any order."""

import asyncio
import dataclasses
import inspect
import types
import typing
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talent_registry.domain import (
    placement_checks,
    placement_drafts,
    placement_ends,
    placement_periods,
    placement_rules,
    placement_terms,
    placement_turns,
    placements,
    researchers,
)
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.placement_states import EndReason
from talent_registry.domain.placements import Moves, Terms
from talent_registry.services import (
    placement_clocks,
    placement_counters,
    placement_histories,
    placement_life,
    placement_questions,
    placement_signing,
    standing,
)
from talent_registry.services import placement_drafts as draft_services
from talent_registry.services import placement_ends as end_services
from talent_registry.services import placements as services
from talent_registry.services.credentials import Correction
from talent_registry.services.permissions import OPERATOR, Actor
from talent_registry.storage import placement_rounds
from talent_registry.storage import placements as storage
from tests.conftest import DatabaseUrls, as_superuser
from tests.postings import Person, Postings, another_person, open_postings
from tests.registries import open_world
from tests.titles import PROFESSOR

ROOMS = (
    placements,
    placement_checks,
    placement_drafts,
    placement_ends,
    placement_periods,
    placement_rules,
    placement_terms,
    placement_turns,
    services,
    draft_services,
    end_services,
    placement_clocks,
    placement_counters,
    placement_histories,
    placement_life,
    placement_questions,
    placement_signing,
    standing,
    storage,
    placement_rounds,
)
RESIDENCE = {researchers.Household, researchers.PersonnelRelation, researchers.Researcher}


def reached(hint: object, seen: set[object]) -> None:
    """Every type that a type hint is made of, through the fields of dataclasses."""
    if hint in seen:
        return
    seen.add(hint)
    for part in typing.get_args(hint):
        if isinstance(part, type | types.GenericAlias | types.UnionType) or typing.get_origin(part) is not None:
            reached(part, seen)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        for field in typing.get_type_hints(hint).values():
            reached(field, seen)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_no_function_of_placements_takes_or_gives_a_residence(room: types.ModuleType) -> None:
    seen: set[object] = set()
    for name, thing in vars(room).items():
        if inspect.isfunction(thing) and thing.__module__ == room.__name__:
            for hint in typing.get_type_hints(thing).values():
                reached(hint, seen)
        elif inspect.isclass(thing) and thing.__module__ == room.__name__:
            reached(thing, seen)
        assert name
    assert not seen & RESIDENCE
    fields = {
        (kind, field.name)
        for kind in seen
        if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__module__.startswith("talent_registry")
        for field in dataclasses.fields(kind)
    }
    moving = {kind for kind, name in fields if any(word in name for word in ("household", "personnel", "file_"))}
    # `Moves` only says what an agreement would move, so that it is refused.
    assert moving <= {Moves}


ACTS = (
    *("propose", "sign", "agree", "begin", "begin", "activate", "suspend", "resume", "extend", "end", "end"),
    *("decline", "withdraw", "suspendCredential", "reinstate", "revoke", "correct", "correct", "tomorrow", "move"),
    *("counter", "noticed", "noticed", "keep", "clock", "tomorrow"),
)
# Above 5 the act is done by someone who may.
STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 9), st.integers(0, 9), st.integers(1, 100))
OFFICERS_ACTS = {"suspend", "resume", "suspendCredential", "reinstate", "revoke", "correct"}


class Story:
    """One person and everybody who may act on the person's placements."""

    def __init__(self, posts: Postings, person: Person) -> None:
        self.posts, self.person = posts, person
        hrs = (posts.home_hr, posts.host_hr, posts.other_host_hr)
        self.actors: tuple[Actor, ...] = (person.me, *hrs, posts.titles.officer, posts.titles.other_officer)
        self.placements: list[UUID] = []

    async def take(self, act: str, who: int, which: int, percent: int) -> None:
        """One step; a refusal is as good as a success."""
        posts, person = self.posts, self.person
        fitting = posts.titles.officer if act in OFFICERS_ACTS else person.me
        actor = self.actors[who] if who < len(self.actors) else fitting
        registry, key, ours = (
            posts.registry,
            posts.world.key(),
            {"researcher": person.id, "credential_id": person.credential},
        )
        posts.world.clock.go_on(seconds=1)
        host = {"host_unit_id": posts.host if which % 2 else posts.other_host}
        if act == "tomorrow":
            posts.world.clock.go_on(days=which)
        elif act in {"agree", "begin"}:
            self.placements.append(await posts.agree_for(person, **host, workload_percent=percent))
            if act == "begin":
                await placement_life.activate(registry, person.me, self.placements[-1], key)
        elif act == "noticed":
            # Notice of thirty days, which somebody may take back or the days may carry out.
            begun = await posts.agree_for(person, **host, workload_percent=percent, terms=Terms())
            self.placements.append(begun)
            await placement_life.activate(registry, person.me, begun, posts.world.key())
            ending = placement_life.Ending(begun, EndReason.EARLY_RETURN)
            await placement_life.end(registry, person.me, ending, posts.world.key())
        elif act == "clock":
            await placement_clocks.end_due(registry, OPERATOR)
        elif act in {"propose", "move"}:
            moves = Moves(household_registration=act == "move")
            asked = posts.draft(**ours, **host, workload_percent=percent, moves=moves)
            done = await services.propose(registry, actor, asked, key)
            assert act != "move"
            self.placements.append(UUID(done.result["placement_id"]))
        elif act == "correct":
            # Valid without end, until a day to come, or until one that is over: what rests on it follows or is refused.
            until = None if percent > 80 else posts.today + timedelta(days=percent - 40)
            corrected = Correction(person.credential, replace(PROFESSOR, valid_until=until))
            await standing.correct(registry, actor, corrected, key)
        elif act in {"suspendCredential", "reinstate", "revoke"}:
            change = standing.StatusChange(person.credential, "核查")
            command = {
                "suspendCredential": standing.suspend,
                "reinstate": standing.reinstate,
                "revoke": standing.revoke,
            }
            await command[act](registry, actor, change, key)
        elif self.placements:
            await self._on_one(act, actor, self.placements[which % len(self.placements)], percent)

    async def _on_one(self, act: str, actor: Actor, placement_id: UUID, percent: int) -> None:
        registry, key = self.posts.registry, self.posts.world.key()
        if act == "sign":
            (seen,) = await placement_histories.list_histories(registry, actor, [placement_id])
            digest = seen.waiting.digest if seen and seen.waiting else None
            await placement_signing.sign(registry, actor, placement_signing.Signing(placement_id, digest), key)
        elif act == "extend":
            until = self.posts.today + timedelta(days=365 + percent)
            asked = placement_signing.Extension(placement_id, until, percent)
            await placement_signing.extend(registry, actor, asked, key)
        elif act == "counter":
            asked_instead = placement_counters.CounterProposal(placement_id, workload_percent=percent)
            await placement_counters.counter(registry, actor, asked_instead, key)
        elif act == "end":
            reason = EndReason.EARLY_RETURN if percent > 50 else list(EndReason)[percent % len(EndReason)]
            await placement_life.end(registry, actor, placement_life.Ending(placement_id, reason, ground="约定"), key)
        elif act in {"suspend", "resume"}:
            command = placement_life.suspend if act == "suspend" else placement_life.resume
            await command(registry, actor, placement_life.Grounded(placement_id, "核查"), key)
        else:
            simple = {
                "activate": placement_life.activate,
                "decline": placement_life.decline,
                "withdraw": placement_life.withdraw,
                "keep": end_services.withdraw_end,
            }
            await simple[act](registry, actor, placement_id, key)


SOUND = """
SELECT ARRAY(
    SELECT 'household' || h::text FROM household_registration h WHERE researcher_id = %(person)s
    UNION ALL SELECT 'relation' || r::text FROM personnel_relation r WHERE researcher_id = %(person)s ORDER BY 1),
(SELECT count(*) FROM placement p WHERE p.researcher_id = %(person)s AND p.state = 'ACTIVE' AND (
    (SELECT count(DISTINCT s.party) FROM placement_signature s JOIN placement_round r USING (placement_id, round)
      WHERE s.placement_id = p.id AND s.round = p.round AND s.terms_digest = r.terms_digest) <> 3
    OR NOT EXISTS (SELECT FROM recognition_decision d WHERE d.id = p.decision_id AND d.outcome = 'AUTO')
    OR NOT EXISTS (SELECT FROM credential_status c WHERE c.credential_id = p.credential_id AND c.superseded_at IS NULL
      AND c.status = 'VALID' AND %(today)s BETWEEN c.valid_from AND coalesce(c.valid_until, 'infinity')))),
(SELECT coalesce(max(total), 0) FROM (
    SELECT sum(p.workload_percent) AS total
    FROM (SELECT DISTINCT greatest(term_from, %(today)s) AS day FROM placement WHERE researcher_id = %(person)s) d
    JOIN placement p ON p.researcher_id = %(person)s AND p.state = 'ACTIVE'
      AND d.day BETWEEN p.term_from AND least(p.term_until, p.ends_on)
    GROUP BY d.day) loads)
"""


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_whatever_the_parties_do_the_household_stays_and_every_day_is_sound(
    database_urls: DatabaseUrls, tmp_path: Path, runner: asyncio.Runner
) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    posts = runner.run(open_postings(world))
    serials = count(2)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(STEP, min_size=12, max_size=12))
    def anything_goes(steps: list[tuple[str, int, int, int]]) -> None:
        person = runner.run(another_person(posts, next(serials)))
        story = Story(posts, person)
        ((before, *_),) = ask(SOUND, person=person.id, today=posts.today)
        assert len(before) == 2
        for step in steps:
            with suppress(RegistryError):
                runner.run(story.take(*step))
            ((residences, unsound, heaviest),) = ask(SOUND, person=person.id, today=posts.today)
            assert (residences, unsound) == (before, 0)
            assert heaviest <= 100

    with as_superuser(database_urls) as connection:

        def ask(statement: str, **values: Any) -> list[tuple[Any, ...]]:
            return connection.execute(statement, values).fetchall()

        anything_goes()
        reached_states = dict(ask("SELECT state, count(*) FROM placement GROUP BY state"))
        assert ask("SELECT count(*) FROM command WHERE id NOT IN (SELECT command_id FROM ledger_entry)") == [(0,)]
    assert {"ACTIVE", "ENDED", "WITHDRAWN"} <= set(reached_states)
    runner.run(world.registry.database.close())
