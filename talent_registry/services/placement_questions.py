"""Asking the agreement's rules of placements about a real one, and refusing what they refuse."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from talent_registry.domain.agreements import AgreementVersion, PlacementKind, agreement_version_in_force
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.periods import Period, shanghai_today
from talent_registry.domain.placement_rules import (
    Evaluation,
    PlacementQuestion,
    PlacementRequest,
    PlacementResult,
    evaluate,
)
from talent_registry.domain.placements import Moves, Party, Placement, Signature, Terms
from talent_registry.domain.questions import Target
from talent_registry.domain.workload import Load, Share, heaviest_day
from talent_registry.services.recognition import decide_in
from talent_registry.services.registry import Work
from talent_registry.storage import placements
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


def kind_in_force(work: Work, code: str) -> tuple[AgreementVersion, PlacementKind]:
    """The agreement's version of today and its kind of this code; InvalidInput where it has none."""
    version = agreement_version_in_force(work.registry.agreement, work.today)
    kind = next((one for one in version.placement_kinds if one.code == code), None)
    if kind is None:
        known = ", ".join(one.code for one in version.placement_kinds if one.flexible)
        raise InvalidInput(
            Message(
                zh=f"协议中没有这种安置形式。可用：{known}。",
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
        ip_clause=bool(terms.intellectual_property),
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
        others = await placements.list_shares(
            work.connection, record.researcher_id, work.today, but=record.id, agreed_by=agreed_by
        )
    since = max(term.start, work.today)
    until = term.until or since
    if until < since:
        return None
    return heaviest_day([*others, Share(record.id, percent, since, until)], Period(since, until))


async def recognise_for(work: Work, record: Placement, host: Organisation) -> RecognitionDecision:
    """Decide anew, for today, whether the person's credential is recognised for the post at the host unit."""
    target = Target(division=host.division, employer_kind=host.kind, post_series=record.post_series)
    return await decide_in(work, record.credential_id, target, work.today)
