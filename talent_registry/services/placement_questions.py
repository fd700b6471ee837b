"""Asking the agreement's rules of placements about a real one, and refusing what they refuse."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from talent_registry.domain.agreements import AgreementVersion, PlacementKind, agreement_version_in_force
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.periods import Period, shanghai_today
from talent_registry.domain.placement_companies import company_of
from talent_registry.domain.placement_rules import (
    Evaluation,
    PlacementQuestion,
    PlacementRequest,
    PlacementResult,
    evaluate,
)
from talent_registry.domain.placement_states import Party
from talent_registry.domain.placements import Moves, Placement, Signature, Terms
from talent_registry.domain.questions import Target
from talent_registry.domain.workload import Load, Share, heaviest_day, overload_message
from talent_registry.services.agreements import agreement_known
from talent_registry.services.proceeding_openings import confirm_in
from talent_registry.services.recognition import decide_in
from talent_registry.services.registry import Work
from talent_registry.storage import placement_rounds, placement_shares, placements
from talent_registry.storage.session import duty


@dataclass(frozen=True, slots=True)
class Sides:
    """The two units of a placement."""

    home: Organisation
    host: Organisation


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known once work is to begin or go on: who signed when, the heaviest day, the recognition."""

    signatures: Sequence[Signature] = field(default_factory=tuple)
    load: Load | None = None
    decided: RecognitionDecision | None = None
    earlier_extensions: int | None = None


async def version_on(work: Work, day: date) -> AgreementVersion:
    """The agreement's version in force on a day, as known now."""
    return agreement_version_in_force(await agreement_known(work.connection, work.registry, work.now), day)


async def kind_in_force(work: Work, code: str) -> tuple[AgreementVersion, PlacementKind]:
    """The agreement's version of today and its kind of this code; InvalidInput where it has none."""
    version = await version_on(work, work.today)
    kind = version.find_placement_kind(code)
    if kind is None:
        known = ", ".join(one.code for one in version.placement_kinds if one.flexible)
        raise InvalidInput(
            Message(
                zh=f"协议中没有这种柔性流动形式。可用：{known}。",
                en=f"The agreement has no such kind of placement. Use one of: {known}.",
            ),
            path=("input", "kind"),
        )
    return version, kind


def evaluate_now(
    version: AgreementVersion,
    kind: PlacementKind,
    request: PlacementRequest,
    term: Period,
    terms: Terms,
    sides: Sides,
    *,
    on: date,
    moves: Moves | None = None,
    standing: Standing | None = None,
) -> Evaluation:
    """What the rules say of the request on a day; without `standing` those about signatures, load, recognition wait."""
    signed = {} if standing is None else {one.party: shanghai_today(one.signed_at) for one in standing.signatures}
    decided = None if standing is None else standing.decided
    question = PlacementQuestion(
        kind=kind.code,
        request=request,
        on=on,
        term=term,
        flexible=kind.flexible,
        home_province=sides.home.province,
        host_province=sides.host.province,
        host_kind=sides.host.kind,
        moves=moves or Moves(),
        consent_asked=standing is not None,
        home_consent_on=signed.get(Party.HOME_UNIT),
        signed_by=None if standing is None else frozenset(signed),
        internal_notice=terms.internal_notice,
        earlier_extensions=None if standing is None else standing.earlier_extensions,
        work_injury_insurance=terms.work_injury_insurance,
        position=terms.position,
        paid_by_host=None if terms.paid_by is None else terms.paid_by is Party.HOST_UNIT,
        classified_work=terms.classified_work,
        load=None if standing is None else standing.load,
        company=company_of(terms, on),
        contract_years=terms.contract_years,
        ip_clause=bool(terms.intellectual_property or terms.results_held_by),
        recognised=None if decided is None else decided.is_recognised,
    )
    return evaluate(version, question)


def refuse(evaluation: Evaluation, decided: RecognitionDecision | None = None) -> None:
    """Raise what the rules refuse: Conflict, or NotInForce where something is still missing."""
    reason, message = evaluation.reason_code or "", evaluation.message
    if evaluation.result in (PlacementResult.RECLASSIFY, PlacementResult.REJECTED):
        raise Conflict(message, reason=reason)
    if evaluation.result is PlacementResult.INCOMPLETE:
        if evaluation.rule == "PL13" and decided is not None:
            why = decided.decision
            message = Message(
                zh=f"{message.zh}（{why.rule}：{why.message.zh}）", en=f"{message.en} ({why.rule}: {why.message.en})"
            )
        raise NotInForce(message, reason=reason)


