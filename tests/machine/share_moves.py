"""The moves on share codes: a person makes and revokes them, anybody tries them."""

from random import Random
from typing import Any

from talent_registry.domain.shares import ShareField, ShareTerms, code_of
from talent_registry.services import share_openings, shares
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from talent_registry.services.share_openings import AskedOpening
from tests.machine.asking import Asked, mostly, move
from tests.machine.people_moves import offices
from tests.machine.stage import PURPOSE, Row, Stage

PIN = "4711"
FIELDS = (ShareField.LEVEL, ShareField.NAME, ShareField.DOCUMENT, ShareField.RECOGNITION)


def _made(stage: Stage) -> list[Row]:
    people = [side.person for side in stage.cast.sides]
    return stage.ask("SELECT * FROM share_code WHERE researcher_id = ANY(%(people)s) ORDER BY id", people=people)


@move("issueShareCode", 2)
def issue(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    fields = FIELDS[: chance.randrange(5)]
    division = stage.cast.other(side).province if ShareField.RECOGNITION in fields else None
    owner = chance.choice((side, side, side, stage.cast.other(side)))
    terms = ShareTerms(PURPOSE, (chance.choice(owner.titles),), fields, division)
    asked = shares.NewShare(terms, chance.choice((1, 30, 180, 181)), chance.choice((None, PIN)))
    return Asked(side.me, shares.issue, asked, offices(stage))


@move("revokeShareCode", 1)
def revoke(stage: Stage, chance: Random) -> Asked | None:
    made = _made(stage)
    found = mostly(chance, [one for one in made if one["revoked_at"] is None], made)
    if found is None:
        return None
    side = stage.cast.side_of(found["researcher_id"])
    never = (*offices(stage), stage.cast.stranger, stage.cast.other(side).me)
    return Asked(side.me, shares.revoke, found["id"], never)


@move("openShareCode", 2)
def open_one(stage: Stage, chance: Random) -> Asked:
    made = _made(stage)
    found = mostly(chance, [one for one in made if one["revoked_at"] is None], made)
    code = code_of(bytes(32)) if found is None else shares.code_for(stage.registry.keys, found["id"])

    async def call(registry: Registry, actor: Actor, inputs: AskedOpening, key: str) -> Any:
        return await share_openings.open_code(registry, actor, inputs, key, "203.0.113.7")

    side = chance.choice(stage.cast.sides)
    by = chance.choice((stage.cast.outsiders[0], side.me, side.hrs[0], stage.cast.agency, side.officer))
    return Asked(by, call, AskedOpening(code, chance.choice((None, PIN, "0000"))))
