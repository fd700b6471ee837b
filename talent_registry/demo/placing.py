"""The chapters about placements: agreed by three, bounded by the day, moving nothing, ended without penalty."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from talent_registry.demo.cast import CHONGQING, HOST, SECOND_HOST, SICHUAN, Cast
from talent_registry.demo.chapters import Facts, refusal
from talent_registry.demo.intrusion import try_to_move_household
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.placement_states import EndReason, Party
from talent_registry.domain.placements import Moves, Terms
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, consents, placement_life, placement_signing, placements, standing
from talent_registry.services.consents import NewConsent
from talent_registry.services.placements import NewPlacement
from talent_registry.services.registry import new_key

SIDES = {HOST: "host", SECOND_HOST: "second_host"}
_TERMS = Terms(
    paid_by=Party.HOST_UNIT,
    insured_by=Party.HOME_UNIT,
    intellectual_property="双方共有",
    confidentiality="三方遵守保密约定",
    internal_notice=True,
    work_injury_insurance=True,
    return_notice_days=0,
)


def a_draft(cast: Cast, record: CredentialRecord, host: str, percent: int, **changes: object) -> NewPlacement:
    """A part-time post at a university of Chongqing from today for a year."""
    today = cast.registry.today()
    draft: dict[str, Any] = {
        "researcher": record.credential.researcher_id,
        "host_unit_id": cast.units[host],
        "credential_id": record.credential.id,
        "kind": "PART_TIME",
        "post": "兼职研究员",
        "post_series": record.version.series,
        "term_from": today,
        "term_until": today + timedelta(days=364),
        "workload_percent": percent,
        "terms": _TERMS,
    }
    return NewPlacement(**{**draft, **changes})


async def open_record(cast: Cast) -> None:
    """The researcher lets the host unit see what a proposal needs, for half a year."""
    fields = (PersonField.NAME, PersonField.CREDENTIALS, PersonField.DECISIONS, PersonField.PERSONNEL_RELATION)
    until = cast.registry.today() + timedelta(days=180)
    asked = NewConsent(cast.units[HOST], "洽谈兼职", fields, until)
    await consents.grant(cast.registry, cast.actor("researcher"), asked, new_key())


async def household_of(cast: Cast) -> Facts:
    """Household registration and personnel relation as the researcher reads them, rows and all."""
    asked = frozenset({PersonField.HOUSEHOLD, PersonField.PERSONNEL_RELATION})
    seen = await accesses.look_at_self(cast.registry, cast.actor("researcher"), asked, history=True)
    return {"households": [str(one) for one in seen.households], "relations": [str(one) for one in seen.relations]}


async def agree(cast: Cast, draft: NewPlacement, host: str, proposer: str) -> tuple[UUID, list[Facts]]:
    """Propose and sign thrice: the placement and what each step said."""
    registry = cast.registry
    done = await placements.propose(registry, cast.actor(proposer), draft, new_key())
    placement_id = UUID(done.result["placement_id"])
    steps: list[Facts] = [{"step": "proposed", "by": proposer, "sequence": done.sequence}]
    for signer in ("researcher", "home", SIDES[host]):
        asked = placement_signing.Signing(placement_id, done.result["terms_digest"])
        signed = await placement_signing.sign(registry, cast.actor(signer), asked, new_key())
        steps.append({"step": "signed", "by": signed.result["party"], "missing": signed.result["missing"]})
    return placement_id, steps


async def activate(cast: Cast, placement_id: UUID, host: str) -> Facts:
    """The host unit lets an agreed placement begin today."""
    active = await placement_life.activate(cast.registry, cast.actor(SIDES[host]), placement_id, new_key())
    return {"step": "activated", "state": active.result["state"], "sequence": active.sequence}


async def place(cast: Cast, record: CredentialRecord) -> tuple[Facts, UUID]:
    """A placement at 40 %: proposed by the host, signed by the three, active; household and relation as before."""
    before = await household_of(cast)
    placement_id, steps = await agree(cast, a_draft(cast, record, HOST, 40), HOST, "host")
    steps.append(await activate(cast, placement_id, HOST))
    return {
        **await state_of(cast, placement_id),
        "host_unit": HOST,
        "steps": steps,
        "household_unchanged": await household_of(cast) == before,
    }, placement_id


async def state_of(cast: Cast, placement_id: UUID) -> Facts:
    """A placement as it stands."""
    found = await placements.get_placement(cast.registry, cast.actor("researcher"), placement_id)
    return {
        "id": str(found.id),
        "state": found.state.value,
        "workload_percent": found.workload_percent,
        "term": {"from": found.term.start.isoformat(), "until": str(found.term.until)},
        "ended_on": found.ended_on.isoformat() if found.ended_on else None,
        "end_reason": found.end_reason.value if found.end_reason else None,
    }


async def overload(cast: Cast, record: CredentialRecord) -> Facts:
    """A second placement at 70 % may be agreed but not begin: refused, with the sum. The researcher withdraws it."""
    placement_id, _ = await agree(cast, a_draft(cast, record, SECOND_HOST, 70), SECOND_HOST, "researcher")
    try:
        await activate(cast, placement_id, SECOND_HOST)
        answer: Facts = {"refused": False}
    except RegistryError as failure:
        answer = {"refused": True, **refusal(failure)}
    await placement_life.withdraw(cast.registry, cast.actor("researcher"), placement_id, new_key())
    return {"asked_percent": 70, **answer, **await state_of(cast, placement_id)}


async def move_household(cast: Cast, record: CredentialRecord) -> Facts:
    """An agreement that would move the household is no placement; and past every service the database refuses too."""
    before = await household_of(cast)
    moving = a_draft(cast, record, SECOND_HOST, 10, moves=Moves(household_registration=True))
    try:
        await placements.propose(cast.registry, cast.actor("researcher"), moving, new_key())
        answer: Facts = {"refused": False}
    except RegistryError as failure:
        answer = {"refused": True, **refusal(failure)}
    person = record.credential.researcher_id
    said = await try_to_move_household(cast.registry, cast.actor(f"authority_{SICHUAN}"), person)
    return {**answer, "by_sql": said, "household_unchanged": await household_of(cast) == before}


async def return_early(cast: Cast, placement_id: UUID) -> Facts:
    """The researcher goes back: always open, no penalty."""
    ending = placement_life.Ending(placement_id, EndReason.EARLY_RETURN)
    await placement_life.end(cast.registry, cast.actor("researcher"), ending, new_key())
    return await state_of(cast, placement_id)


async def revoke(cast: Cast, record: CredentialRecord, begins_on: date) -> Facts:
    """Another placement begins; the credential under it is revoked; the same transaction ends what rested on it."""
    draft = a_draft(cast, record, SECOND_HOST, 40, term_from=begins_on)
    placement_id, _ = await agree(cast, draft, SECOND_HOST, "researcher")
    await activate(cast, placement_id, SECOND_HOST)
    before = await state_of(cast, placement_id)
    asked = standing.StatusChange(record.credential.id, "评审材料不实，依规撤销（演示）")
    done = await standing.revoke(cast.registry, cast.actor(f"authority_{SICHUAN}"), asked, new_key())
    return {
        "credential": record.credential.number,
        "status": done.result["status"],
        "before": before["state"],
        "ledger_sequence": done.sequence,
        "consequences": done.result["consequences"],
        **await state_of(cast, placement_id),
    }


async def refuse_other_province(cast: Cast, record: CredentialRecord) -> Facts:
    """The other province's officer cannot revoke it: to them there is no such record to act on."""
    asked = standing.StatusChange(record.credential.id, "越权（演示）")
    try:
        await standing.revoke(cast.registry, cast.actor(f"authority_{CHONGQING}"), asked, new_key())
    except RegistryError as failure:
        return refusal(failure)
    return {"refused": False}
