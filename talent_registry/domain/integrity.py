"""Integrity records: a finding against a person, the days for which it stands, how it is lifted and corrected."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from talent_registry.domain.credential_facts import INTEGRITY_RECORD, UsedFact
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.free_texts import check_no_identity_number
from talent_registry.domain.messages import Message
from talent_registry.domain.questions import IntegrityRecord
from talent_registry.domain.recognition import Decision, FindingResult, Outcome, shown

LONGEST_TEXT = 500


class IntegrityAct(StrEnum):
    """What was done to an integrity record last."""

    RECORDED = "RECORDED"
    CORRECTED = "CORRECTED"
    LIFTED = "LIFTED"
    ANNULLED = "ANNULLED"


@dataclass(frozen=True, slots=True)
class IntegrityFinding:
    """What an authority found of a person: when, for which days (inclusive), on what ground and by which law.

    The last day is stated by whoever records it; None: until it is lifted. Nothing is added by default.
    """

    found_on: date
    since: date
    until: date | None
    ground: str = field(repr=False)
    legal_basis: str


@dataclass(frozen=True, slots=True)
class IntegrityEntry:
    """An integrity record as one act left it; `because` is the ground of a correction or lifting.

    `record_id` stays the same through all acts. An annulled record never stood.
    """

    id: UUID
    record_id: UUID
    researcher_id: UUID
    act: IntegrityAct
    finding: IntegrityFinding
    because: str | None = field(repr=False)
    source_id: UUID
    recorded_at: datetime

    def stands_on(self, day: date) -> bool:
        """Whether the record stands against the person on a day."""
        found = self.finding
        return self.act is not IntegrityAct.ANNULLED and found.since <= day and (found.until or day) >= day


def check_finding(finding: IntegrityFinding, today: date) -> IntegrityFinding:
    """The finding, its texts trimmed; InvalidInput, by field, for days and texts that cannot be meant."""
    _must(
        finding.found_on <= finding.since,
        "from",
        f"诚信记录自 {finding.since} 起，早于认定日期 {finding.found_on}。请更正其中一个日期。",
        f"The record begins on {finding.since}, before the finding of {finding.found_on}. Correct one of the days.",
    )
    _must(
        finding.since <= today,
        "from",
        f"诚信记录的起始日 {finding.since} 尚未到来。请在该日或以后登记。",
        f"The first day {finding.since} has not come. Record it on that day or later.",
    )
    _must(
        finding.until is None or finding.until >= finding.since,
        "until",
        f"诚信记录的截止日 {finding.until} 早于起始日 {finding.since}。请更正其中一个日期。",
        f"The record ends on {finding.until}, before it begins on {finding.since}. Correct one of the days.",
    )
    ground, basis = check_text(finding.ground, "ground"), check_text(finding.legal_basis, "legalBasis")
    return IntegrityFinding(finding.found_on, finding.since, finding.until, ground, basis)


def check_text(text: str, name: str) -> str:
    """A text of an integrity record, trimmed; InvalidInput where empty, too long, or holding an identity number."""
    trimmed = text.strip()
    _must(
        1 <= len(trimmed) <= LONGEST_TEXT and trimmed.isprintable(),
        name,
        "请填写 1 至 500 个可见字符。",
        "Write 1 to 500 visible characters.",
    )
    return check_no_identity_number(trimmed, "input", name)


def lift(entry: IntegrityEntry, from_day: date, today: date) -> tuple[IntegrityAct, IntegrityFinding]:
    """The record lifted from a day on; on its first day or before, it is annulled and never stood.

    InvalidInput for a day to come; Conflict where it was annulled before or no longer stands on the day.
    """
    check_not_annulled(entry)
    found = entry.finding
    _must(
        from_day <= today,
        "from",
        f"撤销起始日 {from_day} 尚未到来。请填写今天或以前的日期。",
        f"The day {from_day} has not come. Give today or an earlier day.",
    )
    if found.until is not None and found.until < from_day:
        raise Conflict(
            Message(
                zh=f"该诚信记录已于 {found.until} 期满，无须撤销。",
                en=f"The integrity record lapsed on {found.until}; there is nothing to lift from {from_day} on.",
            ),
            reason="INTEGRITY_RECORD_LAPSED",
            path=("input", "from"),
        )
    if from_day <= found.since:
        return IntegrityAct.ANNULLED, found
    last = from_day - timedelta(days=1)
    return IntegrityAct.LIFTED, IntegrityFinding(found.found_on, found.since, last, found.ground, found.legal_basis)


def check_correction(entry: IntegrityEntry, finding: IntegrityFinding, today: date) -> IntegrityFinding:
    """The right finding in the place of the recorded one.

    Conflict where the record was annulled or says the same already; InvalidInput as `check_finding`.
    """
    check_not_annulled(entry)
    checked = check_finding(finding, today)
    if checked == entry.finding:
        raise Conflict(
            Message(
                zh="诚信记录的内容与所填相同，无须更正。",
                en="The integrity record says the same already; there is nothing to correct.",
            ),
            reason="NOTHING_TO_CORRECT",
        )
    return checked


def check_not_annulled(entry: IntegrityEntry) -> None:
    """Conflict where the record was annulled: it is not opened again."""
    if entry.act is IntegrityAct.ANNULLED:
        raise Conflict(
            Message(
                zh="该诚信记录已被宣告自始无效，不再更改。如有新的认定，请另行登记。",
                en="The integrity record was annulled and is not changed again. Record a new finding if there is one.",
            ),
            reason="INTEGRITY_RECORD_ANNULLED",
        )


def integrity_facts(entries: Iterable[IntegrityEntry], on: date) -> list[UsedFact]:
    """The record that stands against the holder on the day, as a fact of a decision: days alone, no ground.

    Of several the one that stands longest.
    """
    standing = [one for one in entries if one.stands_on(on)]
    if not standing:
        return []
    longest = min(
        standing, key=lambda one: (-(one.finding.until or date.max).toordinal(), one.finding.since, one.record_id)
    )
    days = shown(IntegrityRecord(longest.finding.since, longest.finding.until))
    return [UsedFact(INTEGRITY_RECORD, days, longest.source_id, longest.recorded_at)]


def is_lost_by_integrity(decision: Decision) -> bool:
    """Whether a decision refuses by a clause that looked at an integrity record of the holder and found one."""
    decisive = next(one for one in decision.findings if one.result is FindingResult.SATISFIED)
    return decision.outcome is Outcome.NOT_RECOGNISED and decisive.facts.get(INTEGRITY_RECORD) is not None


def _must(holds: bool, name: str, zh: str, en: str) -> None:  # noqa: FBT001  # what must hold, and what to say
    if not holds:
        raise InvalidInput(Message(zh=zh, en=en), path=("input", name))
