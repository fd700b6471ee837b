"""What a recognised status or an active placement opens to a person, with the reason for each yes and each no."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.divisions import covers
from talent_registry.domain.entitlement_terms import Entitlement, EntitlementArea, EntitlementNeed, StatedFact
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFact:
    """A placement that is active on the day; divisions and the kind of host as registered."""

    placement_id: UUID
    kind: str
    home_division: str
    host_division: str
    host_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedFact:
    """What a credential comes to towards the province on the day; `recognised`: as of right, or confirmed in a case."""

    credential_id: UUID
    kind: str
    level: str | None
    rule: str
    recognised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementFacts:
    """What is known of a person on a day: placements with a host in the province, recognitions towards it.

    `stated` is what whoever asks says on their own responsibility.
    """

    on: date
    placements: tuple[PlacedFact, ...] = ()
    recognitions: tuple[RecognisedFact, ...] = ()
    stated: frozenset[StatedFact] = frozenset()


class EntitlementReason(StrEnum):
    """Why an entitlement is open or closed."""

    PLACEMENT_ACTIVE = "PLACEMENT_ACTIVE"
    RECOGNISED = "RECOGNISED"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    NO_ACTIVE_PLACEMENT = "NO_ACTIVE_PLACEMENT"
    KIND_NOT_COVERED = "KIND_NOT_COVERED"
    HOST_NOT_COVERED = "HOST_NOT_COVERED"
    AREA_NOT_COVERED = "AREA_NOT_COVERED"
    NO_SUCH_CREDENTIAL = "NO_SUCH_CREDENTIAL"
    NOT_RECOGNISED = "NOT_RECOGNISED"
    OTHER_RULE = "OTHER_RULE"
    NEITHER = "NEITHER"
    HOST_IS_TECHNOLOGY_FIRM_NOT_STATED = "HOST_IS_TECHNOLOGY_FIRM_NOT_STATED"
    SERVICE_FROM_THE_OTHER_SIDE_NOT_STATED = "SERVICE_FROM_THE_OTHER_SIDE_NOT_STATED"
    TEAM_SPANS_BOTH_NOT_STATED = "TEAM_SPANS_BOTH_NOT_STATED"
    FULL_TIME_AT_TARGET_NOT_STATED = "FULL_TIME_AT_TARGET_NOT_STATED"


_E = EntitlementReason
MESSAGES: dict[EntitlementReason, Message] = {
    _E.PLACEMENT_ACTIVE: Message(
        zh="该日有生效中的柔性流动支持此项。", en="A placement that is active on the day opens it."
    ),
    _E.RECOGNISED: Message(
        zh="该日有获得认可的证书支持此项。", en="A credential that is recognised on the day opens it."
    ),
    _E.NOT_IN_FORCE: Message(zh="该日此项尚未施行或已经停止。", en="On the day it is not yet, or no longer, in force."),
    _E.NO_ACTIVE_PLACEMENT: Message(
        zh="该日在该省市没有生效中的柔性流动。须先由三方签署并使其生效。",
        en="No placement with a host in the province is active on the day. One must be signed by the three and begin.",
    ),
    _E.KIND_NOT_COVERED: Message(
        zh="现有柔性流动的形式不在此项范围内。", en="It is not opened by placements of this kind."
    ),
    _E.HOST_NOT_COVERED: Message(zh="接收单位的类型不在此项范围内。", en="It is not opened by a host of this kind."),
    _E.AREA_NOT_COVERED: Message(
        zh="双方单位不在同一已施行此项的地区内。", en="Home and host do not lie in one area where it is in force."
    ),
    _E.NO_SUCH_CREDENTIAL: Message(
        zh="没有此项所要求的证书或层级。", en="The person holds no credential of the kind and level that it asks for."
    ),
    _E.NOT_RECOGNISED: Message(
        zh="所持证书该日在该省市未获认可。请先申请认可或确认。",
        en="The credential is not recognised in the province on the day. Ask for recognition or confirmation first.",
    ),
    _E.OTHER_RULE: Message(
        zh="证书虽获认可，但依据的条款不支持此项。",
        en="The credential is recognised, but by a clause that does not open this.",
    ),
    _E.NEITHER: Message(
        zh="该日既无生效中的柔性流动，也无获得认可的证书。",
        en="On the day there is neither an active placement nor a recognised credential.",
    ),
    _E.HOST_IS_TECHNOLOGY_FIRM_NOT_STATED: Message(
        zh="须说明接收单位为科技型中小企业或高新技术企业；登记库不掌握此情况。",
        en="State that the host is a small technology firm or a high-tech firm; the registry does not hold it.",
    ),
    _E.SERVICE_FROM_THE_OTHER_SIDE_NOT_STATED: Message(
        zh="须说明服务购自另一方的机构；登记库不掌握此情况。",
        en="State that the service is bought from a provider on the other side; the registry does not hold it.",
    ),
    _E.TEAM_SPANS_BOTH_NOT_STATED: Message(
        zh="须说明项目团队由双方人员组成；登记库不掌握此情况。",
        en="State that the project's team spans both provinces; the registry does not hold it.",
    ),
    _E.FULL_TIME_AT_TARGET_NOT_STATED: Message(
        zh="人才卡要求在当地全职工作；柔性流动本身不产生此项待遇。须说明本人在当地全职工作。",
        en="Talent cards ask for full-time work there; a flexible placement does not give them by itself. State that "
        "the person works there full time.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementAnswer:
    """Whether an entitlement is open, why, and the record that opens it; `stated`: what it takes on another's word."""

    entitlement: Entitlement
    is_open: bool
    reason: EntitlementReason
    placement_id: UUID | None = None
    credential_id: UUID | None = None
    stated: tuple[StatedFact, ...] = ()

    @property
    def message(self) -> Message:
        """The reason as a sentence."""
        return MESSAGES[self.reason]


