"""The moves of offices among themselves: cases, versions of the agreement, simulations, notices, webhooks."""

from datetime import date
from random import Random
from typing import Any

from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.services import (
    agreement_releases,
    inbox,
    notices,
    proceeding_acts,
    proceeding_overrides,
    simulation_jobs,
    webhooks,
)
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from tests.drafts import widened
from tests.machine.asking import Asked, mostly, move
from tests.machine.stage import Row, Side, Stage

GIVEN = "经核对原始材料，情况属实。"
# By each side's issuer the other's authority is listed too: a list of one direction is no draft.
LISTED = ("510000", "500106")


def side_in(stage: Stage, province: str) -> Side:
    return next(side for side in stage.cast.sides if side.province == province)


def a_case(stage: Stage, chance: Random, after: str | None = None) -> tuple[Row, Side, Side, tuple[Actor, ...]] | None:
    """A case, mostly one in which this happened last; the applicant's side, the body's, and who has no part."""
    rows = stage.ask(
        "SELECT p.*, (SELECT event FROM proceeding_event e WHERE e.proceeding_id = p.id ORDER BY at DESC, id DESC "
        "LIMIT 1) AS last FROM proceeding p WHERE p.researcher_id = ANY(%(people)s) ORDER BY opened_on, id",
        people=[side.person for side in stage.cast.sides],
    )
    found = mostly(chance, [row for row in rows if row["last"] == after], rows)
    if found is None:
        return None
    side, body = stage.cast.side_of(found["researcher_id"]), side_in(stage, found["body_province"])
    return found, side, body, (*stage.cast.outsiders, stage.cast.agency, *side.hrs, stage.cast.other(side).me)


def _by_body(stage: Stage, chance: Random, call: Any, after: str) -> Asked | None:
    found = a_case(stage, chance, after)
    if found is None:
        return None
    row, side, body, never = found
    by = chance.choice((body.officer, body.colleague))
    return Asked(by, call, proceeding_acts.CaseAct(row["id"], GIVEN), (*never, side.me, stage.cast.other(body).officer))


def _by_applicant(stage: Stage, chance: Random, call: Any, after: str) -> Asked | None:
    found = a_case(stage, chance, after)
    if found is None:
        return None
    row, side, body, never = found
    return Asked(side.me, call, proceeding_acts.CaseAct(row["id"], GIVEN), (*never, body.officer))


def _decision(stage: Stage, chance: Random, call: Any, after: str) -> Asked | None:
    found = a_case(stage, chance, after)
    if found is None:
        return None
    row, side, body, never = found
    right = ("VERIFIED", "NOT_VERIFIED") if row["kind"] == "VERIFICATION" else ("CONFIRMED", "REFUSED")
    outcome = chance.choice((*right, *right, "NOT_VERIFIED", "REFUSED"))
    asked = proceeding_acts.CaseDecision(row["id"], ProceedingOutcome(outcome), GIVEN)
    by = chance.choice((body.officer, body.colleague))
    return Asked(by, call, asked, (*never, side.me, stage.cast.other(body).officer))


@move("requestCaseEvidence", 2)
def request_evidence(stage: Stage, chance: Random) -> Asked | None:
    return _by_body(stage, chance, proceeding_acts.request_evidence, "OPENED")


@move("answerCaseEvidence", 2)
def give_evidence(stage: Stage, chance: Random) -> Asked | None:
    return _by_applicant(stage, chance, proceeding_acts.give_evidence, "EVIDENCE_REQUESTED")


@move("decideCase", 4)
def decide_case(stage: Stage, chance: Random) -> Asked | None:
    return _decision(stage, chance, proceeding_acts.decide, "OPENED")


@move("decideAppeal", 2)
def decide_appeal(stage: Stage, chance: Random) -> Asked | None:
    return _decision(stage, chance, proceeding_acts.decide_appeal, "APPEALED")


@move("appealCase", 2)
def appeal(stage: Stage, chance: Random) -> Asked | None:
    return _by_applicant(stage, chance, proceeding_acts.appeal, "DECIDED")


