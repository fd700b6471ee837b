"""Credentials: what identifies one, what is recorded of it, and its record status day by day."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message

_ONE_DAY = timedelta(days=1)


class RecordStatus(StrEnum):
    """What the issuer's record says of a credential on a day."""

    VALID = "VALID"
    PUBLICITY = "PUBLICITY"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"


class Standing(StrEnum):
    """How a credential stands on a day: derived from its record status and its days, never stored."""

    NOT_YET_ISSUED = "NOT_YET_ISSUED"
    VALID = "VALID"
    PENDING = "PENDING"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Credential:
    """What identifies a credential for good: kind, number and issuer; its holder is a researcher's id."""

    id: UUID
    kind: str
    number: str = field(repr=False)
    issuer_id: UUID
    researcher_id: UUID
    registered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What only some kinds of credential state: qualifications, permits, cards, skills, titles of the armed forces.

    Codes of the catalogue or of an agreement; None = not stated. `registered_to` is a last day, inclusive;
    `issuer_country` an ISO code where the issuer sits outside the mainland.
    """

    qualification: str | None = None
    grade: str | None = None
    registered_to: date | None = None
    unit_division: str | None = None
    permit_class: str | None = None
    card: str | None = None
    card_class: str | None = None
    skill_level: str | None = None
    military_status: str | None = None
    issuer_country: str | None = None

    def stated(self) -> dict[str, str]:
        """The details that are stated, days in ISO form."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in values.items()
            if value is not None
        }

    @classmethod
    def of(cls, stated: dict[str, str]) -> "Details":
        """The details from what `stated` gave."""
        registered_to = stated.get("registered_to")
        day = date.fromisoformat(registered_to) if registered_to else None
        return cls(**{**stated, "registered_to": day})  # type: ignore[arg-type]  # only the day is no text


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialVersion:
    """What is recorded of a credential by one source from one instant on; `superseded_at` None = held true now.

    `valid_from` is the day of issue, `valid_until` the last day of validity (None: without end). `targeted_area` None =
    not targeted. `defaulted` names the facts that the source did not state and that hold by default.
    """

    id: UUID
    credential_id: UUID
    title_code: str | None = None
    title_name: str | None = None
    series: str | None = None
    level: str | None = None
    specialty: str | None = None
    route: str
    issuer_kind: str
    issuer_division: str
    filing_number: str | None = None
    approval_date: date | None = None
    certificate_medium: str
    found_in_lookup: bool
    delegated: bool = False
    delegation_level: str | None = None
    targeted_area: tuple[str, ...] | None = None
    origin_division: str | None = None
    details: Details = Details()
    defaulted: tuple[str, ...] = ()
    source_id: UUID
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    superseded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusSpan:
    """The days, inclusive, on which the record has one status; `valid_until` None = until further notice."""

    id: UUID
    status: RecordStatus
    ground: str | None
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    superseded_at: datetime | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the day is one of its days."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class CredentialRecord:
    """A credential with the one version and the status spans that the registry held true at one instant."""

    credential: Credential
    version: CredentialVersion
    spans: tuple[StatusSpan, ...]

    def status(self, on: date) -> RecordStatus | None:
        """The record status on a day; None before the day of issue."""
        return next((span.status for span in self.spans if span.holds_on(on)), None)

    @property
    def revoked_on(self) -> date | None:
        """The first day of its revocation, if it is revoked."""
        return next((span.valid_from for span in self.spans if span.status is RecordStatus.REVOKED), None)

    def standing(self, on: date) -> Standing:
        """How it stands on a day: a revocation outweighs all, a suspension outweighs the end of validity."""
        status, until = self.status(on), self.version.valid_until
        if status is RecordStatus.REVOKED:
            return Standing.REVOKED
        if on < self.version.valid_from:
            return Standing.NOT_YET_ISSUED
        if status is RecordStatus.SUSPENDED:
            return Standing.SUSPENDED
        if until is not None and until < on:
            return Standing.EXPIRED
        return Standing.PENDING if status is RecordStatus.PUBLICITY else Standing.VALID


@dataclass(frozen=True, slots=True)
class NewSpan:
    """A span to be recorded."""

    status: RecordStatus
    ground: str | None
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class TimelineChange:
    """What a change of status does to the spans held true now: which are superseded, which are added."""

    superseded: tuple[StatusSpan, ...]
    added: tuple[NewSpan, ...]


