"""The moves on placements and their drafts, by all parties, the authorities of both provinces and strangers."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from talent_registry.domain.placement_drafts import DraftContent
from talent_registry.domain.placement_states import EndReason
from talent_registry.domain.placements import Moves, Terms
from talent_registry.services import (
    placement_counters,
    placement_drafts,
    placement_ends,
    placement_life,
    placement_signing,
    placements,
)
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from tests.machine.asking import Asked, mostly, move
from tests.machine.stage import Row, Side, Stage
from tests.postings import NO_NOTICE

BEGUN = "ACTIVE", "SUSPENDED"
KINDS = "PART_TIME", "PART_TIME", "PART_TIME", "CONSULTANCY", "SECONDMENT", "LEAVE_TO_START_UP", "RIGID_TRANSFER"


def one_of(stage: Stage, chance: Random, *states: str) -> Row | None:
    rows = stage.rows()
    return mostly(chance, [row for row in rows if row["state"] in states], rows)


def waits(stage: Stage, chance: Random) -> Row | None:
    rows = stage.rows()
    return mostly(chance, [row for row in rows if row["open_round"] and row["state"] in ("PROPOSED", "ACTIVE")], rows)


def a_party(stage: Stage, chance: Random, row: Row) -> Actor:
    return chance.choice(list(stage.parties(row).values()))


def officers(stage: Stage) -> tuple[Actor, Actor]:
    return stage.cast.sides[0].officer, stage.cast.sides[1].officer


def beyond_placements(stage: Stage, row: Row, *more: Actor) -> tuple[Actor, ...]:
    """Who has no part in a placement: strangers, the agency, whoever issues, the other person."""
    other = next(side.me for side in stage.cast.sides if side.person != row["researcher_id"])
    return (*stage.cast.outsiders, stage.cast.agency, stage.cast.sides[0].issuer, other, *more)


def some_terms(chance: Random) -> Terms:
    return chance.choice((NO_NOTICE, Terms(), Terms(return_notice_days=3, pay="按劳务报酬支付", days_per_year=60)))


@move("proposePlacement", 5)
def propose(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    beyond = stage.cast.other(side)
    host = chance.choice((*beyond.units, *beyond.units, side.units[1]))
    since = stage.today + timedelta(days=chance.choice((-1, 0, 0, 5, 60)))
    asked = stage.draft(
        side, host, credential_id=chance.choice((side.titles[0], *side.titles)),
        kind=chance.choice(KINDS),
        term_from=since, term_until=since + timedelta(days=chance.choice((3, 40, 364, 1500))),
        workload_percent=chance.choice((10, 20, 30, 40, 60, 100)), terms=some_terms(chance),
        moves=Moves(household_registration=chance.randrange(12) == 0),
    )  # fmt: skip
    strangers = (*stage.cast.outsiders, stage.cast.agency, side.officer, beyond.officer, beyond.me)
    return Asked(chance.choice((side.me, side.hrs[0])), placements.propose, asked, strangers)


@move("signPlacement", 16)
def sign(stage: Stage, chance: Random) -> Asked | None:
    row = waits(stage, chance)
    if row is None:
        return None
    missing = [actor for party, actor in stage.parties(row).items() if party not in (row["signed"] or ())]
    signer = mostly(chance, missing, list(stage.parties(row).values()))
    assert signer is not None
    digest = row["terms_digest"] if chance.randrange(10) else "0" * 64
    never = beyond_placements(stage, row, *officers(stage))
    return Asked(signer, placement_signing.sign, placement_signing.Signing(row["id"], digest), never)


@move("activatePlacement", 8)
def activate(stage: Stage, chance: Random) -> Asked | None:
    row = one_of(stage, chance, "AGREED")
    if row is None:
        return None
    never = beyond_placements(stage, row, *officers(stage))
    return Asked(a_party(stage, chance, row), placement_life.activate, row["id"], never)


@move("counterPlacement", 4)
def counter(stage: Stage, chance: Random) -> Asked | None:
    row = waits(stage, chance)
    if row is None:
        return None
    answering = [actor for party, actor in stage.parties(row).items() if party != row["proposed_by"]]
    later = row["term_until"] + timedelta(days=chance.randrange(0, 30))
    asked = placement_counters.CounterProposal(
        row["id"], term_until=later, workload_percent=chance.choice((10, 25, 50, 90)),
        terms=chance.choice((None, some_terms(chance))), digest=chance.choice((None, row["terms_digest"])),
    )  # fmt: skip
    never = beyond_placements(stage, row, *officers(stage))
    return Asked(chance.choice(answering), placement_counters.counter, asked, never)


@move("declinePlacement", 1)
def decline(stage: Stage, chance: Random) -> Asked | None:
    row = waits(stage, chance)
    if row is None:
        return None
    answering = [actor for party, actor in stage.parties(row).items() if party != row["proposed_by"]]
    never = beyond_placements(stage, row, *officers(stage))
    return Asked(chance.choice(answering), placement_life.decline, row["id"], never)


@move("withdrawPlacement", 2)
def withdraw(stage: Stage, chance: Random) -> Asked | None:
    row = waits(stage, chance) if chance.randrange(2) else one_of(stage, chance, "AGREED")
    if row is None:
        return None
    by = stage.parties(row).get(row["proposed_by"]) or a_party(stage, chance, row)
    return Asked(by, placement_life.withdraw, row["id"], beyond_placements(stage, row, *officers(stage)))


@move("suspendPlacement", 3)
def suspend(stage: Stage, chance: Random) -> Asked | None:
    return _grounded(stage, chance, placement_life.suspend, "ACTIVE")


@move("resumePlacement", 4)
def resume(stage: Stage, chance: Random) -> Asked | None:
    return _grounded(stage, chance, placement_life.resume, "SUSPENDED")


def _grounded(stage: Stage, chance: Random, call: Any, state: str) -> Asked | None:
    row = one_of(stage, chance, state)
    if row is None:
        return None
    asked = placement_life.Grounded(row["id"], chance.choice(("核查", "核查", "")))
    parties = tuple(stage.parties(row).values())
    return Asked(chance.choice(officers(stage)), call, asked, beyond_placements(stage, row, *parties))


@move("extendPlacement", 4)
def extend(stage: Stage, chance: Random) -> Asked | None:
    row = one_of(stage, chance, "ACTIVE")
    if row is None:
        return None
    until = row["term_until"] + timedelta(days=chance.choice((-5, 10, 90, 400)))
    asked = placement_signing.Extension(row["id"], until, chance.choice((None, 20, 50, 80)))
    never = beyond_placements(stage, row, *officers(stage))
    return Asked(a_party(stage, chance, row), placement_signing.extend, asked, never)


@move("endPlacement", 6)
def end(stage: Stage, chance: Random) -> Asked | None:
    row = one_of(stage, chance, *BEGUN)
    if row is None:
        return None
    parties = stage.parties(row)
    reason, by = chance.choice(
        (
            (EndReason.EARLY_RETURN, parties["RESEARCHER"]),
            (EndReason.HOME_RECALL, parties["HOME_UNIT"]),
            (EndReason.HOST_RELEASE, parties["HOST_UNIT"]),
            (EndReason.BREACH, chance.choice(officers(stage))),
            (EndReason.TERM, a_party(stage, chance, row)),
            (EndReason.RECOGNITION_LOST, a_party(stage, chance, row)),
            (EndReason.TRANSFER, parties["HOST_UNIT"]),
        )
    )
    on = chance.choice((None, None, stage.today + timedelta(days=chance.choice((-2, 0, 12, 45)))))
    asked = placement_life.Ending(row["id"], reason, on, chance.choice((None, "约定")))
    return Asked(by, placement_life.end, asked, beyond_placements(stage, row))


@move("withdrawPlacementEnd", 3)
def keep(stage: Stage, chance: Random) -> Asked | None:
    rows = stage.rows()
    row = mostly(chance, [one for one in rows if one["ends_on"] and one["state"] != "ENDED"], rows)
    if row is None:
        return None
    by = {"EARLY_RETURN": "RESEARCHER", "HOME_RECALL": "HOME_UNIT", "HOST_RELEASE": "HOST_UNIT"}
    party = by.get(row["ends_reason"], "RESEARCHER")
    never = beyond_placements(stage, row, *officers(stage))
    return Asked(stage.parties(row)[party], placement_ends.withdraw_end, row["id"], never)


def a_content(stage: Stage, chance: Random, side: Side) -> DraftContent:
    since = stage.today
    whole = chance.randrange(4) > 0
    return DraftContent(
        credential_id=side.titles[0] if whole else None, kind="PART_TIME", post="客座教授", post_series="01",
        term_from=since, term_until=since + timedelta(days=chance.choice((30, 300))),
        workload_percent=chance.choice((5, 10, 40)), terms=some_terms(chance),
    )  # fmt: skip


@move("draftPlacement", 3)
def draft(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    beyond = stage.cast.other(side)
    content = a_content(stage, chance, side)
    who, host = chance.choice((side.person, side.public_number)), chance.choice(beyond.units)
    asked = placement_drafts.NewDraft(researcher=who, host_unit_id=host, content=content)
    strangers = (*stage.cast.outsiders, stage.cast.agency, side.officer, beyond.me)
    return Asked(chance.choice((side.me, side.hrs[0])), placement_drafts.draft, asked, strangers)


def a_draft(stage: Stage, chance: Random) -> tuple[Row, Side, Actor, tuple[Actor, ...]] | None:
    """A draft, its author, and everybody else: a draft is its author's alone."""
    rows = stage.ask("SELECT * FROM placement_draft ORDER BY made_at, id")
    row = mostly(chance, [one for one in rows if one["state"] == "DRAFT"], rows)
    if row is None:
        return None
    side = stage.cast.side_of(row["researcher_id"])
    author = side.me if row["unit_id"] is None else stage.cast.by_unit(row["unit_id"])
    others = (side.me, *side.hrs, *stage.cast.other(side).hrs, *officers(stage), *stage.cast.outsiders)
    return row, side, author, tuple(one for one in others if one != author)


@move("editPlacementDraft", 2)
def edit_draft(stage: Stage, chance: Random) -> Asked | None:
    found = a_draft(stage, chance)
    if found is None:
        return None
    row, side, author, others = found
    content = a_content(stage, chance, side)

    async def edit(registry: Registry, actor: Actor, draft_id: UUID, key: str) -> Any:
        return await placement_drafts.edit(registry, actor, draft_id, content, key)

    return Asked(author, edit, row["id"], others)


@move("discardPlacementDraft", 1)
def discard_draft(stage: Stage, chance: Random) -> Asked | None:
    found = a_draft(stage, chance)
    return None if found is None else Asked(found[2], placement_drafts.discard, found[0]["id"], found[3])


@move("proposePlacementDraft", 3)
def propose_draft(stage: Stage, chance: Random) -> Asked | None:
    found = a_draft(stage, chance)
    return None if found is None else Asked(found[2], placement_drafts.propose_draft, found[0]["id"], found[3])
