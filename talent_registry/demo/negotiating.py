"""The chapters about what is agreed and what follows: another offer, an extension, an entitlement, an event told."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from talent_registry.demo.cast import CHONGQING, SECOND_HOST, Cast
from talent_registry.demo.chapters import Facts
from talent_registry.demo.listening import listening
from talent_registry.demo.placing import a_draft, activate, state_of
from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.placement_terms import differences
from talent_registry.domain.researchers import PersonField
from talent_registry.services import (
    consents,
    entitlements,
    organisations,
    placement_counters,
    placement_histories,
    placement_signing,
    placements,
    webhooks,
)
from talent_registry.services.consents import NewConsent
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.registry import new_key
from talent_registry.services.webhook_delivery import deliver_one

PLATFORM, PLATFORM_PURPOSE = "成渝大型科研仪器共享平台", "INSTRUMENT_BOOKING"


async def negotiate(cast: Cast, record: CredentialRecord) -> tuple[Facts, UUID]:
    """A host offers 30 %, the researcher answers with 20 % and other terms; all three sign that, and it begins."""
    registry, me = cast.registry, cast.actor("researcher")
    draft = a_draft(cast, record, SECOND_HOST, 30)
    done = await placements.propose(registry, me, draft, new_key())
    placement_id = UUID(done.result["placement_id"])
    terms = replace(draft.terms, days_per_year=40, intellectual_property="新成果按贡献共有")
    asked = placement_counters.CounterProposal(
        placement_id, workload_percent=20, terms=terms, digest=done.result["terms_digest"]
    )
    answer = await placement_counters.counter(registry, cast.actor("second_host"), asked, new_key())
    await _sign(cast, placement_id, answer.result["terms_digest"])
    begun = await activate(cast, placement_id, SECOND_HOST)
    (history,) = await placement_histories.list_histories(registry, me, [placement_id])
    if history is None:
        raise RuntimeError("the researcher sees the history of their own placement")
    return {
        "answers_round": answer.result["answers"],
        "differences": [
            {"field": one.field, "before": str(one.before), "after": str(one.after)}
            for one in differences(history.rounds[0], history.rounds[1])
        ],
        "ledger_sequence": begun["sequence"],
        **await state_of(cast, placement_id),
    }, placement_id


async def extend(cast: Cast, placement_id: UUID) -> Facts:
    """Half a year more, which takes the three signatures again."""
    registry, me = cast.registry, cast.actor("researcher")
    before = await state_of(cast, placement_id)
    until = registry.today() + timedelta(days=364 + 180)
    asked = placement_signing.Extension(placement_id, until)
    done = await placement_signing.extend(registry, me, asked, new_key())
    await _sign(cast, placement_id, done.result["terms_digest"])
    return {"until_before": before["term"]["until"], **await state_of(cast, placement_id)}


async def check_entitlement(cast: Cast, person: UUID) -> Facts:
    """An instrument platform asks whether the researcher may book: only with the consent, and the person sees it."""
    asked = organisations.NewOrganisation(PLATFORM, "AGENCY", "500112")
    unit = await organisations.register(cast.registry, OPERATOR, asked, new_key())
    cast.units[PLATFORM] = UUID(unit.result["organisation_id"])
    await cast.open_account("platform", AccountKind.AGENCY, PLATFORM, (PLATFORM_PURPOSE,))
    fields = (PersonField.CREDENTIALS, PersonField.DECISIONS, PersonField.PLACEMENTS)
    until = cast.registry.today() + timedelta(days=30)
    consent = NewConsent(cast.units[PLATFORM], PLATFORM_PURPOSE, fields, until)
    await consents.grant(cast.registry, cast.actor("researcher"), consent, new_key())
    question = entitlements.AskedEntitlements(who=person, division=CHONGQING, purpose=PLATFORM_PURPOSE)
    check = entitlements.EntitlementCheck(asked=question, code="LARGE_INSTRUMENT")
    done = await entitlements.check_entitlement(cast.registry, cast.actor("platform"), check, new_key())
    names = ("entitlement", "open", "reason", "on", "version")
    return {**{name: done.result[name] for name in names}, "asked_by": PLATFORM, "ledger_sequence": done.sequence}


async def tell_listener(cast: Cast, record: CredentialRecord) -> tuple[Facts, UUID]:
    """A unit's own listener on this machine is told of what happens next, by a signed message."""
    with listening() as listener:
        hook = await webhooks.register(cast.registry, cast.actor("second_host"), listener.url, new_key())
        placement, placement_id = await negotiate(cast, record)
        while await deliver_one(cast.registry):
            pass
        received = listener.read(hook.secret or "")
    return {**placement, "received": [one["type"] for one in received]}, placement_id


async def _sign(cast: Cast, placement_id: UUID, digest: str) -> None:
    for signer in ("researcher", "home", "second_host"):
        asked = placement_signing.Signing(placement_id, digest)
        await placement_signing.sign(cast.registry, cast.actor(signer), asked, new_key())