def change_status(
    record: CredentialRecord, status: RecordStatus, from_day: date, today: date, ground: str | None = None
) -> TimelineChange:
    """The record has `status` from `from_day` (issue day to today) until further notice.

    A revocation is final. VALID is reached from SUSPENDED or PUBLICITY alone. A suspension or reinstatement may not
    reach back over a later change; a revocation may, because what was obtained wrongly never was good. InvalidInput:
    FUTURE_DAY, BEFORE_ISSUE; Conflict: ALREADY_REVOKED, ALREADY_SO, LATER_CHANGE, NOT_IN_NOTICE.
    """
    _check_day(from_day, record.version.valid_from, today)
    spans = sorted(record.spans, key=lambda span: span.valid_from)
    now = next((span for span in spans if span.holds_on(from_day)), None)
    if record.revoked_on is not None:
        raise _already(RecordStatus.REVOKED, record.revoked_on, "ALREADY_REVOKED")
    if now is not None and now.status is status:
        raise _already(status, now.valid_from, "ALREADY_SO")
    if status is RecordStatus.PUBLICITY:
        raise _no_way_back()
    if status is not RecordStatus.REVOKED and spans and spans[-1].valid_from > from_day:
        raise _later_change(spans[-1].valid_from)
    return _cut(spans, from_day, NewSpan(status, ground, from_day, None))


def move_issue_day(spans: Iterable[StatusSpan], issued_on: date) -> TimelineChange:
    """What a corrected day of issue does to the spans: the first one that lasts beyond it begins on it."""
    ordered = sorted(spans, key=lambda span: span.valid_from)
    lasting = [span for span in ordered if span.valid_until is None or span.valid_until >= issued_on]
    if not lasting or (lasting[0].valid_from == issued_on and len(lasting) == len(ordered)):
        return TimelineChange((), ())
    first = lasting[0]
    gone = tuple(span for span in ordered if span not in lasting)
    moved = NewSpan(first.status, first.ground, issued_on, first.valid_until)
    return TimelineChange((*gone, first), (moved,)) if first.valid_from != issued_on else TimelineChange(gone, ())


def _cut(spans: list[StatusSpan], day: date, new: NewSpan) -> TimelineChange:
    """From `day` on only the new span; what began before it ends the day before."""
    touched = tuple(span for span in spans if span.valid_until is None or span.valid_until >= day)
    kept = tuple(
        NewSpan(span.status, span.ground, span.valid_from, day - _ONE_DAY) for span in touched if span.valid_from < day
    )
    return TimelineChange(touched, (*kept, new))


def _check_day(day: date, issued_on: date, today: date) -> None:
    if day > today:
        raise InvalidInput(
            Message(
                zh=f"{day} 尚未到来，状态变更不能预先登记。请在当日办理，或填写今天及以前的日期。",
                en=f"{day} has not come yet, so the change of status cannot be recorded. Record it on the day, or give "
                "today or an earlier day.",
            ),
            reason="FUTURE_DAY",
            path=("input", "fromDay"),
        )
    if day < issued_on:
        raise InvalidInput(
            Message(
                zh=f"证书于 {issued_on} 发证，状态变更不能早于发证之日。请填写该日或以后的日期。",
                en=f"The credential was issued on {issued_on}, so its status cannot change earlier. Give that day or a "
                "later one.",
            ),
            reason="BEFORE_ISSUE",
            path=("input", "fromDay"),
        )


_WORDS = {
    RecordStatus.VALID: ("有效", "valid"),
    RecordStatus.PUBLICITY: ("公示", "in public notice"),
    RecordStatus.SUSPENDED: ("暂停", "suspended"),
    RecordStatus.REVOKED: ("撤销", "revoked"),
}


def _already(status: RecordStatus, since: date, reason: str) -> Conflict:
    zh, en = _WORDS[status]
    return Conflict(
        Message(
            zh=f"证书自 {since} 起的状态已是“{zh}”，未作变更。请核对日期和所要办理的事项。",
            en=f"The credential has been {en} since {since}, so nothing was changed. Check the day and the act.",
        ),
        reason=reason,
    )


def _later_change(since: date) -> Conflict:
    return Conflict(
        Message(
            zh=f"证书的状态在 {since} 又有变更，不能越过它登记更早的变更。请填写该日或以后的日期。",
            en=f"The status changed again on {since}; an earlier change cannot be recorded past it. "
            "Give that day or a later one.",
        ),
        reason="LATER_CHANGE",
    )


def _no_way_back() -> Conflict:
    return Conflict(
        Message(
            zh="公示先于发证，已发证的证书不能退回公示。如登记有误，请暂停证书并联系发证机关。",
            en="Public notice comes before a certificate; one that was issued does not go back to it. If the record is "
            "wrong, suspend the credential and ask the issuer.",
        ),
        reason="NOT_IN_NOTICE",
    )
