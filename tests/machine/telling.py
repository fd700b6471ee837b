"""Stories told by chance: each step a command by anybody, in either province, and all that must hold after it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from talent_registry.domain.errors import Conflict, RegistryError
from talent_registry.services import placement_clocks, placement_lapses, placement_reminders, proceeding_clocks
from talent_registry.services.placement_reminders import CLOCK
from tests.conftest import DatabaseUrls, as_superuser, create_database, drop_database
from tests.machine import (
    correction_moves,
    credential_moves,
    office_moves,
    people_moves,
    placement_moves,
    question_moves,
    roster_moves,
    share_moves,
)
from tests.machine.asking import MOVES, WEIGHTS, Asked
from tests.machine.laws import MENDING, Laws
from tests.machine.stage import Cast, Stage, enter, open_cast
from tests.registries import open_world

__all__ = [
    "correction_moves",
    "credential_moves",
    "office_moves",
    "people_moves",
    "placement_moves",
    "question_moves",
    "roster_moves",
    "share_moves",
]
CLOCKS: dict[str, Callable[..., Any]] = {
    "closeDuePlacement": placement_clocks.end_due,
    "closeSilentPlacement": placement_lapses.lapse_due,
    "remindOfTerm": placement_reminders.run_reminders,
    "closeLapsed": proceeding_clocks.run_clocks,
}
# What an office records of a credential holds, whatever follows for placements: it is never refused for their sake.
RECORDING = MENDING - {"approveRelease", "approveOverride", "decideCase", "decideAppeal"}
OF_PLACEMENTS = {"WORKLOAD_OVER_100", "SIGNATURES_MISSING", "NO_RECOGNITION", "HOUSEHOLD_IS_NOT_MOVED"}
# These make a key of their own where none is given, or make more of it than a key.
KEYED = {"verifyCredential", "openShareCode", "importRoll"}
DELIBERATE = ("wrong party", "no such record", "used key", "no key")
STEPS = 50
REPEAT, DAYS_PASS = "the same again", "days pass"
EVERY = (*(name for name in sorted(MOVES) for _ in range(WEIGHTS[name])), *[REPEAT] * 8, *[DAYS_PASS] * 14)


@dataclass
class Theatre:
    """Where stories are told: the database that each begins as a copy of, and what came of all steps."""

    server: DatabaseUrls
    template: str
    cast: Cast
    keys: Path
    runner: asyncio.Runner
    counts: "Counter[tuple[str, str]]" = field(default_factory=Counter)

    def acknowledged(self) -> int:
        """How many commands were carried out in all stories."""
        return sum(count for (_, what), count in self.counts.items() if what == "acknowledged")


@pytest.fixture
def theatre(server: DatabaseUrls, database_urls: DatabaseUrls, tmp_path: Path) -> Iterator[Theatre]:
    with asyncio.Runner() as runner:
        world = open_world(database_urls.app_url, tmp_path / "keys")
        cast = runner.run(open_cast(world))
        runner.run(world.registry.database.close())
        template = database_urls.app_url.rpartition("/")[2].partition("?")[0]
        yield Theatre(server, template, cast, tmp_path / "keys", runner)


@dataclass
class Story:
    """One story: its stage, what must hold on it, and what was acknowledged under which key."""

    stage: Stage
    laws: Laws
    counts: "Counter[tuple[str, str]]"
    given: list[tuple[str, Asked, str, Any]] = field(default_factory=list)

    async def step(self, name: str, chance: Random, wrong: str | None) -> None:
        """One command, rightly asked or wrong on purpose, and everything that must hold after it."""
        self.stage.world.clock.go_on(seconds=1)
        if name == REPEAT:
            return await self.again(chance.randrange(50))
        if name == DAYS_PASS:
            return await self.clock(chance.choice((0, 1, 1, 3, 8, 30, 200, 335)))
        asked = MOVES[name](self.stage, chance)
        if asked is None:
            return None
        if wrong is None:
            return await self._give(name, asked, str(uuid4()))
        return await self._give_wrongly(name, asked, chance, wrong)

    async def _give(self, name: str, asked: Asked, key: str, *, must: str | None = None) -> None:
        """One command under this key; `must`: why it must be refused."""
        try:
            answer = await asked.call(self.stage.registry, asked.actor, asked.inputs, key)
        except RegistryError as refusal:
            self.counts[name, "refused" if must is None else must] += 1
            self.counts["because", refusal.reason] += 1
            return await self._refused(name, refusal.reason)
        done: Any = getattr(answer, "done", answer)
        assert must is None, f"{name} was accepted: {must}, as {asked.actor.kind}"
        self.counts[name, "acknowledged"] += 1
        await self._acknowledge(name, done)
        if not done.replayed:
            self.given.append((name, asked, key, done))
        return None

    async def _refused(self, name: str, reason: str) -> None:
        assert name not in RECORDING or reason not in OF_PLACEMENTS, f"{name} refused: {reason}"
        await self.laws.refused()

    async def _acknowledge(self, name: str, done: Any) -> None:
        if done.replayed:
            assert self.stage.known[done.command_id][:2] == (name, done.sequence)
            await self.laws.refused()
            return
        ((result,),) = self.stage.connection.execute(
            "SELECT result FROM command WHERE id = %s", [done.command_id]
        ).fetchall()
        assert result == getattr(done, "result", result)
        self.stage.known[done.command_id] = name, done.sequence, result
        await self.laws.check(name)

    async def _give_wrongly(self, name: str, asked: Asked, chance: Random, wrong: str) -> None:
        if wrong == "wrong party" and asked.never:
            await self._give(name, replace(asked, actor=chance.choice(asked.never)), str(uuid4()), must=wrong)
        elif wrong == "no such record" and (elsewhere := _elsewhere(asked.inputs)) is not None:
            await self._give(name, replace(asked, inputs=elsewhere), str(uuid4()), must=wrong)
        elif wrong == "used key":
            await self._under_a_used_key(name, asked)
        elif name not in KEYED:
            await self._give(name, asked, chance.choice(("", "k" * 201)), must="no key")

    async def _under_a_used_key(self, name: str, asked: Asked) -> None:
        """Another request under a key that this actor used is a conflict, or refused for what it asks."""
        used = [key for before, one, key, _ in self.given if one.actor == asked.actor and before != name]
        if not used or name in KEYED:
            return
        try:
            await asked.call(self.stage.registry, asked.actor, asked.inputs, used[-1])
        except Conflict as conflict:
            self.counts[name, conflict.reason] += 1
        except RegistryError:
            self.counts[name, "refused"] += 1
        else:
            raise AssertionError(f"{name} was accepted under the key of another command")
        await self.laws.refused()

    async def again(self, which: int) -> None:
        """The same request under the same key gets the same answer, and changes nothing."""
        if not self.given:
            return
        name, asked, key, before = self.given[which % len(self.given)]
        try:
            answer = await asked.call(self.stage.registry, asked.actor, asked.inputs, key)
        except RegistryError as refusal:
            raise AssertionError(f"{name} was acknowledged, and its repeat refused: {refusal.reason}") from refusal
        done: Any = getattr(answer, "done", answer)
        assert (done.command_id, done.sequence, done.replayed) == (before.command_id, before.sequence, True), name
        assert getattr(done, "result", None) == getattr(before, "result", None)
        self.counts[name, "repeated"] += 1
        await self.laws.refused()

    async def clock(self, days: int) -> None:
        """Days pass, perhaps none; then the clock does what is due, and a second time finds nothing to do."""
        self.stage.world.clock.go_on(days=days)
        for name, run in CLOCKS.items():
            recorded = await run(self.stage.registry, CLOCK)
            count = recorded if isinstance(recorded, int) else len(recorded)
            self._of_the_clock(name, count)
            self.counts[name, "acknowledged"] += count
        await self.laws.check("clock")
        self.laws.the_clock_was_here()
        for run in CLOCKS.values():
            assert not await run(self.stage.registry, CLOCK)
        await self.laws.refused()

    def _of_the_clock(self, name: str, count: int) -> None:
        rows = self.stage.ask(
            "SELECT c.id, c.name, c.result, l.sequence, l.actor_kind FROM command c "
            "JOIN ledger_entry l ON l.command_id = c.id WHERE l.sequence > %(after)s",
            after=max(sequence for _, sequence, _ in self.stage.known.values()),
        )
        assert [(row["name"], row["actor_kind"]) for row in rows] == [(name, "CLOCK")] * count
        self.stage.known |= {row["id"]: (row["name"], row["sequence"], row["result"]) for row in rows}


def _elsewhere(inputs: Any) -> Any:
    """The same input about a record that is not there; None where it names none by its id."""
    if isinstance(inputs, UUID):
        return uuid4()
    if not is_dataclass(inputs) or isinstance(inputs, type):
        return None
    named = [one.name for one in fields(inputs) if isinstance(getattr(inputs, one.name), UUID)]
    return replace(inputs, **{named[0]: uuid4()}) if named else None


def machine_of(theatre: Theatre) -> type[RuleBasedStateMachine]:
    """The machine that tells stories in this theatre."""

    class EveryCommand(RuleBasedStateMachine):
        @initialize()
        def curtain(self) -> None:
            self.database = f"s_{uuid4().hex[:16]}"
            create_database(theatre.server, self.database, theatre.template)
            self.exits = ExitStack()
            urls = theatre.server.of(self.database)
            connection = self.exits.enter_context(as_superuser(urls))
            stage = enter(theatre.cast, urls, theatre.keys, connection)
            self.story = Story(stage, Laws(stage), theatre.counts)
            theatre.runner.run(self.story.laws.begin())

        @rule(name=st.sampled_from(EVERY), chance=st.randoms(use_true_random=False), luck=st.integers(0, 39))
        def step(self, name: str, chance: Random, luck: int) -> None:
            theatre.runner.run(self.story.step(name, chance, DELIBERATE[luck - 36] if luck >= 36 else None))

        def teardown(self) -> None:
            if hasattr(self, "story"):
                theatre.runner.run(self.story.stage.registry.database.close())
                self.exits.close()
                drop_database(theatre.server, self.database)

    return EveryCommand


def tell(theatre: Theatre, stories: int, *, always_the_same: bool) -> None:
    """So many stories; the first in which something does not hold fails, with its steps (not made shorter)."""
    told = settings(
        max_examples=stories, stateful_step_count=STEPS, deadline=None, derandomize=always_the_same, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False, phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(machine_of(theatre), settings=told)