_BY_RECOGNITION = frozenset({_E.NO_SUCH_CREDENTIAL, _E.NOT_RECOGNISED, _E.OTHER_RULE, _E.NEITHER})
Record = TypeVar("Record", PlacedFact, RecognisedFact)
# A record that opens the entitlement, or why none does.
Found = PlacedFact | RecognisedFact | EntitlementReason


def answer_all(version: AgreementVersion, facts: EntitlementFacts) -> tuple[EntitlementAnswer, ...]:
    """The answer to every entitlement of the version, in its order."""
    return tuple(answer(entitlement, facts) for entitlement in version.entitlements)


def answer(entitlement: Entitlement, facts: EntitlementFacts) -> EntitlementAnswer:
    """Whether one entitlement is open: in force, with a record that opens it, and all stated that must be."""
    if not entitlement.holds_on(facts.on):
        return _closed(entitlement, EntitlementReason.NOT_IN_FORCE)
    found = _find(entitlement, facts)
    if isinstance(found, EntitlementReason):
        return _closed(entitlement, found)
    missing = next((fact for fact in StatedFact if fact in entitlement.stated - facts.stated), None)
    if missing is not None:
        return _closed(entitlement, EntitlementReason(f"{missing.value}_NOT_STATED"))
    placed = isinstance(found, PlacedFact)
    return EntitlementAnswer(
        entitlement=entitlement,
        is_open=True,
        reason=EntitlementReason.PLACEMENT_ACTIVE if placed else EntitlementReason.RECOGNISED,
        placement_id=found.placement_id if isinstance(found, PlacedFact) else None,
        credential_id=found.credential_id if isinstance(found, RecognisedFact) else None,
        stated=tuple(fact for fact in StatedFact if fact in entitlement.stated),
    )


def find_entitlement(version: AgreementVersion, code: str) -> Entitlement:
    """The entitlement of that code; InvalidInput (path input, entitlement) where the version has none."""
    for entitlement in version.entitlements:
        if entitlement.code == code:
            return entitlement
    known = ", ".join(entitlement.code for entitlement in version.entitlements) or "-"
    raise InvalidInput(
        Message(
            zh=f"该日的协议中没有这一项。可用：{known}。",
            en=f"The agreement of that day has no such entitlement. Use one of: {known}.",
        ),
        reason="ENTITLEMENT",
        path=("input", "entitlement"),
    )


def credentials_behind(given: EntitlementAnswer, facts: EntitlementFacts) -> frozenset[UUID]:
    """The credentials by whose recognition an answer was reached: the one that opens it, or all that do not.

    None where a placement opens it, where none would, or where what is not stated closes it whatever they are.
    """
    if given.is_open:
        return frozenset() if given.credential_id is None else frozenset({given.credential_id})
    if given.reason not in _BY_RECOGNITION:
        return frozenset()
    return frozenset(one.credential_id for one in facts.recognitions)


def _closed(entitlement: Entitlement, reason: EntitlementReason) -> EntitlementAnswer:
    return EntitlementAnswer(entitlement=entitlement, is_open=False, reason=reason)


def _find(entitlement: Entitlement, facts: EntitlementFacts) -> Found:
    if entitlement.needs is EntitlementNeed.PLACEMENT:
        return _placed(entitlement, facts)
    if entitlement.needs is EntitlementNeed.RECOGNITION:
        return _recognised(entitlement, facts)
    found = [found(entitlement, facts) for found in (_placed, _recognised)]
    return next((one for one in found if not isinstance(one, EntitlementReason)), EntitlementReason.NEITHER)


def _placed(entitlement: Entitlement, facts: EntitlementFacts) -> PlacedFact | EntitlementReason:
    return _narrow(
        facts.placements,
        (EntitlementReason.NO_ACTIVE_PLACEMENT, lambda _: True),
        (EntitlementReason.KIND_NOT_COVERED, lambda one: _among(one.kind, entitlement.placement_kinds)),
        (EntitlementReason.HOST_NOT_COVERED, lambda one: _among(one.host_kind, entitlement.host_kinds)),
        (
            EntitlementReason.AREA_NOT_COVERED,
            lambda one: not entitlement.areas or any(_within(one, area, facts.on) for area in entitlement.areas),
        ),
    )


def _recognised(entitlement: Entitlement, facts: EntitlementFacts) -> RecognisedFact | EntitlementReason:
    return _narrow(
        facts.recognitions,
        (
            EntitlementReason.NO_SUCH_CREDENTIAL,
            lambda one: _among(one.kind, entitlement.credential_kinds) and _among(one.level, entitlement.levels),
        ),
        (EntitlementReason.NOT_RECOGNISED, lambda one: one.recognised),
        (EntitlementReason.OTHER_RULE, lambda one: _among(one.rule, entitlement.rules)),
    )


def _narrow(
    given: Iterable[Record], *steps: tuple[EntitlementReason, Callable[[Record], bool]]
) -> Record | EntitlementReason:
    """The first record that passes every step; else the reason of the step that left none."""
    left: Sequence[Record] = tuple(given)
    for reason, passes in steps:
        left = [one for one in left if passes(one)]
        if not left:
            return reason
    return left[0]


def _among(code: str | None, codes: frozenset[str]) -> bool:
    return not codes or code in codes


def _within(placed: PlacedFact, area: EntitlementArea, on: date) -> bool:
    sides = (placed.home_division, placed.host_division)
    return area.since <= on and all(any(covers(listed, side) for listed in area.divisions) for side in sides)