@move("withdrawCase", 1)
def withdraw_case(stage: Stage, chance: Random) -> Asked | None:
    found = a_case(stage, chance, "OPENED")
    if found is None:
        return None
    row, side, body, never = found
    return Asked(side.me, proceeding_acts.withdraw, row["id"], (*never, body.officer))


@move("proposeOverride", 3)
def propose_override(stage: Stage, chance: Random) -> Asked | None:
    rows = stage.ask("SELECT * FROM recognition_decision ORDER BY decided_at, id")
    found = mostly(chance, [row for row in rows if row["outcome"] in ("NOT_RECOGNISED", "RE_REVIEW")], rows)
    if found is None:
        return None
    side, post = stage.cast.side_of(found["researcher_id"]), side_in(stage, found["target_province"])
    asked = proceeding_overrides.NewOverride(found["id"], "登记遗漏。")
    never = (*stage.cast.outsiders, stage.cast.agency, side.me, stage.cast.other(post).officer)
    return Asked(post.officer, proceeding_overrides.propose_override, asked, never)


def _on_override(stage: Stage, chance: Random, call: Any) -> Asked | None:
    found = a_case(stage, chance, "OVERRIDE_PROPOSED")
    if found is None:
        return None
    row, side, body, never = found
    approving = side_in(stage, row["approving_province"] or stage.cast.other(body).province)
    asked = proceeding_acts.CaseAct(row["id"], GIVEN)
    return Asked(approving.officer, call, asked, (*never, side.me, stage.cast.other(approving).officer))


@move("approveOverride", 2)
def approve_override(stage: Stage, chance: Random) -> Asked | None:
    return _on_override(stage, chance, proceeding_overrides.approve_override)


@move("declineOverride", 1)
def decline_override(stage: Stage, chance: Random) -> Asked | None:
    return _on_override(stage, chance, proceeding_overrides.decline_override)


def beyond_law(stage: Stage) -> tuple[Actor, ...]:
    one, other = stage.cast.sides
    return (*stage.cast.outsiders, stage.cast.agency, one.hrs[0], one.issuer, other.me)


@move("draftRelease", 1)
def draft_release(stage: Stage, chance: Random) -> Asked:
    since = date.fromordinal(stage.today.toordinal() + chance.choice((-1, 0, 1, 20)))
    texts = widened(since, name=f"{since}-{stage.next()}", listed=chance.choice((LISTED, ("510000", "500103"))))
    files = [agreement_releases.File(*file) for file in texts.items()]
    return Asked(chance.choice(stage.cast.sides).officer, agreement_releases.draft, files, beyond_law(stage))


def _release(stage: Stage, chance: Random, *, proposed: bool) -> tuple[Row, Side] | None:
    rows = stage.ask(
        "SELECT r.*, EXISTS (SELECT FROM agreement_release_step s WHERE s.release_id = r.id AND s.step = 'PROPOSED') "
        "AS proposed FROM agreement_release r ORDER BY drafted_at, id"
    )
    found = mostly(chance, [row for row in rows if row["proposed"] == proposed], rows)
    return None if found is None else (found, side_in(stage, found["author_province"]))


@move("proposeRelease", 2)
def propose_release(stage: Stage, chance: Random) -> Asked | None:
    found = _release(stage, chance, proposed=False)
    if found is None:
        return None
    never = (*beyond_law(stage), stage.cast.other(found[1]).officer)
    return Asked(found[1].officer, agreement_releases.propose, found[0]["id"], never)


@move("approveRelease", 5)
def approve_release(stage: Stage, chance: Random) -> Asked | None:
    found = _release(stage, chance, proposed=True)
    if found is None:
        return None
    digest = found[0]["digest"] if chance.randrange(8) else "0" * 64
    asked = agreement_releases.AskedApproval(found[0]["id"], digest)
    author, beyond = found[1], stage.cast.other(found[1])
    by = chance.choice((author.colleague, beyond.officer, beyond.officer))
    return Asked(by, agreement_releases.approve, asked, (*beyond_law(stage), author.officer))


