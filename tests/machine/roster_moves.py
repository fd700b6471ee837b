"""The moves of offices with whole rosters: have one verified, watch all that it found, end that."""

from datetime import timedelta
from random import Random
from typing import Any

from talent_registry.services import roster_jobs, roster_watches, rosters
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from tests.machine.asking import Asked, mostly, move
from tests.machine.stage import PURPOSE, Row, Stage
from tests.titles import NAME


async def verified(registry: Registry, actor: Actor, rows: list[rosters.GivenRow], key: str) -> Any:
    """A roster handed in, and carried out by the worker at once."""
    done = await rosters.start_given(registry, actor, rows, rosters.AskedRoster(PURPOSE, "本人同意"), key)
    while await roster_jobs.work_one(registry):
        pass
    return done


async def ended(registry: Registry, actor: Actor, asked: roster_watches.AskedRosterWatch, key: str) -> Any:
    return await roster_watches.end_roster_watch(registry, actor, asked.roster_id, key)


@move("verifyRoster", 1)
def verify(stage: Stage, chance: Random) -> Asked | None:
    found = stage.ask(
        "SELECT c.number, n.name_zh FROM credential c JOIN researcher_name n USING (researcher_id) "
        "WHERE n.superseded_at IS NULL ORDER BY c.registered_at, c.id"
    )
    if not found:
        return None
    rows = [rosters.GivenRow(row["number"], chance.choice((row["name_zh"], NAME))) for row in found[:20]]
    one = stage.cast.sides[0]
    return Asked(chance.choice(_offices(stage)), verified, rows, (one.me, stage.cast.stranger))


@move("watchRoster", 2)
def watch(stage: Stage, chance: Random) -> Asked | None:
    found = _one(stage, chance, "SELECT * FROM roster WHERE organisation_id IS NOT NULL ORDER BY id", "state", "DONE")
    if found is None:
        return None
    by, never = _of(stage, found)
    until = stage.today + timedelta(days=chance.choice((0, 30, 365, 1000)))
    return Asked(by, roster_watches.watch_roster, roster_watches.AskedRosterWatch(found["id"], PURPOSE, until), never)


@move("endRosterWatch", 1)
def end(stage: Stage, chance: Random) -> Asked | None:
    found = _one(
        stage,
        chance,
        "SELECT roster.*, EXISTS (SELECT FROM credential_watch w WHERE w.roster_id = roster.id AND w.ended_at IS NULL) "
        "AS watched FROM roster WHERE organisation_id IS NOT NULL ORDER BY id",
        "watched",
        True,
    )
    if found is None:
        return None
    by, never = _of(stage, found)
    return Asked(by, ended, roster_watches.AskedRosterWatch(found["id"], PURPOSE, stage.today), never)


def _one(stage: Stage, chance: Random, question: str, column: str, fitting: object) -> Row | None:
    rows = stage.ask(question)
    return mostly(chance, [row for row in rows if row[column] == fitting], rows)


def _of(stage: Stage, found: Row) -> tuple[Actor, tuple[Actor, ...]]:
    offices = _offices(stage)
    by = next(actor for actor in offices if actor.organisation_id == found["organisation_id"])
    others = (actor for actor in offices if actor.organisation_id != found["organisation_id"])
    return by, (*stage.cast.outsiders, stage.cast.sides[0].me, *others)


def _offices(stage: Stage) -> list[Actor]:
    offices = [actor for side in stage.cast.sides for actor in (side.hrs[0], side.officer)]
    return [actor for actor in (*offices, stage.cast.agency) if actor.organisation_id is not None]
