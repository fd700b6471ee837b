"""Whether what was just verified is recognised in the other province: computed for whoever verified it, not kept."""

from dataclasses import dataclass
from datetime import datetime

from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.questions import Target
from talent_registry.domain.recognition import Decision, decide
from talent_registry.services.agreements import agreement_known
from talent_registry.services.credentials import facts_for_decision
from talent_registry.services.permissions import Actor
from talent_registry.services.recognition import question_of
from talent_registry.services.recognition_checks import check_target
from talent_registry.services.registry import Registry
from talent_registry.services.verification import Verification
from talent_registry.storage.session import duty


@dataclass(frozen=True, slots=True)
class VerifiedRecognition:
    """The answer for a post, and the instant of what it rests on."""

    target: Target
    decision: Decision
    known_at: datetime


async def recognise_verified(
    registry: Registry, actor: Actor, found: Verification, target: Target
) -> VerifiedRecognition | None:
    """What a verified certificate comes to for this post today; None where nothing was shown to the actor.

    The verification showed the certificate to the actor and is among the looks that its holder sees; this adds only
    what the agreement says of it. InvalidInput where the post's codes are not in the catalogue.
    """
    if found.record is None:
        return None
    on = registry.today()
    checked = check_target(target, on)
    async with registry.reading(actor) as connection, duty(connection, "recognise"):
        now = await registry.instant(connection)
        facts = await facts_for_decision(connection, found.record.credential.id, on, now)
        agreement = await agreement_known(connection, registry, now)
    decision = decide(agreement_version_in_force(agreement, on), question_of(facts, checked, on))
    return VerifiedRecognition(checked, decision, now)