@move("withdrawRelease", 1)
def withdraw_release(stage: Stage, chance: Random) -> Asked | None:
    found = _release(stage, chance, proposed=bool(chance.randrange(2)))
    if found is None:
        return None
    never = (*beyond_law(stage), stage.cast.other(found[1]).officer)
    return Asked(found[1].officer, agreement_releases.withdraw, found[0]["id"], never)


@move("startSimulation", 1)
def simulate(stage: Stage, chance: Random) -> Asked:
    since = date.fromordinal(stage.today.toordinal() + 30)
    asked = simulation_jobs.AskedSimulation(widened(since, name=f"{since}-{stage.next()}"))
    return Asked(chance.choice(stage.cast.sides).officer, simulation_jobs.start, asked, beyond_law(stage))


@move("acknowledgeNotice", 2)
def acknowledge(stage: Stage, chance: Random) -> Asked | None:
    rows = stage.ask("SELECT * FROM notice WHERE researcher_id IS NOT NULL ORDER BY id")
    if not rows:
        return None
    found = chance.choice(rows)
    side = stage.cast.side_of(found["researcher_id"])
    never = (*stage.cast.outsiders, stage.cast.agency, side.hrs[0], stage.cast.other(side).me)
    return Asked(side.me, notices.acknowledge, found["id"], never)


@move("markRead", 2)
def mark_read(stage: Stage, chance: Random) -> Asked | None:
    rows = stage.ask(
        "SELECT event.id, array_agg(researcher_id) AS told FROM event JOIN event_receiver USING (position) "
        "WHERE researcher_id = ANY(%(people)s) GROUP BY event.id, position ORDER BY position",
        people=[side.person for side in stage.cast.sides],
    )
    if not rows:
        return None
    found = chance.choice(rows)
    told = [side.me for side in stage.cast.sides if side.person in found["told"]]
    never = (*stage.cast.outsiders, *(side.me for side in stage.cast.sides if side.me not in told))
    return Asked(chance.choice(told), inbox.mark_read, inbox.Marking(up_to=found["id"]), never)


@move("registerWebhook", 1)
def register_webhook(stage: Stage, chance: Random) -> Asked:
    one, other = stage.cast.sides
    url = chance.choice(("https://hooks.example.org/", "https://hooks.example.org/", "http://10.0.0.1/"))
    never = (stage.cast.outsiders[0], one.me, other.me)
    return Asked(chance.choice((one.hrs[0], other.officer, stage.cast.agency)), webhooks.register, url, never)


def _webhook(stage: Stage, chance: Random) -> tuple[Row, Actor, tuple[Actor, ...]] | None:
    rows = stage.ask("SELECT * FROM webhook ORDER BY id")
    if not rows:
        return None
    found = chance.choice(rows)
    one, other = stage.cast.sides
    all_of_them = (one.hrs[0], one.hrs[1], other.officer, one.officer, other.hrs[0], stage.cast.agency, one.me)
    owners = {one.hrs[0].organisation_id: one.hrs[0], other.bureau: other.officer}
    owner = owners.get(found["organisation_id"], stage.cast.agency)
    return found, owner, (*stage.cast.outsiders, *(actor for actor in all_of_them if actor != owner))


def _on_webhook(stage: Stage, chance: Random, call: Any) -> Asked | None:
    found = _webhook(stage, chance)
    return None if found is None else Asked(found[1], call, found[0]["id"], found[2])


@move("rotateWebhookSecret", 1)
def rotate(stage: Stage, chance: Random) -> Asked | None:
    return _on_webhook(stage, chance, webhooks.rotate)


@move("testWebhook", 1)
def send_test(stage: Stage, chance: Random) -> Asked | None:
    return _on_webhook(stage, chance, webhooks.send_test)


@move("closeWebhook", 1)
def close_webhook(stage: Stage, chance: Random) -> Asked | None:
    return _on_webhook(stage, chance, webhooks.close)


@move("replayWebhook", 1)
def replay_webhook(stage: Stage, chance: Random) -> Asked | None:
    async def from_the_first(registry: Registry, actor: Actor, webhook_id: Any, key: str) -> Any:
        return await webhooks.replay(registry, actor, webhook_id, None, key)

    return _on_webhook(stage, chance, from_the_first)
