"""The moves on people, their consents, and the units, accounts and needs of those who employ them."""

from datetime import date, timedelta
from random import Random
from typing import Any

from talent_registry.domain.opportunities import Need
from talent_registry.domain.periods import Period
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import Amendment, PersonField
from talent_registry.services import (
    accounts,
    consents,
    corrections,
    matching_consents,
    opportunities,
    opportunity_answers,
    organisations,
    profiles,
    researchers,
)
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from tests.machine.asking import Asked, mostly, move
from tests.machine.stage import PURPOSE, Row, Side, Stage
from tests.titles import document


def beyond_people(stage: Stage, side: Side) -> tuple[Actor, ...]:
    """Who may amend nothing of the side's person, nor the person themselves."""
    beyond = stage.cast.other(side)
    return (*stage.cast.outsiders, stage.cast.agency, side.issuer, side.me, beyond.officer, *beyond.hrs)


def offices(stage: Stage) -> tuple[Actor, ...]:
    """Who has no record of a person's own."""
    one, other = stage.cast.sides
    return stage.cast.outsiders[0], stage.cast.agency, one.officer, other.issuer, *one.hrs


@move("registerOrganisation", 1)
def register_organisation(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    name = chance.choice((f"样例第{stage.next()}实验室", f"样例第{stage.next()}实验室", ""))
    asked = organisations.NewOrganisation(name, "INSTITUTE", side.division)
    return Asked(side.officer, organisations.register, asked, beyond_people(stage, side))


@move("openAgencyClient", 1)
def open_client(stage: Stage, chance: Random) -> Asked:
    which = chance.randrange(2)
    side = stage.cast.sides[which]
    asked = accounts.NewAgencyClient(stage.cast.agencies[which], ("VERIFY",))
    return Asked(side.officer, accounts.open_agency_client, asked, beyond_people(stage, side))


@move("closeAccount", 1)
def close_account(stage: Stage, chance: Random) -> Asked | None:
    rows = stage.ask(
        "SELECT id, organisation_id FROM account WHERE organisation_id = ANY(%(agencies)s) AND id <> %(ours)s "
        "ORDER BY opened_at, id",
        agencies=list(stage.cast.agencies), ours=stage.cast.agency.account_id,
    )  # fmt: skip
    if not rows:
        return None
    found = chance.choice(rows)
    side = stage.cast.sides[stage.cast.agencies.index(found["organisation_id"])]
    return Asked(side.officer, accounts.close_account, found["id"], beyond_people(stage, side))


@move("registerResearcher", 1)
def register(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    number = document(chance.choice((stage.next(), 1)))
    asked = researchers.NewPerson(
        "王样例", "RESIDENT_ID", number, household=side.division, household_since=date(2020, 1, 1),
        home_unit_id=side.units[0], employed_since=date(2020, 1, 1), file_unit_id=side.units[0],
    )  # fmt: skip
    by = chance.choice((side.officer, side.hrs[0]))
    return Asked(by, researchers.register, asked, beyond_people(stage, side))


@move("correctName", 1)
def correct_name(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    how = chance.choice(tuple(Amendment))
    since = stage.today - timedelta(days=chance.randrange(-1, 9)) if how is Amendment.CHANGE else None
    asked = corrections.NameCorrection(side.person, how, chance.choice((side.name, side.name + "拉姆")), since=since)
    return Asked(side.officer, corrections.correct_name, asked, (*beyond_people(stage, side), *side.hrs))


@move("correctHousehold", 2)
def correct_household(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    beyond = stage.cast.other(side)
    division = chance.choice((side.division, {"510000": "510104", "500000": "500103"}[side.province], beyond.division))
    how = chance.choice(tuple(Amendment))
    since = stage.today - timedelta(days=chance.randrange(-1, 9)) if how is Amendment.CHANGE else None
    asked = corrections.HouseholdCorrection(side.person, how, division, since)
    if stage.ask(HOUSEHOLD, person=side.person)[0]["province"] != side.province:
        side = beyond  # the person's record has moved, and who keeps it with them
    return Asked(side.officer, corrections.correct_household, asked, (*stage.cast.outsiders, *side.hrs))


HOUSEHOLD = """
SELECT left(division, 2) || '0000' AS province FROM household_registration
WHERE researcher_id = %(person)s AND superseded_at IS NULL ORDER BY valid_from DESC LIMIT 1
"""


@move("correctPersonnelRelation", 2)
def correct_relation(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    how = chance.choice(tuple(Amendment))
    since = stage.today - timedelta(days=chance.randrange(-1, 9)) if how is Amendment.CHANGE else None
    home = chance.choice((side.units[0], side.units[0], side.units[0], side.units[1]))
    insured = chance.choice((None, side.division))
    asked = corrections.RelationCorrection(side.person, how, home, side.units[0], insured, since, "人函〔2026〕1号")
    by = chance.choice((side.hrs[0], side.officer))
    return Asked(by, corrections.correct_relation, asked, (*stage.cast.outsiders, stage.cast.agency, side.me))


@move("correctDocument", 1)
def correct_document(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    number = document(chance.choice((stage.next(), 1)))
    asked = corrections.DocumentCorrection(side.person, Amendment.CHANGE, "RESIDENT_ID", number)
    return Asked(side.officer, corrections.correct_document, asked, (*beyond_people(stage, side), *side.hrs))


@move("editProfile", 1)
def edit_profile(stage: Stage, chance: Random) -> Asked:
    shown = chance.choice(tuple(Visibility))
    asked = profiles.ProfileEdit(
        discipline=profiles.TextEdit(chance.choice(("教育学", "")), shown),
        keywords=profiles.WordsEdit(("课程", f"第{stage.next()}")[: chance.randrange(3)], shown),
    )
    return Asked(chance.choice(stage.cast.sides).me, profiles.edit, asked, offices(stage))


FIELDS = (PersonField.CREDENTIALS, PersonField.PERSONNEL_RELATION, PersonField.DECISIONS, PersonField.PLACEMENTS)


@move("grantConsent", 2)
def grant(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    recipient = chance.choice((*stage.cast.other(side).units, stage.cast.agencies[1]))
    fields = FIELDS[: chance.randrange(1, 5)]
    asked = consents.NewConsent(recipient, PURPOSE, fields, stage.today + timedelta(days=chance.randrange(-1, 60)))
    return Asked(side.me, consents.grant, asked, offices(stage))


def _own(stage: Stage, chance: Random, statement: str) -> tuple[Row, Side, tuple[Actor, ...]] | None:
    """A row of one of the two people, with everybody else."""
    rows = stage.ask(statement, people=[side.person for side in stage.cast.sides])
    if not rows:
        return None
    found = chance.choice(rows)
    side = stage.cast.side_of(found["researcher_id"])
    return found, side, (*offices(stage), stage.cast.stranger, stage.cast.other(side).me)


@move("withdrawConsent", 1)
def withdraw(stage: Stage, chance: Random) -> Asked | None:
    found = _own(stage, chance, "SELECT * FROM consent WHERE researcher_id = ANY(%(people)s) ORDER BY id")
    return None if found is None else Asked(found[1].me, consents.withdraw, found[0]["id"], found[2])


@move("grantMatchingConsent", 1)
def opt_in(stage: Stage, chance: Random) -> Asked:
    until = stage.today + timedelta(days=chance.randrange(-1, 90))
    asked = matching_consents.NewMatchingConsent((PersonField.CREDENTIALS, PersonField.NAME), until)
    return Asked(chance.choice(stage.cast.sides).me, matching_consents.grant, asked, offices(stage))


@move("withdrawMatchingConsent", 1)
def opt_out(stage: Stage, chance: Random) -> Asked:
    async def call(registry: Registry, actor: Actor, _: Any, key: str) -> Any:
        return await matching_consents.withdraw(registry, actor, key)

    return Asked(chance.choice(stage.cast.sides).me, call, None, offices(stage))


def a_need(stage: Stage, chance: Random) -> Need:
    return Need(
        kind="PART_TIME", post="讲座教授", post_series="01", series="01", level="SENIOR_DEPUTY",
        term=Period(stage.today, stage.today + timedelta(days=365)), workload_percent=chance.choice((5, 20, 60)),
        text=f"每月讲学{chance.randrange(1, 9)}次。", open_until=stage.today + timedelta(days=chance.randrange(-1, 30)),
    )  # fmt: skip


@move("postOpportunity", 2)
def post(stage: Stage, chance: Random) -> Asked:
    by = chance.choice(chance.choice(stage.cast.sides).hrs)
    one, other = stage.cast.sides
    never = (stage.cast.outsiders[0], stage.cast.stranger, one.me, other.officer, stage.cast.agency)
    return Asked(by, opportunities.post, a_need(stage, chance), never)


def _opportunity(stage: Stage, chance: Random) -> tuple[Row, Actor, tuple[Actor, ...]] | None:
    rows = stage.ask("SELECT * FROM opportunity ORDER BY posted_at, id")
    found = mostly(chance, [row for row in rows if row["closed_at"] is None], rows)
    if found is None:
        return None
    by = stage.cast.by_unit(found["host_unit_id"])
    others = (*offices(stage), *stage.cast.outsiders, *stage.cast.sides[1].hrs, stage.cast.sides[0].me)
    return found, by, tuple(one for one in others if one != by)


@move("editOpportunity", 1)
def edit_need(stage: Stage, chance: Random) -> Asked | None:
    found = _opportunity(stage, chance)
    if found is None:
        return None
    edit = opportunities.Edit(found[0]["id"], a_need(stage, chance))
    return Asked(found[1], opportunities.edit, edit, found[2])


@move("closeOpportunity", 1)
def close_need(stage: Stage, chance: Random) -> Asked | None:
    found = _opportunity(stage, chance)
    return None if found is None else Asked(found[1], opportunities.close, found[0]["id"], found[2])


@move("answerOpportunity", 3)
def answer(stage: Stage, chance: Random) -> Asked | None:
    found = _opportunity(stage, chance)
    if found is None:
        return None
    side = chance.choice(stage.cast.sides)
    until = stage.today + timedelta(days=chance.randrange(-1, 60))
    asked = opportunity_answers.NewAnswer(found[0]["id"], side.titles[0], until)
    return Asked(side.me, opportunity_answers.answer, asked, (*offices(stage), stage.cast.stranger))


@move("withdrawOpportunityAnswer", 1)
def withdraw_answer(stage: Stage, chance: Random) -> Asked | None:
    found = _own(stage, chance, ANSWERS)
    return None if found is None else Asked(found[1].me, opportunity_answers.withdraw, found[0]["id"], found[2])


ANSWERS = """
SELECT a.id, a.opportunity_id, c.researcher_id FROM opportunity_answer a JOIN consent c ON c.id = a.consent_id
WHERE c.researcher_id = ANY(%(people)s) ORDER BY a.id
"""


@move("proposeFromOpportunity", 3)
def propose_from(stage: Stage, chance: Random) -> Asked | None:
    answered = _own(stage, chance, ANSWERS)
    if answered is not None and chance.randrange(2):
        (need,) = stage.ask("SELECT * FROM opportunity WHERE id = %(id)s", id=answered[0]["opportunity_id"])
        by = stage.cast.by_unit(need["host_unit_id"])
        asked = opportunity_answers.Proposing(need["id"], answered[1].person)
        never = (*stage.cast.outsiders, stage.cast.agency, answered[1].officer)
        return Asked(by, opportunity_answers.propose, asked, never)
    found = _opportunity(stage, chance)
    if found is None:
        return None
    side = chance.choice(stage.cast.sides)
    asked = opportunity_answers.Proposing(found[0]["id"], None, side.titles[0])
    return Asked(side.me, opportunity_answers.propose, asked, (*offices(stage), stage.cast.stranger))
