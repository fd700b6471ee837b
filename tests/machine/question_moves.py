"""The moves of offices that ask more than the registry shows: questions to issuers, and numbers in full."""

from random import Random

from talent_registry.domain.issuer_questions import IssuerAnswer, WhyNoAnswer
from talent_registry.domain.reveals import LegalBasis
from talent_registry.services import issuer_questions as questions
from talent_registry.services import reveals
from talent_registry.services.permissions import Actor
from tests.machine.asking import Asked, mostly, move
from tests.machine.stage import PURPOSE, Row, Side, Stage


def _offices(stage: Stage) -> list[Actor]:
    return [side.hrs[0] for side in stage.cast.sides]


def _a_question(stage: Stage, chance: Random) -> tuple[Row, Actor, Side] | None:
    """A question, mostly an open one, who asked it, and the side that is asked."""
    rows = stage.ask("SELECT * FROM issuer_question ORDER BY id")
    found = mostly(chance, [row for row in rows if row["ended_at"] is None], rows)
    if found is None:
        return None
    asker = next(one for one in _offices(stage) if one.organisation_id == found["organisation_id"])
    return found, asker, next(one for one in stage.cast.sides if one.province == found["addressee_province"])


@move("askIssuer", 2)
def ask(stage: Stage, chance: Random) -> Asked | None:
    side = chance.choice(stage.cast.sides)
    number = f"{side.province[:2]}2020{chance.choice((1, 771, 772)):06d}"
    issuer = side.officer.organisation_id
    if issuer is None:
        return None
    asked = questions.NewQuestion(issuer, number, chance.choice((side.name, "李四")), PURPOSE)
    return Asked(chance.choice(_offices(stage)), questions.ask, asked, tuple(one.me for one in stage.cast.sides))


@move("answerIssuerQuestion", 2)
def answer(stage: Stage, chance: Random) -> Asked | None:
    found = _a_question(stage, chance)
    if found is None:
        return None
    row, asker, side = found
    said = chance.choice(tuple(IssuerAnswer))
    why = chance.choice(tuple(WhyNoAnswer)) if said is IssuerAnswer.CANNOT_SAY else None
    by_when = stage.today if said is IssuerAnswer.WILL_BE_RECORDED else None
    far = next(one.officer for one in stage.cast.sides if one.province != side.province)
    given = questions.NewAnswer(row["id"], said, why, by_when)
    never = (*stage.cast.outsiders, stage.cast.agency, asker, side.me, far)
    return Asked(chance.choice((side.officer, side.issuer)), questions.answer, given, never)


@move("withdrawIssuerQuestion", 1)
def withdraw(stage: Stage, chance: Random) -> Asked | None:
    found = _a_question(stage, chance)
    if found is None:
        return None
    row, asker, side = found
    others = tuple(one for one in _offices(stage) if one is not asker)
    return Asked(asker, questions.withdraw, row["id"], (*stage.cast.outsiders, side.officer, side.me, *others))


@move("revealDocumentNumbers", 1)
def reveal(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    asked = reveals.NewReveal(side.person, PURPOSE, LegalBasis.STATUTORY_DUTY)
    never = (*stage.cast.outsiders, stage.cast.agency, *side.hrs, side.me)
    return Asked(side.officer, reveals.reveal, asked, never)