async def load_with(work: Work, record: Placement, term: Period, percent: int, agreed_by: datetime) -> Load | None:
    """The heaviest day from today on with this share counted beside the person's others, in whatever unit they are.

    Active placements count, and those that the three parties agreed on before `agreed_by`: first agreed, first served.
    """
    async with duty(work.connection, "workload"):
        others = await placement_shares.list_shares(
            work.connection, record.researcher_id, work.today, but=record.id, agreed_by=agreed_by
        )
    since = max(term.start, work.today)
    until = term.until or since
    if until < since:
        return None
    return heaviest_day([*others, Share(record.id, percent, since, until)], Period(since, until))


async def check_load(work: Work, record: Placement, agreed_by: datetime) -> None:
    """Conflict, with the sum, where the placement's days from today to its last one are full; see `load_with`."""
    days = Period(record.term.start, record.last_day)
    load = await load_with(work, record, days, record.workload_percent, agreed_by)
    if load is not None and load.is_too_much:
        raise Conflict(overload_message(load), reason="WORKLOAD_OVER_100")


async def recognise_for(work: Work, record: Placement, host: Organisation) -> RecognitionDecision:
    """Decide anew, for today, whether the person's credential is recognised for the post at the host unit.

    What the decision leaves open may have been granted in a case before: see `confirm_in`.
    """
    target = Target(division=host.division, employer_kind=host.kind, post_series=record.post_series)
    async with duty(work.connection, "recognise"):
        decided = await decide_in(work, record.credential_id, target, work.today)
        return replace(decided, confirmed_by=await confirm_in(work, decided))


async def check_only_proposal(work: Work, researcher_id: UUID, host_unit_id: UUID) -> None:
    """Conflict where a proposal for the person at this host waits; the person stays locked until the command ends."""
    await placements.lock_person(work.connection, researcher_id)
    async with duty(work.connection, "workload"):
        waits = await placements.is_proposed(work.connection, researcher_id, host_unit_id)
    if waits:
        raise Conflict(
            Message(
                zh="该人员在此接收单位已有一项柔性流动待签署。请先签署、谢绝或撤回该项柔性流动。",
                en="A proposal for the person at this host unit waits for signatures. Sign, decline or withdraw it "
                "first.",
            ),
            reason="PROPOSED_BEFORE",
        )


async def current_home_unit(work: Work, researcher_id: UUID) -> UUID | None:
    """The unit of the person's personnel relation today, whoever asks."""
    async with duty(work.connection, "propose"):
        return await placements.find_home_unit(work.connection, researcher_id, work.today)


async def check_home_unit(work: Work, record: Placement) -> None:
    """Conflict where the person's personnel relation is no longer with the unit that signed."""
    if await current_home_unit(work, record.researcher_id) != record.home_unit_id:
        raise Conflict(
            Message(
                zh="该人员的人事关系所在单位已变更。请以现派出单位重新提出柔性流动。",
                en="The person's personnel relation is with another unit now. Propose the placement with that unit.",
            ),
            reason="HOME_UNIT_CHANGED",
        )


async def check_credential_days(work: Work, record: Placement) -> None:
    """NotInForce where the credential that the placement rests on was valid until a day before today."""
    async with duty(work.connection, "recognise"):
        last_days = await placements.list_last_days(work.connection, [record.credential_id])
    last = last_days.get(record.credential_id)
    if last is not None and last < work.today:
        raise NotInForce(
            Message(
                zh=f"该柔性流动所依据的证书有效期已于 {last} 届满。请先由发证机关更正或换发证书。",
                en=f"The credential that the placement rests on was valid until {last}. Have its issuer correct or "
                "renew it first.",
            ),
            reason="CREDENTIAL_EXPIRED",
        )


async def decide_going_on(work: Work, record: Placement, host: Organisation) -> RecognitionDecision:
    """The recognition on which a suspended placement goes on today.

    NotInForce after its last day, or where the credential is not recognised for the post today; Conflict where the
    person changed units or the days are full.
    """
    last = record.last_day
    if last is not None and work.today > last:
        raise NotInForce(
            Message(
                zh=f"该柔性流动的期限已于 {last} 届满。请办理结束。",
                en=f"The placement's term was over on {last}. End it.",
            ),
            reason="OUTSIDE_TERM",
        )
    await check_home_unit(work, record)
    await check_credential_days(work, record)
    rounds = (await placement_rounds.list_rounds(work.connection, [record.id]))[record.id]
    agreed_at = next(one.agreed_at for one in rounds if one.agreed_at is not None)
    await check_load(work, record, agreed_at)
    decided = await recognise_for(work, record, host)
    if not decided.is_recognised:
        why = decided.decision
        raise NotInForce(
            Message(
                zh=f"该证书今天不支持此岗位（{why.rule}：{why.message.zh}）",
                en=f"Today the credential does not support this post ({why.rule}: {why.message.en})",
            ),
            reason="NO_RECOGNITION",
        )
    return decided
