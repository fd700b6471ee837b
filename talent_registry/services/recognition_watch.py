"""Watching one recognition: whether a credential is recognised for a post, told when that starts or stops."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.proceeding_facts import told_facts
from talent_registry.services.following import Following, Still
from talent_registry.services.permissions import Actor
from talent_registry.services.proceeding_openings import Confirming
from talent_registry.services.proceedings import list_confirmed
from talent_registry.services.recognition import AskedRecognition, compute
from talent_registry.services.registry import Registry


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether it is recognised, and why; two are the same where that is: the instant does not count."""

    recognised: bool
    reason_code: str = field(compare=False)
    at: datetime = field(compare=False)


async def watch(
    registry: Registry, following: Following, still: Still, asked: AskedRecognition
) -> AsyncIterator[Standing]:
    """How it stands, and again whenever it starts or stops; errors as `recognition.compute`, also later on.

    A look is noted for the person each time that something is told.
    """

    async def ask(actor: Actor) -> Standing:
        return await _standing(registry, actor, asked)

    async with aclosing(following.changes(still, ask)) as changes:  # type: ignore[type-var]  # an async generator
        async for one in changes:
            await compute(registry, await still(), asked)
            yield one


async def _standing(registry: Registry, actor: Actor, asked: AskedRecognition) -> Standing:
    computed = await compute(registry, actor, asked, noted=False)
    made = computed.decision
    recognised = made.outcome is Outcome.AUTO
    if not recognised:
        question = Confirming(
            asked.credential_id, computed.target, made.outcome, made.rule, told_facts(computed.facts.used), computed.on
        )
        recognised = (await list_confirmed(registry, actor, [question]))[0].confirmed
    return Standing(recognised, made.reason_code, computed.known_at)
